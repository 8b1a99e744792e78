"""The finder and the box for everything as pages: nobody hidden, no odd address breaks them, and what they cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from officers import holds
from officers.models import Citation, Complaint, Document, Incident, Lawsuit, LicensePlate, Officer
from oversight.models import User
from tests import factories

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
ODD = {
    "page=abc": "This page does not know “page”",
    "after=abc": "not in a way we understand",
    "after=%1f%1f": "not in a way we understand",
    "sort=pay&after=x%1fy%1f1": "not in a way we understand",
    "sort=pay&after=1-1%1fy%1f1": "not in a way we understand",
    "sort=seniority&after=2020-99-99%1fa%1f1": "not in a way we understand",
    "sort=seniority&after=0%1fa%1f1": "not in a way we understand",
    "sort=worth": "We do not understand “worth” as an answer to “sort”",
    "race=green": "We do not understand “green” as an answer to “race”",
    "age=12&age=25-34": "as an answer to “age”",
    "rank=1.5": "We do not understand “1.5” as an answer to “rank”",
    "rank=%D9%A3": "as an answer to “rank”",
    "unit=99999999999999999999999999": "as an answer to “unit”",
    "department=x": "as an answer to “department”",
    "occurred_before=garbage": "This page does not know “occurred_before”",
    "view=upside-down": "",
    "q=%00": "as an answer to “q”",
    "q=%25_%5C'%22%26%7C!()%3A*": "",
    "badge=%00": "as an answer to “badge”",
    "with_photo=maybe": "as an answer to “with_photo”",
}


@pytest.mark.parametrize("query", ODD)
def test_an_odd_address_is_answered_with_a_plain_sentence(client: Client, query: str) -> None:
    factories.officer(factories.department())
    answer = client.get(f"/officers/?{query}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert ODD[query] in text
    assert ("notice--care" in text) == bool(ODD[query])


@pytest.mark.parametrize(
    "path",
    [
        "/search/?q=%00", "/search/?q=%22%27%28%26", "/search/?q=x&kind=wars", "/search/?kind=incidents",
        "/search/?q=x&kind=incidents&before=abc", "/search/?q=x&kind=documents&before=99999999999999999999",
        "/officers/suggest/?q=%00", "/officers/suggest/", "/departments/?state=%00", "/departments/?state=ZZ",
        "/search/?q=" + "x" * 3000,
    ],
)  # fmt: skip
def test_odd_words_do_no_harm(client: Client, path: str) -> None:
    factories.department()
    assert client.get(path).status_code == 200


def hide(how: str, who: Officer) -> None:
    if how == "held":
        holds.place(subject=who, reason="safety", by=factories.user(User.Role.ADMIN))
    elif how == "not published":
        Officer.objects.filter(pk=who.pk).update(is_published=False)
    elif how == "deleted":
        who.delete()
    elif how == "in no department":
        who.assignments.all().delete()
    else:
        who.departments.update(is_published=False)


@pytest.mark.parametrize(
    "how", ["held", "not published", "deleted", "in no department", "in a hidden department"]
)
def test_whoever_is_hidden_is_behind_no_door(client: Client, how: str) -> None:
    where = factories.department()
    who = factories.officer(
        where, first_name="Zelda", last_name="Quux", badge="4711", internal_id="ID9", rank="Sergeant",
        unit="North", race="ASIAN", gender="F", birth_year=1990,
    )  # fmt: skip
    who.aliases.create(name="Zelda Former", kind="former")
    number, shown_in = who.pk, f"/officers/{who.pk}/"
    doors = [f"/officers/?q={q}" for q in ("zelda", "quux", "4711", "ID9", "quxu", "former")]
    doors += [f"/search/?q={q}" for q in ("quux", "4711")]
    doors += ["/officers/", "/officers/?sort=pay&view=list", f"/officers/?department={where.pk}&race=ASIAN"]
    api = ["/api/v1/officers/", "/api/v1/officers/?q=quux", "/api/v1/officers/?race=ASIAN&gender=F"]
    for door in doors:
        assert shown_in in client.get(door).content.decode(), door
    for door in api:
        assert [row["id"] for row in client.get(door).json()["results"]] == [number], door
    assert client.get("/officers/suggest/?q=zel").json() == {"names": ["Zelda Quux"]}
    hide(how, who)
    for door in doors:
        answer = client.get(door)
        assert shown_in not in answer.content.decode(), door
        if "officers" in door:
            assert answer.context["found"] == 0
            counted = [c for facet in answer.context["facets"] for c in facet.choices if c.how_many]
            assert counted == [], door
    for door in api:
        assert client.get(door).json()["results"] == [], door
    assert client.get("/officers/suggest/?q=zel").json() == {"names": []}


KINDS: dict[str, Callable[[Any], Any]] = {
    "incident": lambda where: Incident.objects.create(
        department=where, report_number="19-00442", description="A stop at a café.", is_published=True
    ),
    "complaint": lambda where: Complaint.objects.create(
        department=where, record_number="C-77/1", summary="Searched without a warrant.", is_published=True
    ),
    "lawsuit": lambda where: Lawsuit.objects.create(
        department=where, title="Doe v. City", docket_number="1:20-cv-00442", is_published=True
    ),
    "document": lambda where: Document.objects.create(
        department=where, title="Use of force policy", text="Neck restraints are forbidden.", sha256="a" * 64,
        size=1, review_state="approved", reviewed_at=timezone.now(),
    ),
}  # fmt: skip
WORDS = {
    "incident": ("1900442", "19-00442", "cafe stops", "xyz 123", "XYZ-123"),
    "complaint": ("c771", "searching warrant"),
    "lawsuit": ("1:20-CV-00442", "doe city"),
    "document": ("force policies", "neck restraint", '"neck restraints"'),
}


@pytest.mark.parametrize("kind", KINDS)
def test_records_are_found_by_number_and_words_and_only_where_everybody_may_look(
    client: Client, kind: str
) -> None:
    where = factories.department()
    record = KINDS[kind](where)
    if kind == "incident":
        record.license_plates.add(LicensePlate.objects.create(number="XYZ 123", state_id="OH"))
    for words in WORDS[kind]:
        assert str(record) in client.get("/search/", {"q": words}).content.decode(), words
        assert str(record) in client.get("/search/", {"q": words, "kind": f"{kind}s"}).content.decode(), words
    assert client.get("/search/", {"q": "zebra 99"}).context["is_empty"]
    if kind == "document":
        type(record).objects.update(review_state="waiting")
    else:
        type(record).objects.update(is_published=False)
    assert client.get("/search/", {"q": WORDS[kind][0]}).context["is_empty"]


def test_a_page_of_one_kind_goes_on_where_the_last_ended(client: Client) -> None:
    where = factories.department()
    made = {
        Incident.objects.create(department=where, description="A stop.", is_published=True).pk
        for _ in range(30)
    }
    url, seen = "/search/?q=stop&kind=incidents", 0
    for _ in range(2):
        group = client.get(url).context["group"]
        seen += len(group.found)
        url = f"/search/?q=stop&kind=incidents&before={group.next_before}"
    assert seen == len(made)
    assert group.next_before is None


def test_nobody_found_says_what_to_leave_out(client: Client) -> None:
    where = factories.department(name="Lake Police")
    factories.officer(where, first_name="Ann", last_name="Lee", race="WHITE")
    answer = client.get(f"/officers/?q=lee&department={where.pk}&race=BLACK&sort=pay")
    text = answer.content.decode()
    assert "Leave something out" in text
    chips = {chip.words: chip.without_url for chip in answer.context["chips"]}
    assert set(chips) == {"“lee”", "Lake Police, OH", "Race: Black"}
    assert client.get("/officers/" + chips["Race: Black"]).context["found"] == 1
    assert "sort=pay" in chips["Race: Black"]


def test_everything_asked_is_in_the_address_and_on_the_page(client: Client) -> None:
    where = factories.department()
    factories.officer(where, first_name="Ann", last_name="Lee", race="WHITE", rank="Chief", unit="North")
    rank = where.ranks.get().pk
    address = (
        f"/officers/?q=ann&department={where.pk}&rank={rank}&race=WHITE&race=unknown&sort=rank&view=list"
    )
    text = client.get(address).content.decode()
    for name, value in (("rank", rank), ("race", "WHITE")):
        tag = text[text.index(f'name="{name}" value="{value}"') :]
        assert "checked" in tag[: tag.index(">")]
    assert f'<option value="{where.pk}" selected' in text
    assert '<option value="rank" selected' in text
    assert '<input type="hidden" name="view" value="list">' in text


PAGES = [
    "/", "/departments/", "/departments/{a}/", "/officers/", "/officers/?q=ann+lee", "/officers/?q=amn+lea+bo",
    "/officers/?department={a}&q=ann", "/officers/?department={a}&race=WHITE&with_photo=true&sort=pay",
    "/officers/?race=WHITE", "/search/?q=ann+lee", "/search/?q=amn+lea+x9+bo",
    "/search/?q=Jos%C3%A9+Mu%C3%B1oz+Pe%C3%B1a", "/search/?q=%C5%81ukasz+%C3%98rum+Stra%C3%9F",
    "/search/?q=%C6%98wame+%C6%81ello+Tes", "/search/?q=%D0%98%D0%B2%D0%B0%D0%BD+%D0%9F%D1%91%D1%82%D1%80+Lee",
    "/search/?q=policy+%C3%A9tat", "/documents/", "/documents/?department={a}", "/documents/{d}/", "/officers/{o}/",
    "/officers/suggest/?q=amn+lea",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_at_most_twelve_queries(client: Client, page: str) -> None:
    where = factories.department(allowed=True)
    for count in (3, 30):
        for at in range(count):
            who = factories.officer(
                where, first_name="Ann", last_name="Lee", race="WHITE", rank=f"R{at % 3}", unit="N"
            )
        factories.face(who, factories.photo(where))
        document = Document.objects.create(
            department=where,
            title=f"Policy {count}",
            text="A policy of the etat.\fMore",
            pages=2,
            pages_read=2,
            sha256=f"{count:064}",
            size=1,
            review_state="approved",
            reviewed_at=timezone.now(),
        )
        document.officers.add(who)
        Citation.objects.create(record="officer", record_id=who.pk, document=document, page=1)
        path = page.format(a=where.pk, d=document.pk, o=who.pk)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) <= MOST_QUERIES, [query["sql"][:90] for query in queries]


def test_departments_are_by_state_and_the_map_says_how_many(client: Client) -> None:
    factories.department(state="OH", name="Lake Police")
    factories.department(state="PR", name="Bay Police")
    factories.department(state="NV", is_published=False)
    text = client.get("/departments/").content.decode()
    assert 'aria-label="OH 1 department in Ohio"' in text
    assert "Nevada" not in text
    text = client.get("/departments/?state=OH").content.decode()
    assert "Lake Police" in text
    assert "Bay Police" not in text


def test_a_department_shows_figures_ranks_and_when_it_changed(client: Client) -> None:
    where = factories.department()
    factories.officer(where, rank="Chief")
    held = factories.officer(where, rank="Captain")
    holds.place(subject=held, reason="safety", by=factories.user(User.Role.ADMIN))
    answer = client.get(f"/departments/{where.pk}/")
    assert answer.context["officers_count"] == 1
    assert [(rank.words, rank.how_many) for rank in answer.context["ranks"]] == [("Chief", 1)]
    assert [what for what, _ in answer.context["freshness"]] == ["Officers", "Ranks, units and badges"]
