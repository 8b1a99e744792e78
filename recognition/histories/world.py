"""The small world of one history: departments where matching is allowed, not allowed, prohibited or out of date,
officers between them, photos and tags. Everything is decided by the seed."""

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

SLOTS = 8
"""So many worlds lie side by side before the tables are emptied, each with states of its own."""

STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "FL",
    "GA",
    "HI",
    "ID",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
]
PER_SLOT = len(STATES) // SLOTS
BASIS = "For a history: nobody here exists."
FIRST_NUMBER = 1_000_000  # far above what the sequences hand out
EMPTIED = (
    "TRUNCATE officers_department, officers_departmentstate, officers_prohibitedplace, officers_officer,"
    " officers_assignment, officers_photo, officers_photofiling, officers_face, recognition_identification,"
    " recognition_facetemplate, recognition_candidate, recognition_unusableface, oversight_outboxentry,"
    " oversight_auditevent, gate_memory, gate_looks, observed.log CASCADE"
)


@dataclass(slots=True)
class World:
    """The numbers of everything in it. `hot`: the faces that this round is about, so that writers meet."""

    seed: int
    slot: int
    admin: int
    departments: list[int] = field(default_factory=list)
    open_departments: list[int] = field(default_factory=list)
    officers: list[int] = field(default_factory=list)
    photos: list[uuid.UUID] = field(default_factory=list)
    questions: list[uuid.UUID] = field(default_factory=list)
    faces: list[int] = field(default_factory=list)
    hot: list[int] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    searches: list[uuid.UUID] = field(default_factory=list)
    jobs: list[Any] = field(default_factory=list)
    backends: dict[int, int] = field(default_factory=dict)

    @property
    def states(self) -> list[str]:
        return list(STATES[self.slot * PER_SLOT : (self.slot + 1) * PER_SLOT])

    @property
    def illinois(self) -> int:
        return self.departments[0]

    def face(self, rng: random.Random) -> int:
        return rng.choice(self.hot if self.hot and rng.random() < 0.6 else self.faces)

    def department(self, rng: random.Random) -> int:
        """One where matching may be allowed, more often than not."""
        return rng.choice(self.open_departments if rng.random() < 0.6 else self.departments)

    def look(self, rng: random.Random) -> int:
        """A perceptual hash; now and then one at most eight bits away from another's, so that the two look alike."""
        if self.looks and rng.random() < 0.1:
            changed = sum(1 << bit for bit in rng.sample(range(63), rng.randint(0, 8)))
            return rng.choice(self.looks) ^ changed
        self.looks.append(rng.getrandbits(63))
        return self.looks[-1]


@dataclass(slots=True)
class Rows:
    """What is inserted, table by table."""

    departments: list[tuple[Any, ...]] = field(default_factory=list)
    further: list[tuple[Any, ...]] = field(default_factory=list)
    prohibitions: list[tuple[Any, ...]] = field(default_factory=list)
    officers: list[tuple[Any, ...]] = field(default_factory=list)
    assignments: list[tuple[Any, ...]] = field(default_factory=list)
    photos: list[tuple[Any, ...]] = field(default_factory=list)
    filings: list[tuple[Any, ...]] = field(default_factory=list)
    faces: list[tuple[Any, ...]] = field(default_factory=list)


INSERTS = {
    "departments": "INSERT INTO officers_department (id, name, short_name, state_id, county, city, internal_id_label,"
    " complaint_office, is_facial_recognition_allowed, recognition_legal_basis, recognition_review_due, is_published,"
    " is_demo) VALUES (%s, %s, 'D', %s, %s, '', '', '', %s, %s, %s, true, true)",
    "further": "INSERT INTO officers_departmentstate (department_id, state_id) VALUES (%s, %s)",
    "prohibitions": "INSERT INTO officers_prohibitedplace (state_id, county, city, valid_from, valid_to, source,"
    " reviewed_by, reviewed_on) VALUES (%s, %s, '', %s, %s, 'history', 'history', current_date)",
    "officers": "INSERT INTO officers_officer (id, first_name, middle_name, last_name, suffix, race, gender,"
    " internal_id, is_published, created_at, ever_prohibited)"
    " VALUES (%s, '', '', 'History', '', '', '', '', true, now(), false)",
    "assignments": "INSERT INTO officers_assignment (officer_id, department_id, badge_number) VALUES (%s, %s, '')",
    "photos": "INSERT INTO officers_photo (id, department_id, width, height, upload_sha256, pixel_sha256,"
    " perceptual_hash, taken_in_prohibited_place, ever_prohibited, received_on, expires_at, police,"
    " has_readable_name) VALUES (%s, %s, 96, 96, %s, %s, %s, %s, false, current_date, %s, '', false)",
    "filings": "INSERT INTO officers_photofiling (photo_id, department_id) VALUES (%s, %s)",
    "faces": "INSERT INTO officers_face (id, photo_id, officer_id, x, y, width, height, is_featured, tagged_at,"
    " reviewed_at) VALUES (%s, %s, %s, %s, %s, 80, 80, false, now(), %s)",
}


def make(*, seed: int, slot: int, admin: int, owner: psycopg.Connection) -> World:
    """Decide a world from its seed and store it as the owner role, in one transaction."""
    rng = random.Random(seed)  # noqa: S311 - a game, not a secret
    world, rows = World(seed, slot, admin), Rows()
    _departments(world, rows, rng)
    _officers(world, rows, rng)
    _photos(world, rows, rng)
    with owner.transaction(), owner.pipeline(), owner.cursor() as cursor:
        for name, statement in INSERTS.items():
            if values := getattr(rows, name):
                cursor.executemany(statement, values)
    return world


def _numbers(world: World) -> Iterable[int]:
    first = FIRST_NUMBER + world.slot * 1000
    return iter(range(first, first + 1000))


def _departments(world: World, rows: Rows, rng: random.Random) -> None:
    numbers = iter(_numbers(world))
    a, b, c, d = world.states
    today = datetime.now(UTC).date()
    later, over = today + timedelta(days=200), today - timedelta(days=5)

    def add(state: str, county: str = "", *, allowed: bool = True, due: Any = later) -> int:
        number = next(numbers)
        rows.departments.append((number, f"Department {number}", state, county, allowed, BASIS, due))
        world.departments.append(number)
        return number

    add("IL", allowed=False)
    world.open_departments = [add(a), add(b, "here"), add(a, "there")]
    if rng.random() < 0.7:
        add(c, allowed=False)
        rows.prohibitions.append((c, "", today - timedelta(days=30), None))
    if rng.random() < 0.7:
        add(d, due=over)
    if rng.random() < 0.3:
        rows.prohibitions.append((b, "elsewhere", today - timedelta(days=9), None))
        rows.prohibitions.append((a, "", today - timedelta(days=90), today - timedelta(days=3)))
    if rng.random() < 0.2:
        rows.further.append((world.open_departments[2], rng.choice([b, "IL"])))
        if rows.further[-1][1] == "IL":
            number, name, state, county, _, basis, due = rows.departments[3]
            rows.departments[3] = (number, name, state, county, False, basis, due)


def _officers(world: World, rows: Rows, rng: random.Random) -> None:
    for number in _numbers_from(world, rng.randint(6, 10)):
        world.officers.append(number)
        rows.officers.append((number,))
        for _ in range(rng.choice([0, 1, 1, 1, 1, 2, 3])):
            usual = rng.random() < 0.85
            rows.assignments.append(
                (number, rng.choice(world.open_departments if usual else world.departments))
            )


def _numbers_from(world: World, count: int) -> range:
    first = FIRST_NUMBER + world.slot * 1000 + 100
    return range(first, first + count)


def _photos(world: World, rows: Rows, rng: random.Random) -> None:
    soon = datetime.now(UTC) + timedelta(hours=20)
    face = FIRST_NUMBER + world.slot * 1000 + 200
    for number in range(rng.randint(5, 7)):
        photo = uuid.UUID(int=rng.getrandbits(128), version=4)
        usual = rng.random() < 0.85
        where = rng.choice(world.open_departments if usual else world.departments)
        is_question = number < 2
        (world.questions if is_question else world.photos).append(photo)
        word = f"{photo.hex}{photo.hex}"
        taken_there = rng.random() < 0.05
        rows.photos.append(
            (photo, where, word, word, world.look(rng), taken_there, soon if is_question else None)
        )
        rows.filings.append((photo, where))
        for at, officer in enumerate([] if is_question else rng.sample(world.officers, rng.randint(1, 2))):
            reviewed = datetime.now(UTC) if rng.random() < 0.85 else None
            rows.faces.append((face, photo, officer, at, number, reviewed))
            world.faces.append(face)
            face += 1
