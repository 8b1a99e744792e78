"""Who gets which page of moderation: rows of the table in test_access.py, and the world they need."""

from officers import flags, takedowns, tickets
from officers.models import Flag, Hold, Takedown
from tests.officers.world import World

KEEPERS = ("login", 403, 200, 200, 200)  # who keeps no department is told so
KEEPERS_OF_A = ("login", 404, 200, 404, 200)  # who keeps another does not learn that there is something


def flag_of(world: World) -> Flag:
    """A flag in department A that waits."""
    code = flags.flag_photo(photo=world.kept, face=world.face, reason="wrong_officer", text="")
    return Flag.objects.get(code_hash=tickets.code_hash(code))


def code_of(world: World) -> str:
    return flags.flag_officer(officer=world.officer, reason="other", part="", text="The badge is old.")


def hold_of(world: World) -> Hold:
    """A hold on a photo of department A that nothing else in the table needs."""
    return Hold.objects.create(photo=world.waiting.photo, reason="other")


def request_of(_world: World) -> Takedown:
    code = takedowns.ask(asker="other", links="/officers/1/", why="A test of who may read this.", contact="")
    return Takedown.objects.get(code_hash=tickets.code_hash(code))
