"""Who may switch face matching on, on what grounds, and for how long; and that off is off at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone

from officers import departments
from officers.models import Department
from oversight.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
BASIS = "Opinion 12 of the city's counsel, kept in the shared folder."


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


def allow(where: Department, *, basis: str = BASIS, days: int = 30, role: str = User.Role.ADMIN) -> None:
    departments.allow_matching(
        department=where, by=factories.user(role), legal_basis=basis, review_due=in_days(days)
    )
    where.refresh_from_db()


def test_allowed_with_reason_and_end_and_written_down() -> None:
    where = factories.department()
    allow(where, basis=f"  {BASIS}  ")
    assert where.is_facial_recognition_allowed
    assert (where.recognition_legal_basis, where.recognition_review_due) == (BASIS, in_days(30))
    event = AuditEvent.objects.get()
    assert (event.action, event.subject_id) == ("allowed matching", str(where.pk))
    assert event.facts == {"review_due": in_days(30).isoformat()}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"role": User.Role.VOLUNTEER}, "Only an administrator"),
        ({"basis": "because"}, "legal basis"),
        ({"basis": " " * 40}, "legal basis"),
        ({"days": 0}, "twelve months"),
        ({"days": -1}, "twelve months"),
        ({"days": 366}, "twelve months"),
    ],
)
def test_not_allowed_without_all_of_it(wrong: dict[str, object], sentence: str) -> None:
    where = factories.department()
    with pytest.raises(ValidationError, match=sentence):
        allow(where, **wrong)  # type: ignore[arg-type]
    where.refresh_from_db()
    assert not where.is_facial_recognition_allowed
    assert not AuditEvent.objects.exists()


def test_never_in_illinois_and_a_sentence_says_so() -> None:
    where = factories.department(state="IL")
    with pytest.raises(ValidationError, match="law"):
        allow(where)
    where.refresh_from_db()
    assert not where.is_facial_recognition_allowed
    assert not AuditEvent.objects.exists()


def test_the_last_day_is_twelve_months_on() -> None:
    where = factories.department()
    allow(where, days=365)
    assert where.is_facial_recognition_allowed


def test_an_inactive_admin_is_none() -> None:
    where, gone = factories.department(), factories.user(User.Role.ADMIN, is_active=False)
    with pytest.raises(ValidationError):
        departments.allow_matching(department=where, by=gone, legal_basis=BASIS, review_due=in_days(9))


@pytest.mark.plugin
@pytest.mark.skipif(not apps.is_installed("recognition"), reason="needs the recognition plugin")
def test_off_deletes_what_was_measured_there_and_nothing_else() -> None:
    from recognition.models import FaceTemplate

    here, there = factories.department(allowed=True), factories.department(allowed=True)
    for where in (here, there):
        who = factories.officer(where)
        face = factories.face(who, factories.photo(where))
        FaceTemplate.objects.create(
            face=face, officer=who, photo=face.photo, engine="test", template=[0.5] * 128
        )
    departments.forbid_matching(department=here, by=factories.user(User.Role.ADMIN))
    (left,) = FaceTemplate.objects.all()
    assert left.officer.departments.get() == there
    assert AuditEvent.objects.get().action == "forbade matching"


def test_with_a_second_approver_one_admin_only_proposes(settings: Any) -> None:
    settings.SECOND_APPROVER = True
    department, first = factories.department(), factories.user(User.Role.ADMIN)
    due = timezone.now().date() + timedelta(days=30)
    allowed = departments.allow_matching(
        department=department, by=first, legal_basis=factories.LEGAL_BASIS, review_due=due
    )
    department.refresh_from_db()
    assert (allowed, department.is_facial_recognition_allowed) == (False, False)
    with pytest.raises(ValidationError, match="Another administrator"):
        departments.approve_matching(department=department, by=first)
    with pytest.raises(ValidationError, match="too new"):
        departments.approve_matching(department=department, by=factories.user(User.Role.ADMIN))
    second = factories.user(User.Role.ADMIN, date_joined=timezone.now() - timedelta(days=31))
    departments.approve_matching(department=department, by=second)
    department.refresh_from_db()
    assert (department.is_facial_recognition_allowed, department.recognition_review_due) == (True, due)
    with pytest.raises(ValidationError, match="Nobody has proposed"):
        departments.approve_matching(department=department, by=second)


def test_forbidding_takes_a_proposal_back(settings: Any) -> None:
    settings.SECOND_APPROVER = True
    department, admin = factories.department(), factories.user(User.Role.ADMIN)
    due = timezone.now().date() + timedelta(days=30)
    departments.allow_matching(
        department=department, by=admin, legal_basis=factories.LEGAL_BASIS, review_due=due
    )
    departments.forbid_matching(department=department, by=admin)
    second = factories.user(User.Role.ADMIN, date_joined=timezone.now() - timedelta(days=31))
    with pytest.raises(ValidationError, match="Nobody has proposed"):
        departments.approve_matching(department=department, by=second)
