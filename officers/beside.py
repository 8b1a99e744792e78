"""What stands beside a record on its page (links, topics, documents, other names), fetched in the same query as it.

Each list comes as plain words in JSON, so that a page that shows ten kinds of things does not cost ten queries. What
hangs on a record that is public is public with it; documents and topics have their own rules and are asked for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject

from officers.models import CareerLink, Certification, Description, Document, Link, OfficerAlias, Topic

MOST = 60


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link as a page shows it: `where` is the host, so that people see where they would go."""

    url: str
    words: str
    where: str
    kind: str
    more: str
    author: str
    is_upsetting: bool


def rows(found: QuerySet[Any], **fields: str | Combinable) -> ArraySubquery:
    """A list of mappings, one a row: the name in the list, and the look-up that it comes from."""
    return ArraySubquery(found.values(json=JSONObject(**fields))[:MOST])


def of_record(name: str) -> dict[str, ArraySubquery]:
    """Links, topics and documents of the records that these models call `name` ("officers", "incidents", ...)."""
    here = {name: OuterRef("pk")}
    lists = {
        "link_rows": rows(
            Link.objects.filter(**here),
            **{field: field for field in ("url", "link_type", "title", "description", "author")},
            is_upsetting="has_content_warning",
            at="updated_at",
        ),
        "topic_rows": rows(Topic.objects.filter(**here), pk="pk", name="name"),
    }
    if name != "departments":
        lists["document_rows"] = rows(
            Document.objects.public().filter(**here), pk="pk", title="title", pages="pages"
        )
    return lists


def of_officer() -> dict[str, ArraySubquery]:
    """As above, with what is known of an officer in a line each."""
    me = {"officer": OuterRef("pk")}
    here = {**me, "department__is_published": True}
    return {
        **of_record("officers"),
        "alias_rows": rows(OfficerAlias.objects.filter(**me), name="name", kind="kind"),
        "certification_rows": rows(
            Certification.objects.filter(**me), pk="pk", state="state__name", name="name", value="value"
        ),
        "description_rows": rows(
            Description.objects.filter(**here),
            pk="pk",
            text="text",
            department="department__name",
            at="updated_at",
        ),
        "career_rows": rows(
            CareerLink.objects.filter(Q(first=OuterRef("pk")) | Q(second=OuterRef("pk"))),
            first="first_id",
            second="second_id",
            confidence="confidence",
        ),
    }


def links(record: Any) -> list[ShownLink]:
    kinds = dict(Link.Type.choices)
    return [
        ShownLink(
            url=row["url"],
            words=row["title"] or row["url"],
            where=urlsplit(row["url"]).netloc,
            kind=kinds[row["link_type"]] if row["link_type"] not in ("", Link.Type.LINK) else "",
            more=row["description"],
            author=row["author"],
            is_upsetting=row["is_upsetting"],
        )
        for row in record.link_rows
    ]


def other_names(officer: Any) -> list[str]:
    kinds = dict(OfficerAlias.Kind.choices)
    return [f"{row['name']} ({kinds[row['kind']].lower()})" for row in officer.alias_rows]


def changes(record: Any) -> list[datetime]:
    """When what stands beside it changed."""
    beside = [*record.link_rows, *getattr(record, "description_rows", [])]
    return [datetime.fromisoformat(row["at"]) for row in beside]
