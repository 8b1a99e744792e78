"""Documents as pages: sent by a volunteer, read by a coordinator, found by everybody, and never opened on this site."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from officers import holds
from officers.models import Citation, Coordination, Department, Document, Incident
from officers.views import documents as pages
from oversight.models import User
from tests import factories
from tests.officers.document_rows import WORDS, published, read, sent, work
from tests.officers.keeping import add, change, client, keeper, where
from tests.pdf_samples import pdf

__all__ = ["client", "keeper", "where"]  # fixtures of this file

pytestmark = pytest.mark.django_db
PRIVATE = "He lives at 123 Elm Street, his wife said."


def address(answer: Any) -> str:
    """Where a redirect leads."""
    return str(answer["Location"])


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def signed_in(person: User | None = None) -> Client:
    made = Client()
    made.force_login(person or factories.user())
    return made


def post(by: Client, where: Department, data: bytes, query: str = "", **typed: Any) -> Any:
    typed = {"department": where.pk, "title": "Use of force policy", **typed}
    typed["file"] = SimpleUploadedFile("C:\\secret name.pdf", data)
    return by.post(reverse("document-send") + query, typed)


def test_a_document_from_its_sender_to_everybody(client: Client, where: Department) -> None:
    who, volunteer, visitor = factories.officer(where, last_name="Gray"), signed_in(), Client()
    answer = post(
        volunteer, where, pdf(*WORDS, PRIVATE), f"?officer={who.pk}", description="From the city’s site."
    )
    assert address(answer) == reverse("document-sent")
    document = Document.objects.get()
    assert list(document.officers.all()) == [who]
    shown, review = reverse("document", args=[document.pk]), reverse("document-review", args=[document.pk])
    for person, url in ((visitor, shown), (volunteer, shown), (volunteer, review)):
        assert person.get(url).status_code == (404)
    assert b"is reading it" in client.get(review).content
    assert client.get(reverse("document-status", args=[document.pk])).json() == {"state": "working"}
    work()
    assert client.get(reverse("document-status", args=[document.pk])).json() == {"state": "done"}
    assert b"Use of force policy" in client.get(reverse("documents-waiting")).content
    text = client.get(review).content.decode()
    assert "a street address" in text
    assert "<mark>123 Elm Street</mark>" in text
    assert "a word about family" in text
    seen = {"version": Document.objects.get().version, "do": "publish"}
    assert address(client.post(review, seen)) == reverse("documents-waiting")
    text = visitor.get(shown).content.decode()
    assert all(
        words in text for words in ("Neck restraints", "Officers it is about", "Gray", "From the city")
    )
    assert "secret name" not in text
    for listed in (reverse("document-list"), f"{reverse('document-list')}?department={where.pk}"):
        assert shown in visitor.get(listed).content.decode()
    client.post(review, {"version": Document.objects.get().version, "do": "refuse", "why": "The address"})
    assert visitor.get(shown).status_code == 404


def test_where_the_words_stand_is_said_and_marked(where: Department) -> None:
    document = published(where, pdf("Nothing here", "A café neck restraint policy and more <b>words</b>"))
    for words in ("neck restraints", "cafe policies", "NECK policy"):
        text = Client().get("/search/", {"q": words}).content.decode()
        assert f'href="/documents/{document.pk}/?from=2#page-2"' in text, words
        assert "Page 2: " in text
        assert "<mark>" in text
        assert "<b>" not in text
    assert "<mark>policy</mark>" in text
    text = Client().get("/search/", {"q": "force"}).content.decode()  # of the title: in no page
    assert f'href="/documents/{document.pk}/"' in text


def test_long_documents_are_shown_some_pages_at_a_time(where: Department) -> None:
    document = read(where)
    texts = [f"Page number {number}" for number in range(1, 26)]
    Document.objects.filter(pk=document.pk).update(
        text="\f".join(texts),
        pages=25,
        pages_read=25,
        review_state="approved",
        reviewed_at="2024-01-01T00:00Z",
    )
    url = reverse("document", args=[document.pk])
    for start, shown in (
        ("", range(1, 11)),
        ("12", range(12, 22)),
        ("999", range(25, 26)),
        ("x", range(1, 11)),
    ):
        answer = Client().get(url, {"from": start})
        assert [number for number, _ in answer.context["texts"]] == list(shown)
        with CaptureQueriesContext(connection) as queries:
            Client().get(url, {"from": start})
        assert len(queries) <= 12


def test_the_file_is_a_download_that_runs_nothing_here(where: Department) -> None:
    document = published(where)
    answer = Client().get(reverse("document-file", args=[document.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="use-of-force-policy-{document.pk}.pdf"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(body(answer)) == document.copy_size
    Document.objects.filter(pk=document.pk).update(review_state="waiting")
    assert Client().get(reverse("document-file", args=[document.pk])).status_code == 404


def test_what_was_sent_is_one_keepers_for_a_minute(client: Client, where: Department) -> None:
    document, other = sent(where, pdf("x")), factories.user()
    Coordination.objects.create(user=other, department=where)
    url = reverse("document-private", args=[document.pk, "original"])
    link = address(client.get(url))
    assert body(client.get(link)).startswith(b"%PDF")
    assert signed_in(other).get(link).status_code == 404
    assert signed_in(other).get(url).status_code == 302
    assert signed_in().get(url).status_code == 404
    assert address(Client().get(url)).startswith(reverse("account_login"))
    assert (
        client.get(reverse("document-private", args=[document.pk, "copy"])).status_code == 404
    )  # not made yet
    Coordination.objects.all().delete()
    assert client.get(link).status_code == 404


def test_the_link_dies(client: Client, where: Department, monkeypatch: Any) -> None:
    link = address(client.get(reverse("document-private", args=[sent(where, pdf("x")).pk, "original"])))
    assert client.get(link + "x").status_code == 404
    monkeypatch.setattr(pages, "LINK_SECONDS", -1)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"), [(b"not a pdf", "not a PDF"), (pdf("x")[:-100], "is missing"), (b"", "empty")]
)
def test_what_cannot_be_taken_in_is_said_at_once(where: Department, data: bytes, words: str) -> None:
    answer = post(signed_in(), where, data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Document.objects.exists()


def test_a_file_that_is_here_already_is_told_to_those_who_keep_it_alone(
    client: Client, where: Department
) -> None:
    document = sent(where, pdf("x"))
    assert address(post(signed_in(), where, pdf("x"))) == reverse("document-sent")
    answer = client.get(address(post(client, where, pdf("x"))))
    assert answer.request["PATH_INFO"] == reverse("document-review", args=[document.pk])
    assert "is here already" in answer.content.decode()


def test_what_it_is_about_is_said_in_words_and_hidden_with_what_is_hidden(
    client: Client, where: Department
) -> None:
    document, who = published(where, pdf("x")), factories.officer(where, last_name="Gray")
    incident = Incident.objects.create(department=where, report_number="19-442", is_published=True)
    typed = {"officer_names": f"Gray #{who.pk}", "incident_numbers": "19-442", "title": "Another"}
    assert change(client, document, complaint_numbers="C-9").status_code == 400
    assert change(client, document, **typed).status_code == 302
    assert (list(document.officers.all()), list(document.incidents.all())) == ([who], [incident])
    url = reverse("document", args=[document.pk])
    text = Client().get(url).content.decode()
    assert "Gray" in text
    assert "Another" in text
    assert "Incidents it is about" in text
    holds.place(subject=who, reason="safety", by=factories.user(User.Role.ADMIN))
    Incident.objects.update(is_published=False)
    text = Client().get(url).content.decode()
    assert "Gray" not in text
    assert "it is about" not in text


def test_a_source_may_be_a_page_of_a_document(client: Client, where: Department) -> None:
    document, who = published(where, pdf("x")), factories.officer(where)
    wrong = add(client, who, "citation", document_title="No such title", page=2)
    assert wrong.status_code == 400
    assert "No document is called" in wrong.content.decode()
    assert add(client, who, "citation", title="City", page=2).status_code == 400
    typed = {"document_title": document.title, "page": 2, "field": "race"}
    assert add(client, who, "citation", **typed).status_code == 302
    assert add(client, who, "citation", title="A newspaper", url="https://example.org/a").status_code == 302
    cited = Citation.objects.get(page=2)
    text = Client().get(reverse("officer", args=[who.pk])).content.decode()
    assert f'<a href="/documents/{document.pk}/?from=2#page-2"' in text
    assert "page 2" in text
    assert '<a href="https://example.org/a" rel="noreferrer nofollow"><bdi>A newspaper</bdi></a>' in text
    assert change(client, cited, page=3).status_code == 302
    Document.objects.update(review_state="waiting")
    text = Client().get(reverse("officer", args=[who.pk])).content.decode()
    assert document.title not in text
    assert "A newspaper" in text
