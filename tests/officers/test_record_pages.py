"""Pages of what happened: they cost the same however much there is, and show nothing and nobody that is hidden."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from officers import holds, latest
from officers.models import (
    Complaint,
    Incident,
    Lawsuit,
)
from oversight.models import User
from tests import factories
from tests.officers import case_rows
from tests.officers.case_rows import add_one_of_each, seen
from tests.officers.world import World

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


PAGES: dict[str, Callable[[dict[str, Any]], str]] = {
    "officer": lambda made: f"/officers/{made['officer'].pk}/",
    "incident": lambda made: f"/incidents/{made['incident'].pk}/",
    "complaint": lambda made: f"/complaints/{made['complaint'].pk}/",
    "lawsuit": lambda made: f"/lawsuits/{made['lawsuit'].pk}/",
    "topic": lambda made: f"/topics/{made['topic'].pk}/",
    "department": lambda made: f"/departments/{made['department'].pk}/",
    "topics": lambda _: "/topics/",
    "plates": lambda _: "/plates/?number=abc-1",
    "incidents": lambda made: f"/incidents/?officer={made['officer'].pk}&topic={made['topic'].pk}",
    "complaints": lambda made: (
        f"/complaints/?officer={made['officer'].pk}&department={made['department'].pk}"
    ),
    "lawsuits": lambda made: f"/lawsuits/?officer={made['officer'].pk}&q=roe&since=1999-01-01",
    "home": lambda _: "/",
}


def test_no_page_costs_more_than_twelve_queries_or_more_with_more_in_it() -> None:
    where = factories.department()
    officer = factories.officer(where, badge="2")
    costs: list[dict[str, int]] = []
    for number in range(4):
        made = add_one_of_each(where, officer, number)
        if number in (1, 3):
            costs.append({})
            for name, path in PAGES.items():
                with CaptureQueriesContext(connection) as queries:
                    seen(path(made))
                costs[-1][name] = len(queries)
    assert costs[0] == costs[1]
    assert {name: cost for name, cost in costs[1].items() if cost > MOST_QUERIES} == {}


class TestTheCases:
    def test_who_is_hidden_is_not_named_by_the_source_either(self) -> None:
        world = World()
        holds.place(subject=world.officer, reason="safety", by=factories.user(User.Role.ADMIN))
        for path in (
            f"/complaints/{case_rows.complaint_of(world).pk}/",
            f"/lawsuits/{case_rows.lawsuit_of(world).pk}/",
            f"/incidents/{case_rows.incident_of(world).pk}/",
        ):
            text = seen(path)
            assert world.officer.last_name not in text
            assert world.hidden.last_name not in text
        assert seen(f"/complaints/{Complaint.objects.latest('pk').pk}/").count("not shown here") == 2

    def test_somebody_whom_only_the_source_names_is_named_so(self) -> None:
        made = Complaint.objects.create(department=factories.department(), is_published=True)
        made.allegations.create(accused_as="Ofc. J. Doe", allegation="Force")
        made.allegations.create(allegation="Force")
        text = seen(f"/complaints/{made.pk}/")
        assert "Ofc. J. Doe" in text
        assert "An officer nobody has identified" in text
        assert "2 allegations in 1 complaint; none sustained." in text

    def test_what_it_is_about_is_named_only_where_everybody_may_see_it(self) -> None:
        where = factories.department()
        draft = Incident.objects.create(department=where, description="Draft words")
        made = Lawsuit.objects.create(department=where, title="Roe", incident=draft, is_published=True)
        assert "Draft words" not in seen(f"/lawsuits/{made.pk}/")
        Incident.objects.update(is_published=True)
        assert "Draft words" in seen(f"/lawsuits/{made.pk}/")

    @pytest.mark.parametrize("kind", ["incidents", "complaints", "lawsuits"])
    def test_an_unpublished_department_takes_its_cases_along(self, kind: str) -> None:
        world = World()
        made = {
            "incidents": case_rows.incident_of,
            "complaints": case_rows.complaint_of,
            "lawsuits": case_rows.lawsuit_of,
        }[kind](world)
        assert f"/{kind}/{made.pk}/" in seen(f"/{kind}/")
        type(world.a).objects.filter(pk=world.a.pk).update(is_published=False)
        assert f"/{kind}/{made.pk}/" not in seen(f"/{kind}/")
        assert Client().get(f"/{kind}/{made.pk}/").status_code == 404


class TestTheLists:
    def test_every_page_holds_everybody_once_the_latest_first(self, client: Client) -> None:
        where, start = factories.department(), date(2020, 1, 1)
        days = [None if n % 5 == 0 else start + timedelta(days=n % 7) for n in range(2 * latest.PAGE + 5)]
        for day in days:
            Incident.objects.create(department=where, date=day, is_published=True)
        path, shown = "/incidents/", []
        while path:
            answer = client.get(path)
            shown += [line.url for line in answer.context["lines"]]
            assert len(answer.context["lines"]) <= latest.PAGE
            path = answer.context["next_url"] and f"/incidents/{answer.context['next_url']}"
        by_day = sorted(Incident.objects.all(), key=lambda one: (one.date or date.min, one.pk), reverse=True)
        assert shown == [f"/incidents/{one.pk}/" for one in by_day]

    @pytest.mark.parametrize("kind", ["incident", "complaint", "lawsuit"])
    def test_the_database_walks_along_an_index(self, kind: str) -> None:
        """With few rows it would rather read them all, so it is told not to: is there an index that fits?"""
        from officers.case_search import MODELS

        rows = latest.in_order(MODELS[kind].objects.filter(is_published=True))[:10]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        assert f"{kind}s_by_day" in rows.explain()

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("after=abc", "not in a way we understand"),
            ("after=2020-99-99_1", "not in a way we understand"),
            ("after=2020-01-01_%D9%A3", "not in a way we understand"),
            ("since=garbage", "We do not understand “garbage” as an answer to “since”"),
            ("department=99999999999999999999999", "as an answer to “department”"),
            ("officer=%00", "as an answer to “officer”"),
            ("page=abc", "This page does not know “page”"),
            ("q=%00", "as an answer to “q”"),
            ("q=%25_%5C'%22%26%7C!()%3A*", ""),
            ("officer=1&topic=1", ""),
        ],
    )
    def test_an_odd_address_is_answered_with_a_plain_sentence(self, query: str, said: str) -> None:
        text = seen(f"/complaints/?{query}")
        assert said in text
        assert ("notice--care" in text) == bool(said)

    def test_what_was_asked_narrows_the_list(self) -> None:
        world = World()
        mine, other = (
            case_rows.complaint_of(world),
            Complaint.objects.create(
                department=world.b, is_published=True, received_on=date(2020, 1, 5), summary="About a parade"
            ),
        )
        for query, expected in {
            f"department={world.a.pk}": mine,
            f"officer={world.officer.pk}": mine,
            "until=2021-01-01": other,
            "q=parade": other,
        }.items():
            text = seen(f"/complaints/?{query}")
            assert f"/complaints/{expected.pk}/" in text, query
            assert f"/complaints/{({mine.pk, other.pk} - {expected.pk}).pop()}/" not in text, query


class TestOtherWays:
    @pytest.mark.parametrize("number", ["77-mark", "77 MARK", "77MARK"])
    def test_a_plate_is_found_however_it_is_written(self, number: str) -> None:
        world = World()
        made = case_rows.incident_of(world)
        assert f"/incidents/{made.pk}/" in seen(f"/plates/?number={number}")
        Incident.objects.update(is_published=False)
        assert "Nowhere, as far as we know" in seen(f"/plates/?number={number}")

    def test_a_topic_without_anything_to_see_is_not_there(self) -> None:
        world = World()
        secret = case_rows.secret_topic_of(world)
        shown = case_rows.topic_of(world)
        text = seen("/topics/")
        assert shown.name in text
        assert secret.name not in text
        page = seen(f"/topics/{shown.pk}/")
        assert world.officer.last_name in page
        assert world.hidden.last_name not in page

    def test_what_lies_in_a_department_is_on_its_page(self) -> None:
        world = World()
        case_rows.topic_of(world)
        Incident.objects.create(department=world.a, date=timezone.localdate())
        text = seen(f"/departments/{world.a.pk}/")
        assert "<strong>$1,000</strong>" in text
        assert '<strong>2</strong><span><a href="#incidents">incidents</a>' in text  # not the draft
