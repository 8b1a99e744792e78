"""An officer's page: all that is known of them, and nothing and nobody that is hidden."""

from decimal import Decimal

import pytest
from django.test import Client

from officers import holds, pay
from officers.models import (
    CareerLink,
    Citation,
    Complaint,
    Document,
    Incident,
    Link,
    Note,
    OfficerAlias,
    RecordChange,
    Salary,
)
from oversight.models import User
from tests import factories
from tests.officers.case_rows import add_one_of_each, seen

pytestmark = pytest.mark.django_db


def test_everything_known_is_on_the_page() -> None:
    where = factories.department()
    officer = factories.officer(where, last_name="Gray", rank="Sergeant")
    made = add_one_of_each(where, officer, 7)
    other = made["incident"].officers.exclude(pk=officer.pk).get()
    text = seen(f"/officers/{officer.pk}/")
    assert "Also: <bdi>Name 7 (other spelling)</bdi>" in text
    for kind in ("incident", "complaint", "lawsuit", "topic"):
        assert f"/{kind}s/{made[kind].pk}/" in text, kind
    for words in ("Paper 7", "Sustained", "Fine", "1 incident together", "Possible: only the name fits"):
        assert words in text, words
    assert (
        text.count(f"/officers/{other.pk}/") == 3
    )  # the same person, a stint of theirs, and who was there too
    assert "Last changed on" in text


def test_a_link_that_may_upset_opens_on_request_only() -> None:
    officer = factories.officer(factories.department())
    for number, warns in enumerate((True, False)):
        link = Link.objects.create(url=f"https://a.example/{number}", has_content_warning=warns)
        link.officers.add(officer)
    before, _, after = seen(f"/officers/{officer.pk}/").partition('<details class="upsetting">')
    assert "https://a.example/1" not in after.partition("</details>")[0]
    assert "https://a.example/0" in after.partition("</details>")[0]
    assert "https://a.example/0" not in before


def test_pay_is_drawn_and_written() -> None:
    where = factories.department()
    officer = factories.officer(where)
    for year, salary, overtime in ((2023, "80000.10", None), (2024, "90000.00", "10000.90")):
        Salary.objects.create(
            officer=officer, department=where, year=year, salary=salary, overtime_pay=overtime
        )
    text = seen(f"/officers/{officer.pk}/")
    assert "From $80,000 in 2023 to $100,001 in 2024; the most, $100,001, in 2024." in text
    assert "$80,000.10" in text
    assert "style=" not in text
    chart = pay.chart(list(Salary.objects.all()))
    assert chart is not None
    assert [(bar.pay, bar.overtime) for bar in chart.bars] == [("45.00%", "5.00%"), ("40.00%", "0.00%")]


def test_nothing_of_what_is_hidden() -> None:
    where, dark = factories.department(), factories.department(is_published=False, name="Dark Police")
    officer = factories.officer(where, dark, last_name="Gray")
    hidden = factories.officer(where, is_published=False, last_name="Unseen")
    Note.objects.create(officer=officer, department=where, text="Private words")
    Salary.objects.create(officer=officer, department=dark, year=2024, salary=Decimal("54321.00"))
    officer.descriptions.create(department=dark, text="Dark words")
    draft = Incident.objects.create(department=where, description="Draft words")
    draft.officers.add(officer)
    waiting = Document.objects.create(department=where, title="Waiting paper", sha256="a" * 64, size=1)
    waiting.officers.add(officer)
    Citation.objects.create(record="officer", record_id=officer.pk, document=waiting)
    CareerLink.objects.create(first=officer, second=hidden, confidence="certain")
    public = Incident.objects.create(department=where, is_published=True)
    public.officers.add(officer, hidden)
    Complaint.objects.create(department=where).allegations.create(officer=officer, allegation="Draft force")
    text = seen(f"/officers/{officer.pk}/")
    for secret in ("Dark", "54,321", "Private words", "Draft", "Waiting paper", "Unseen"):
        assert secret not in text, secret


def test_the_day_of_the_last_change_says_nothing_of_private_notes() -> None:
    where = factories.department()
    officer = factories.officer(where)
    page = f"/officers/{officer.pk}/"
    before = Client().get(page).context["changed_at"]
    Note.objects.create(officer=officer, department=where, text="Private words")
    holds.end(
        hold=holds.place(subject=officer, reason="safety", by=factories.user(User.Role.ADMIN)),
        by=factories.user(User.Role.ADMIN),
    )
    assert Client().get(page).context["changed_at"] == before
    alias = OfficerAlias.objects.create(officer=officer, name="Grey")
    alias.delete()  # what was taken away has changed the page too
    latest_change = RecordChange.objects.filter(record="officers_officeralias").latest("pk")
    assert Client().get(page).context["changed_at"] == latest_change.at > before
