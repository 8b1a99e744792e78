"""Ways round the database's lock: races, erased histories, other ways to write, and taking the locks away."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from officers import jurisdiction
from officers.models import Assignment, Department, Officer
from oversight import gate
from oversight.gate import MatchingForbidden, Permit, Reason, Stage
from oversight.models import User
from privacy.shapes import Rectangle
from recognition import engine, gallery, guard_audit, identification
from recognition.models import FaceTemplate
from tests import factories
from tests.architecture.source import imports, product
from tests.oversight.test_roles import FORBIDDEN, FORBIDDEN_ON_GEOMETRY
from tests.recognition.guard_world import INSERT_TEMPLATE, World, bare_photo
from tests.recognition.searching import enrol, face_of
from tests.recognition.test_guard_doors import assign, change
from tests.recognition.test_guard_races import CLOSINGS, commit, ids, meanwhile, write, write_and_commit
from tests.recognition.test_guard_ratchets import FORGETTING, refuses_a_template
from tests.recognition.test_guard_writes import WRITES
from tests.recognition.test_nothing_biometric_is_left import MARKER, _dump
from tests.recognition.ways_round.context import Ways, found
from workers.__main__ import load_models

MARKER_AS_TEXT = str(MARKER.tolist())


def check_then_insert(ways: Ways) -> None:
    """Two transactions that cannot see each other, in both orders."""
    for way in ("flag", "transfer"):
        writer, closer = ways.stack.connect("app"), ways.stack.connect("app")
        world = World.make()
        rows = ids(world)
        write(writer, world)
        with meanwhile(lambda: commit(closer, CLOSINGS[way], rows)) as failed:  # noqa: B023 - joined inside
            writer.commit()
        assert (failed, world.measured()) == ([], (0, 0))
        world = World.make()
        rows = ids(world)
        closer.execute(CLOSINGS[way].encode(), rows)
        with meanwhile(lambda: write_and_commit(writer, world)) as failed:  # noqa: B023
            closer.commit()
        assert [type(error) for error in failed] == [psycopg.errors.CheckViolation]
        assert world.measured() == (0, 0)


def officer_leaves_illinois(ways: Ways) -> None:
    """Whenever the assignment was or will be, and though it is deleted again."""
    calls = ways.library.calls
    for start in (None, "1990-01-01", "2090-01-01"):
        where = factories.department(allowed=True)
        who = ways.add_officer(where)
        Assignment.objects.create(
            officer=who, department=factories.department(state="IL"), start_date=start
        ).delete()
        facts = jurisdiction.read_facts(department_id=where.pk, officer_ids=[who.pk])
        assert gate.refusal(facts) is Reason.OFFICER_PROHIBITED
        enrol(where)
        assert ways.library.calls == calls
        assert found(where) == []


def officer_moves_to_illinois(ways: Ways) -> None:
    where = ways.department(2)
    match = ways.search(where)
    who = match.candidates.get().officer
    Assignment.objects.filter(officer=who).update(department=factories.department(state="IL"))
    assert not FaceTemplate.objects.filter(officer=who).exists()
    assert not match.candidates.exists()
    assert who.pk not in found(where)


def history_is_erased(_ways: Ways) -> None:
    for forget in FORGETTING.values():
        world = World.make()
        assign(world, "IL").delete()
        forget(world)
        assert refuses_a_template(world)
        assert Officer.objects.get(pk=world.officer.pk).ever_prohibited
    gone, merged = World.make(), World.make()
    assign(gone, "IL")
    gone.officer.assignments.update(officer=merged.officer)
    gone.officer.delete()
    assert refuses_a_template(merged)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("DELETE FROM gate_memory")


def photo_is_moved(_ways: Ways) -> None:
    world = World.make().enrol()
    change(world.photo, department=factories.department(state="IL"))
    assert world.measured() == (0, 0)
    change(world.photo, department=world.department, ever_prohibited=False)
    world.photo.filings.all().delete()
    assert refuses_a_template(world)
    with pytest.raises(MatchingForbidden, match=Reason.PHOTO_PROHIBITED):
        identification.request(photo=world.photo, department=world.department, box=Rectangle(1, 1, 40, 40))
    with pytest.raises(IntegrityError), transaction.atomic():
        change(world.photo, department=None)
    pixels = world.photo.pixel_sha256
    world.photo.delete()
    again = bare_photo(world.department, pixel_sha256=pixels)
    again.refresh_from_db()
    assert again.ever_prohibited


def department_is_moved(_ways: Ways) -> None:
    there = factories.department(state="IL")
    who = factories.officer(there)
    for move in (
        lambda: change(there, state="OH"),
        lambda: connection.cursor().execute("UPDATE officers_department SET state_id = 'OH'"),
        lambda: Department(pk=there.pk, name="x", short_name="x", state_id="OH").save(),
    ):
        with pytest.raises(DatabaseError, match="does not leave"), transaction.atomic():
            move()
    who.assignments.all().delete()  # emptied first, so that it may leave: its people do not leave their past
    change(there, state="OH")
    who.refresh_from_db()
    assert who.ever_prohibited


def shell_and_commands(ways: Ways) -> None:
    """What somebody with a shell and good intentions would try, on a record of allowed and forbidden officers."""
    ways.department()
    off = factories.department()
    who = ways.add_officer(off)
    face, calls = who.faces.get(), ways.library.calls
    gallery.store(face, who.pk, engine.Template(MARKER))
    enrol(off)
    gallery.reconcile()
    call_command("guard_audit", "--purge", verbosity=0)
    with pytest.raises(MatchingForbidden):
        identification.request(photo=face.photo, department=off, box=face_of(face.photo))
    with pytest.raises(TypeError):
        Permit()
    asked = jurisdiction.read_facts(department_id=off.pk, photo=face.photo, officer_ids=[who.pk])
    for stage in set(Stage) - {Stage.EVALUATE}:
        with pytest.raises(MatchingForbidden):
            gate.check(asked, stage)
    for leave in (None, object.__new__(Permit)):
        with pytest.raises((AttributeError, gate.PermitInvalid)):
            engine.measure(jpeg=factories.picture(1), box=face.box, permit=leave)  # type: ignore[arg-type]
    assert ways.library.calls == calls
    assert not FaceTemplate.objects.filter(officer=who).exists()
    commands = [path for path in product() if "/management/commands/" in path]
    assert len(commands) >= 4
    assert not [path for path in commands if "recognition.engine" in imports(path)]


def every_other_way_to_write(_ways: Ways) -> None:
    for write_it in WRITES.values():
        world = World.make(allowed=False)
        refused = pytest.raises((DatabaseError, psycopg.Error), match="the gate does not allow")
        with refused, transaction.atomic():
            write_it(world)
        assert world.measured() == (0, 0)
    _admin_has_no_form_for_it()


def _admin_has_no_form_for_it() -> None:
    """No form for geometry, searches or candidates, and the flag is not among a department's fields."""
    person = factories.user(User.Role.ADMIN, is_staff=True, is_superuser=True)
    client, where = Client(), factories.department(state="IL")
    client.force_login(person)
    index = client.get("/administration/").content.decode()
    assert "/administration/officers/department/" in index
    assert "/administration/recognition/" not in index
    for model in ("facetemplate", "candidate", "identification", "unusableface"):
        for page in ("", "add/", "1/change/"):
            assert client.get(f"/administration/recognition/{model}/{page}").status_code == 404
    form = client.get(f"/administration/officers/department/{where.pk}/change/").content.decode()
    assert 'name="name"' in form
    assert 'name="is_facial_recognition_allowed"' not in form
    officer_form = client.get(f"/administration/officers/officer/{factories.officer(where).pk}/change/")
    assert "ever_prohibited" not in officer_form.content.decode()


def restored_dump(ways: Ways) -> None:
    """Planted by a superuser who put the guard to sleep. It is in no dump, and no worker starts beside it."""
    world = World.make(allowed=False)
    root = ways.stack.connect("superuser")
    root.execute("SET session_replication_role = replica")  # what replicas and restores work with
    with pytest.raises(psycopg.errors.CheckViolation), root.transaction():
        root.execute(INSERT_TEMPLATE.encode(), (*world.template_row[:3], MARKER_AS_TEXT))
    root.rollback()
    root.execute("ALTER TABLE recognition_facetemplate DISABLE TRIGGER gate_guard")
    root.execute(INSERT_TEMPLATE.encode(), (*world.template_row[:3], MARKER_AS_TEXT))
    root.commit()
    needle = str(MARKER[3])[:6].encode()
    assert needle not in _dump(ways.stack.services, ways.stack.database)
    assert {"forbidden_templates", "trigger_not_always"} <= {f.code for f in guard_audit.findings()}
    with pytest.raises(SystemExit, match="guard is not whole"):
        load_models()
    assert world.measured() == (0, 0), "purged before anything else"
    root.execute("ALTER TABLE recognition_facetemplate ENABLE ALWAYS TRIGGER gate_guard")
    root.commit()
    assert guard_audit.findings() == []


def triggers_off(ways: Ways) -> None:
    app = ways.stack.connect("app")
    for statement in FORBIDDEN + FORBIDDEN_ON_GEOMETRY:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement.encode())
        app.rollback()
    owner = ways.stack.connect("owner")  # whoever may lift a lock is seen
    assert Client().get("/readyz").json()["guard"] == "ok"
    owner.execute("ALTER TABLE officers_assignment DISABLE TRIGGER gate_ratchet")
    owner.commit()
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["guard"]) == (503, "down")
