"""Steps past the product's functions, in the app's role: plain statements, bulk edits, COPY, half-done transactions."""

import random
import uuid
from contextlib import suppress

from django.db import Error as DatabaseError
from django.db import transaction

from officers.jurisdiction import read_facts
from officers.models import Face
from oversight import gate
from recognition import engine
from recognition.histories.hands import Hands
from recognition.histories.steps import ALIKE_TEMPLATE, BARE, step
from recognition.histories.world import World

INSERT_TEMPLATE = (
    "INSERT INTO recognition_facetemplate (face_id, officer_id, photo_id, engine, template, made_at)"  # noqa: S608 - our own word
    f" SELECT id, officer_id, photo_id, '{engine.NAME}', %s::vector, now() FROM officers_face WHERE id = %s"
)
UPSERT = " ON CONFLICT (face_id) DO UPDATE SET officer_id = excluded.officer_id, photo_id = excluded.photo_id"
INSERT_CANDIDATE = (
    "INSERT INTO recognition_candidate (identification_id, officer_id, face_id, number, chance, is_denied)"
    " SELECT i.id, f.officer_id, f.id, 1, 0.9, false FROM recognition_identification i, officers_face f"
    " WHERE i.id = %s AND f.id = %s ON CONFLICT DO NOTHING"
)


@step(9, bare=True)
def insert_template(hands: Hands, world: World, rng: random.Random) -> None:
    face = world.face(rng)
    hands.say(f"a plain INSERT of a template of face {face}")
    with hands.app() as cursor:
        cursor.execute(INSERT_TEMPLATE + UPSERT, [ALIKE_TEMPLATE, face])
        hands.pause(rng)


@step(3, bare=True)
def insert_template_of_another(hands: Hands, world: World, rng: random.Random) -> None:
    face, officer, photo = world.face(rng), rng.choice(world.officers), rng.choice(world.photos)
    hands.say(f"an INSERT says that face {face} is officer {officer} in photo {photo}")
    with hands.app() as cursor:
        cursor.execute(
            "INSERT INTO recognition_facetemplate (face_id, officer_id, photo_id, engine, template, made_at)"
            " VALUES (%s, %s, %s, %s, %s::vector, now()) ON CONFLICT DO NOTHING",
            [face, officer, photo, engine.NAME, ALIKE_TEMPLATE],
        )
        hands.pause(rng)


@step(3, bare=True)
def copy_templates(hands: Hands, world: World, rng: random.Random) -> None:
    faces = rng.sample(world.faces, k=min(2, len(world.faces)))
    hands.say(f"a COPY of templates of faces {faces}")
    with hands.app() as cursor:
        cursor.execute("SELECT id, officer_id, photo_id FROM officers_face WHERE id = ANY (%s)", [faces])
        rows = cursor.fetchall()
        columns = "(face_id, officer_id, photo_id, engine, template, made_at)"
        with cursor.copy(f"COPY recognition_facetemplate {columns} FROM STDIN") as copy:
            for row in rows:
                copy.write_row((*row, engine.NAME, ALIKE_TEMPLATE, "now"))
        hands.pause(rng)


@step(3, bare=True)
def insert_templates_of_all(hands: Hands, world: World, rng: random.Random) -> None:
    photo = rng.choice(world.photos)
    hands.say(f"an INSERT of templates of every face in photo {photo}")
    with hands.app() as cursor:
        cursor.execute(INSERT_TEMPLATE.replace("id = %s", "photo_id = %s") + UPSERT, [ALIKE_TEMPLATE, photo])
        hands.pause(rng)


@step(2, bare=True)
def change_templates(hands: Hands, world: World, rng: random.Random) -> None:
    officer = rng.choice(world.officers)
    hands.say(f"an UPDATE gives templates to officer {officer}")
    with hands.app() as cursor:
        cursor.execute(
            "UPDATE recognition_facetemplate SET officer_id = %s WHERE face_id = %s",
            [officer, world.face(rng)],
        )
        hands.pause(rng)


@step(5, bare=True)
def insert_candidate(hands: Hands, world: World, rng: random.Random) -> None:
    if world.searches:
        search, face = rng.choice(world.searches), world.face(rng)
        hands.say(f"a plain INSERT of face {face} as a candidate of search {search}")
        with hands.app() as cursor:
            cursor.execute(INSERT_CANDIDATE, [search, face])
            hands.pause(rng)


@step(2, bare=True)
def change_search(hands: Hands, world: World, rng: random.Random) -> None:
    if world.searches:
        search, where = rng.choice(world.searches), rng.choice(world.departments)
        hands.say(f"search {search} is made one of department {where}")
        with hands.app() as cursor:
            cursor.execute(
                "UPDATE recognition_identification SET department_id = %s WHERE id = %s", [where, search]
            )
            hands.pause(rng)


@step(5)
def look_then_leap(hands: Hands, world: World, rng: random.Random) -> None:
    """The classic race: ask the gate, wait, then write as if its answer still held."""
    face = Face.objects.select_related("photo").filter(pk=world.face(rng)).first()
    if face is None or face.officer_id is None:
        return
    hands.say(f"the gate is asked about face {face.pk}, and a template written later")
    if gate.refusal(read_facts(photo=face.photo, officer_ids=[face.officer_id])) is None:
        with hands.app() as cursor:
            hands.pause(rng)
            cursor.execute(INSERT_TEMPLATE + UPSERT, [ALIKE_TEMPLATE, face.pk])
            hands.pause(rng)


@step(4, bare=True)
def assign(hands: Hands, world: World, rng: random.Random) -> None:
    officer, where = rng.choice(world.officers), rng.choice(world.departments)
    hands.say(f"officer {officer} is assigned to department {where}")
    with hands.app() as cursor:
        cursor.execute(
            "INSERT INTO officers_assignment (officer_id, department_id, badge_number) VALUES (%s, %s, '')",
            [officer, where],
        )
        hands.pause(rng)


@step(4, bare=True)
def assign_who_is_hot(hands: Hands, world: World, rng: random.Random) -> None:
    face, where = world.face(rng), rng.choice(world.departments)
    hands.say(f"the officer of face {face} is assigned to department {where}")
    with hands.app() as cursor:
        cursor.execute(
            "INSERT INTO officers_assignment (officer_id, department_id, badge_number)"
            " SELECT officer_id, %s, '' FROM officers_face WHERE id = %s",
            [where, face],
        )
        hands.pause(rng)


@step(3, bare=True)
def transfer(hands: Hands, world: World, rng: random.Random) -> None:
    officer, where = rng.choice(world.officers), rng.choice(world.departments)
    hands.say(f"every assignment of officer {officer} becomes one in department {where}")
    with hands.app() as cursor:
        cursor.execute(
            "UPDATE officers_assignment SET department_id = %s WHERE officer_id = %s", [where, officer]
        )
        hands.pause(rng)


@step(3, bare=True)
def unassign(hands: Hands, world: World, rng: random.Random) -> None:
    officer = rng.choice(world.officers)
    hands.say(f"the assignments of officer {officer} are deleted")
    with hands.app() as cursor:
        cursor.execute("DELETE FROM officers_assignment WHERE officer_id = %s", [officer])
        hands.pause(rng)


@step(3)
def merge_officers(hands: Hands, world: World, rng: random.Random) -> None:
    gone, kept = rng.sample(world.officers, 2)
    hands.say(f"officer {gone} turns out to be officer {kept}: faces and assignments are repointed")
    with hands.app() as cursor:
        cursor.execute("UPDATE officers_face SET officer_id = %s WHERE officer_id = %s", [kept, gone])
        cursor.execute("UPDATE officers_assignment SET officer_id = %s WHERE officer_id = %s", [kept, gone])
        hands.pause(rng)
        cursor.execute("DELETE FROM officers_officer WHERE id = %s", [gone])


@step(5, bare=True)
def move_photo(hands: Hands, world: World, rng: random.Random) -> None:
    photo, where = rng.choice(world.photos + world.questions), rng.choice(world.departments)
    hands.say(f"photo {photo} is moved to department {where}")
    with hands.app() as cursor:
        cursor.execute("UPDATE officers_photo SET department_id = %s WHERE id = %s", [where, photo])
        hands.pause(rng)


@step(4, bare=True)
def move_hot_photo(hands: Hands, world: World, rng: random.Random) -> None:
    face, where = world.face(rng), rng.choice(world.departments)
    hands.say(f"the photo of face {face} is moved to department {where}")
    with hands.app() as cursor:
        cursor.execute(
            "UPDATE officers_photo SET department_id = %s"
            " WHERE id = (SELECT photo_id FROM officers_face WHERE id = %s)",
            [where, face],
        )
        hands.pause(rng)


@step(4, bare=True)
def change_face(hands: Hands, world: World, rng: random.Random) -> None:
    face = world.face(rng)
    changes: list[tuple[str, int | uuid.UUID | None]] = [
        ("officer_id = %s", rng.choice(world.officers)),
        ("photo_id = %s", rng.choice(world.photos)),
        ("x = %s", rng.randrange(12)),
        ("reviewed_at = %s", None),
        ("use_for_recognition = %s", rng.random() < 0.3),
        ("officer_id = %s", None),
    ]
    change, value = rng.choice(changes)
    hands.say(f"face {face} is changed: {change % value}")
    with hands.app() as cursor:
        cursor.execute(f"UPDATE officers_face SET {change} WHERE id = %s", [value, face])  # noqa: S608 - ours
        hands.pause(rng)


@step(1, bare=True)
def delete_face(hands: Hands, world: World, rng: random.Random) -> None:
    face = world.face(rng)
    hands.say(f"face {face} is deleted")
    with hands.app() as cursor:
        cursor.execute("DELETE FROM recognition_unusableface WHERE face_id = %s", [face])
        cursor.execute("DELETE FROM officers_face WHERE id = %s", [face])
        hands.pause(rng)


@step(5, bare=True)
def flip_in_bulk(hands: Hands, world: World, rng: random.Random) -> None:
    on = rng.random() < 0.5
    hands.say(f"one UPDATE switches matching {'on' if on else 'off'} in every department")
    with hands.app() as cursor:
        cursor.execute(
            "UPDATE officers_department SET is_facial_recognition_allowed = %s, recognition_legal_basis = 'bulk',"
            " recognition_review_due = current_date + 30 WHERE id = ANY (%s) AND (state_id <> 'IL' OR %s)",
            [on, world.departments, rng.random() < 0.2],
        )
        hands.pause(rng)


@step(2, bare=True)
def let_review_run_out(hands: Hands, world: World, rng: random.Random) -> None:
    where = world.department(rng)
    hands.say(f"the review of department {where} runs out")
    with hands.app() as cursor:
        cursor.execute(
            "UPDATE officers_department SET recognition_review_due = current_date - 2 WHERE id = %s", [where]
        )
        hands.pause(rng)


@step(3)
def all_in_one(hands: Hands, world: World, rng: random.Random) -> None:
    """Several of these in one transaction, each refusal undone by itself."""
    acts = [rng.choice(BARE) for _ in range(3)]
    with transaction.atomic():
        for act in acts:
            with suppress(DatabaseError):
                act(hands, world, rng)
    hands.say(f"in one transaction: {', '.join(act.__name__ for act in acts)}")


class ChangedOurMind(Exception):
    """To roll a transaction back."""


@step(3)
def undone(hands: Hands, world: World, rng: random.Random) -> None:
    acts = [rng.choice(BARE) for _ in range(2)]
    hands.say(f"rolled back: {', '.join(act.__name__ for act in acts)}")
    with suppress(ChangedOurMind), transaction.atomic():
        for act in acts:
            act(hands, world, rng)
        raise ChangedOurMind


@step(2)
def old_snapshot(hands: Hands, world: World, rng: random.Random) -> None:
    """A transaction that does not see what was committed after it began."""
    face = world.face(rng)
    hands.say(f"a template of face {face} in a transaction with an old snapshot")
    with hands.app() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM officers_department")
        hands.pause(rng)
        cursor.execute(INSERT_TEMPLATE + UPSERT, [ALIKE_TEMPLATE, face])
