"""What of department A the pages that keep the record are tried on: rows of the table in test_access.py."""

from officers import merging, tokens
from officers.models import ApiToken, Incident, Note, OfficerMerge, RecordChange
from oversight.acting import changing
from oversight.models import User
from tests import factories
from tests.officers.world import World

OF_A = ("login", 404, 200, 404, 200)
OF_A_ONLY_POST = ("login", 404, 302, 404, 302)
KEEPERS = ("login", 403, 200, 200, 200)


def note_of(world: World) -> Note:
    return Note.objects.create(officer=world.officer, department=world.a, text="Ask the union")


def token_of(_world: World) -> ApiToken:
    """Somebody else's key to the API."""
    somebody = factories.user()
    tokens.make(by=somebody, name="roster", days=30)
    return ApiToken.objects.get(user=somebody)


def draft_of(world: World) -> Incident:
    return Incident.objects.create(department=world.a)


def change_of(world: World) -> RecordChange:
    """An act of its own in department A: a note was added."""
    with changing(by=None):
        note = note_of(world)
    return RecordChange.objects.get(record="officers_note", row_id=note.pk)


def merge_of(world: World) -> OfficerMerge:
    admin = factories.user(User.Role.ADMIN)
    return merging.merge(kept=world.hidden, gone=factories.officer(world.a), chosen={}, by=admin)
