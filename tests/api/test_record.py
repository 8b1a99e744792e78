"""Every kind of the record over HTTP: what is shown, what never is, by which filters it is found, and at what price."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from officers.api import document_views, record_views, shown
from officers.models import Document, Officer
from tests import factories
from tests.api.scene import SECRET, Scene

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
LISTS = {name: f"/api/v1/{name}/" for name in record_views.KINDS} | {
    "departments": "/api/v1/departments/",
    "officers": "/api/v1/officers/",
    "sources": "/api/v1/sources/?record=officer",
}


def get(api: APIClient, url: str, **query: Any) -> Any:
    response = api.get(url, query) if query else api.get(url)
    assert response.status_code == 200, (url, response.content)
    return response.json()


def ids(api: APIClient, name: str, **query: Any) -> list[Any]:
    return [row["id"] for row in get(api, f"/api/v1/{name}/", **query)["results"]]


@pytest.mark.usefixtures("unhurried")
def test_every_kind_is_listed_and_nothing_hidden_is_in_it(api: APIClient, client_of: Any) -> None:
    scene = Scene()
    admin, _ = client_of("admin", scene.where)
    for name, url in LISTS.items():
        shown_to_all = api.get(f"{url}{'&' if '?' in url else '?'}nested=1")
        rows = shown_to_all.json()["results"]
        assert rows, name
        assert SECRET not in shown_to_all.content.decode(), name
        assert get(admin, f"/api/v1/{name}/{rows[0]['id']}/", nested=1) == rows[0], name


def test_what_is_hidden_is_not_found_by_its_number_or_through_a_filter(api: APIClient) -> None:
    scene = Scene()
    for name, (model, *_) in record_views.KINDS.items():
        every = set(model._default_manager.values_list("pk", flat=True))
        public = set(shown.rows(model).values_list("pk", flat=True))
        for pk in every - public:
            assert api.get(f"/api/v1/{name}/{pk}/").status_code == 404, (name, pk)
    for name in (
        *("incidents", "complaints", "allegations", "lawsuits", "parties", "links", "salaries", "documents"),
    ):
        assert ids(api, name, officer=scene.hidden.pk) == [], name
        assert ids(api, name, officer=scene.officer.pk), name
    assert ids(api, "sources", record="officer") == [scene.source.pk]


def test_an_officer_comes_with_their_parts_when_they_are_asked_for(api: APIClient) -> None:
    scene = Scene()
    url = f"/api/v1/officers/{scene.officer.pk}/"
    flat = get(api, url)
    assert not {"salaries", "incidents"} & set(flat)
    nested = get(api, url, nested=1)
    assert nested["salaries"][0]["total_pay"] == "90000.30"
    assert [one["report_number"] for one in nested["incidents"]] == ["A-17"]
    assert nested["allegations"][0]["complaint"]["record_number"] == "C-4"
    assert nested["lawsuits"][0]["lawsuit"]["amount"] == "1000.50"
    some = get(api, url, expand="links,topics")
    assert set(some) - set(flat) == {"links", "topics"}
    refused = api.get(url, {"expand": "notes"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["expand"])


def test_a_complaint_comes_down_to_its_penalties(api: APIClient) -> None:
    scene = Scene()
    complaint = get(api, f"/api/v1/complaints/{scene.complaint.pk}/", nested=1)
    known, unnamed = complaint["allegations"]
    assert (known["officer"]["id"], known["accused_as"]) == (scene.officer.pk, scene.officer.last_name)
    assert (unnamed["officer"], unnamed["accused_as"]) == (None, "")
    assert known["findings"][0]["penalties"][0]["days"] == 3
    assert complaint["incident"] is None, "the incident is a draft"


def test_an_incident_names_its_public_officers_its_moment_and_its_plates(api: APIClient) -> None:
    scene = Scene()
    incident = get(api, f"/api/v1/incidents/{scene.incident.pk}/")
    assert [who["id"] for who in incident["officers"]] == [scene.officer.pk]
    assert incident["license_plates"][0]["number"] == "ABC123"
    assert incident["location"]["street_name"] == "River Road"
    assert incident["happened_at"] == "2024-05-06T14:30:00-04:00"


def test_a_document_says_what_it_is_about_and_is_found_where_it_belongs(api: APIClient) -> None:
    scene = Scene()
    url = f"/api/v1/documents/{scene.document.pk}/"
    flat = get(api, url)
    assert (flat["title"], flat["pages"], flat["file_size"]) == ("Use of force report", 2, 8)
    assert flat["file_url"].endswith(reverse("document-file", args=[scene.document.pk]))
    assert not {"officers", "text", "size", "sha256"} & set(flat)
    nested = get(api, url, nested=1)
    assert [who["id"] for who in nested["officers"]] == [scene.officer.pk]
    assert [one["report_number"] for one in nested["incidents"]] == ["A-17"]
    for name, pk in (
        ("complaint", scene.complaint.pk),
        ("lawsuit", scene.lawsuit.pk),
        ("topic", scene.topic.pk),
    ):
        assert ids(api, "documents", **{name: pk}) == [scene.document.pk], name
        assert [one["id"] for one in nested[f"{name}s"]] == [pk]
    assert ids(api, "documents", q="stops", incident=scene.incident.pk) == [scene.document.pk]
    assert ids(api, "documents", incident=scene.draft.pk) == ids(api, "documents", q=SECRET) == []
    officer = get(api, f"/api/v1/officers/{scene.officer.pk}/", expand="documents")
    assert [one["id"] for one in officer["documents"]] == [scene.document.pk]
    (source,) = get(api, "/api/v1/sources/", record="salary")["results"]
    assert (source["document"], source["page"]) == (None, 2), "nobody has read that document yet"


def test_the_text_of_a_document_comes_some_pages_at_a_time(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_views, "PAGES_AT_ONCE", 1)
    scene = Scene()
    first = get(api, get(api, f"/api/v1/documents/{scene.document.pk}/")["text_url"])
    assert first["texts"] == [{"page": 1, "text": "Page one: a stop"}]
    assert get(api, first["next"]) == {"next": None, "texts": [{"page": 2, "text": "Page two"}]}
    assert get(api, first["next"], **{"from": "3"})["texts"] == []
    for odd in ("0", "-1", "x", "9" * 30):
        assert api.get(first["next"].partition("?")[0], {"from": odd}).json()["fields"].keys() == {"from"}
    unread = Document.objects.get(review_state="waiting")
    assert api.get(f"/api/v1/documents/{unread.pk}/text/").status_code == 404


def test_the_filters_of_the_record(api: APIClient) -> None:
    scene = Scene()
    pk = scene.incident.pk
    for query in (
        {"plate": "abc-123"},
        {"q": "rivers"},
        {"q": "a17"},
        {"report_number": "a-17"},
        {"after": "2024-05-06", "before": "2024-05-06"},
        {"street": "river"},
        {"topic": scene.topic.pk},
    ):
        assert ids(api, "incidents", **query) == [pk], query
    assert ids(api, "incidents", after="2024-05-07") == []
    assert ids(api, "findings", disposition="sustained", department=scene.where.pk)
    assert ids(api, "findings", disposition=["withdrawn", "unfounded"]) == []
    assert ids(api, "lawsuits", outcome="settled", q="24cv1") == [scene.lawsuit.pk]
    assert ids(api, "assignments", badge="77", officer=scene.officer.pk)
    assert ids(api, "salaries", year=2024, salary_from="90000.10")
    assert ids(api, "salaries", year=2023) == []
    assert ids(api, "plates", number="ABC 123", state="OH")
    assert ids(api, "officers", race="WHITE") == [scene.officer.pk]
    assert api.get("/api/v1/sources/").json()["fields"].keys() == {"record"}
    assert api.get("/api/v1/incidents/", {"after": "yesterday"}).json()["fields"].keys() == {"after"}


def test_officers_in_the_order_of_the_page_and_their_counts(api: APIClient) -> None:
    where = factories.department()
    names = ["Dale", "Cole", "Bell", "Ames"]
    for name in names:
        factories.officer(where, last_name=name, gender="F" if name < "C" else "M")
    seen: list[str] = []
    url = f"/api/v1/officers/?sort=name&page_size=3&department={where.pk}"
    while url:
        page = get(api, url)
        seen += [row["last_name"] for row in page["results"]]
        url = page["next"]
    assert seen == sorted(names)
    odd = api.get("/api/v1/officers/", {"sort": "name", "cursor": "x"})
    assert (odd.status_code, list(odd.json()["fields"])) == (400, ["cursor"])
    counts = get(api, "/api/v1/officers/facets/", department=where.pk)
    gender = next(facet for facet in counts["facets"] if facet["name"] == "gender")
    assert (counts["found"], {c["value"]: c["how_many"] for c in gender["choices"]}["F"]) == (4, 2)


@pytest.mark.usefixtures("unhurried")
def test_a_call_asks_the_database_at_most_twelve_times_however_much_there_is(client_of: Any) -> None:
    scene = Scene()
    client, _ = client_of("volunteer", scene.where)
    asked: dict[str, int] = {}
    for _ in range(2):
        for url in LISTS.values():
            address = f"{url}{'&' if '?' in url else '?'}nested=1"
            asked.setdefault(address, 0)
            with CaptureQueriesContext(connection) as queries:
                assert len(get(client, address)["results"]) > 0
            assert len(queries) <= MOST_QUERIES, (address, len(queries))
            assert asked[address] in {0, len(queries)}, address
            asked[address] = len(queries)
        Scene(scene.where)
        Scene(scene.where)
    for address in (
        "officers/?nested=1&q=officer",
        "officers/?nested=1&q=officer&sort=name",
        f"officers/?nested=1&sort=pay&rank=unknown&with_photo=false&department={scene.where.pk}",
        f"officers/facets/?department={scene.where.pk}&q=officer",
        "incidents/?nested=1&q=river",
    ):
        with CaptureQueriesContext(connection) as queries:
            get(client, f"/api/v1/{address}")
        assert len(queries) <= MOST_QUERIES, (address, len(queries))


def test_a_deep_page_is_asked_for_by_its_place_and_never_counted_out(api: APIClient) -> None:
    where = factories.department()
    for _ in range(9):
        factories.officer(where)
    for query in ("", "sort=name&"):
        url = f"/api/v1/officers/?{query}page_size=2"
        asked = []
        while url:
            with CaptureQueriesContext(connection) as queries:
                url = get(api, url)["next"]
            asked.append(len(queries))
            assert not [one for one in queries if " OFFSET " in one["sql"]]
        assert asked == asked[:1] * 5


@pytest.mark.parametrize("cursor", ["cD1hYmM=", "cD0w", "!!", "bz05OTk5OTk=", "cD0xZTk5"])
def test_an_odd_cursor_is_refused_in_json(api: APIClient, cursor: str) -> None:
    response = api.get("/api/v1/ranks/", {"cursor": cursor})
    assert response.status_code in {200, 404}
    assert response.status_code == 200 or response.json()["code"] == "not_found"


def test_an_answer_that_has_not_changed_is_not_sent_again(api: APIClient) -> None:
    scene = Scene()
    url = f"/api/v1/officers/{scene.officer.pk}/?nested=1"
    etag = api.get(url)["ETag"]
    same = api.get(url, HTTP_IF_NONE_MATCH=etag)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    Officer.objects.filter(pk=scene.officer.pk).update(first_name="New")
    other = api.get(url, HTTP_IF_NONE_MATCH=etag)
    assert (other.status_code, other.json()["first_name"]) == (200, "New")
    assert other["Cache-Control"] == "no-store"


def test_the_address_of_a_face_is_that_of_its_picture(api: APIClient) -> None:
    scene = Scene()
    (face,) = get(api, "/api/v1/faces/", officer=scene.officer.pk)["results"]
    assert face["picture"]["url"].endswith(reverse("face-crop", args=[scene.face.pk]))
    photos = get(api, "/api/v1/published-photos/", department=scene.where.pk)["results"]
    assert photos[0]["officers"] == [scene.officer.pk]


@pytest.mark.usefixtures("unhurried")
def test_nothing_is_written_where_the_public_reads(client_of: Any) -> None:
    api, _ = client_of("admin", Scene().where)
    for name in LISTS:
        for method in ("post", "put", "patch", "delete"):
            assert getattr(api, method)(f"/api/v1/{name}/1/", {}).status_code == 405, (method, name)
