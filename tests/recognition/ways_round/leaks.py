"""Where something measured from a face could be left: caches, mail, queue, logs, the disk, somebody else's service."""

import io
import logging
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.stub import Stubber
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image

from officers import departments, jurisdiction
from oversight import outbox, queues, storage
from oversight.embedded.programs import PROJECT
from oversight.models import OutboxEntry, User
from privacy import centerface, heads, people
from privacy.shapes import Rectangle
from recognition import calibration, classification, engine, gallery, identification, purge
from recognition.models import FaceTemplate, Identification, PresenceResult
from recognition.presence import backend, local
from recognition.presence.rekognition import ForbiddenOperation, Rekognition
from tests import factories
from tests.recognition.presence.test_rekognition import client, label
from tests.recognition.searching import enrol, entry_of, probe
from tests.recognition.test_nothing_biometric_is_left import (
    MARKER,
    _dump,
    _keys_with_marker,
    _store_marker,
    write_out,
)
from tests.recognition.ways_round.context import Ways, entries, officers, work_off_the_queue
from tests.workers.test_jobs import assert_says_little, everything_in

JOBS = 50
NUMBERS_AS_TEXT = [f"{number:.6f}"[:8] for number in MARKER]
NETWORKS = {
    # What each network that the product runs gives for a picture or a piece of one: no 128 numbers anywhere.
    "centerface.onnx": {"537": 1, "538": 2, "539": 2},
    "people.onnx": {"person": 1, "middles": 6, "head": 1},
    "police.onnx": {"probe": 1, "worn": 3, "gear": 5, "military": 1},
}


def caches_and_mail(ways: Ways) -> None:
    where = ways.department()
    asked = ways.search(where)
    who = officers(where)[0]
    paths = [
        f"/who/search/{asked.pk}/",
        f"/who/search/{asked.pk}/status",
        f"/who/search/{asked.pk}/compare/{who.pk}/",
        f"/api/v1/identifications/{asked.pk}/",
    ]
    for path in paths:
        response = Client().get(path)
        assert (response.status_code, response["Cache-Control"]) == (200, "no-store"), path
        assert not {"ETag", "Last-Modified", "Expires"} & set(response.headers), path
    assert who.last_name in Client().get(paths[0]).content.decode()
    assert mail.outbox == []
    assert not [key for key, _ in everything_in(queues.connection()) if b"search" in key]


def queue(ways: Ways) -> None:
    """Fifty jobs through the real Valkey, some of which fail: no value over 512 bytes and no list of numbers in it."""
    ways.quick()
    where = ways.department(2)
    photo = probe(where, next(ways.numbers))
    asked = [
        identification.request(photo=photo, department=where, box=Rectangle(60, 60, 200 + n, 240))
        for n in range(JOBS)
    ]
    Identification.objects.filter(pk=asked[0].pk).update(width=5)  # too small to be measured
    valkey = queues.connection()
    assert outbox.sweep(fresh_start=True) == JOBS
    assert_says_little(valkey)
    calls = ways.library.calls
    assert work_off_the_queue() == JOBS
    assert ways.library.calls == calls + JOBS - 1
    assert {entry.state for entry in entries(asked)} == {"done"}
    _forced_errors(ways, asked[1:6])
    assert_says_little(valkey)
    stored = MARKER.astype("<f4").tobytes()[:16], MARKER.tobytes()[:16]
    for key, value in everything_in(valkey):
        assert not any(piece in value for piece in stored), key
        assert not any(text.encode() in value for text in NUMBERS_AS_TEXT), key
    assert not list(valkey.scan_iter("rq:results:*"))


def _forced_errors(ways: Ways, asked: list[Identification]) -> None:
    Identification.objects.filter(pk__in=[one.pk for one in asked]).update(state="waiting")
    OutboxEntry.objects.filter(subject__in=[str(one.pk) for one in asked]).update(
        state="waiting", lease_until=None
    )
    with ways.monkeypatch.context() as broken:
        broken.setattr(gallery, "search", _failing)
        outbox.sweep(fresh_start=True)
        assert work_off_the_queue() == len(asked)
    assert {entry.last_error for entry in entries(asked)} == {"ValueError"}


def _failing(*asked: Any, **named: Any) -> Any:
    """An error whose message has all that the function was given in it."""
    raise ValueError(f"{asked} {named}")


FAULTS: list[tuple[Any, str]] = [
    (storage, "read"),
    (jurisdiction, "read_site"),
    (gallery, "search"),
    (gallery, "officers_enrolled"),
    (gallery, "store"),
    (gallery, "_as_text"),
    (gallery, "_cursor_with_parameters_apart"),
    (calibration, "chances"),
    (identification, "_candidates"),
]


def logs(ways: Ways) -> None:
    """A fault at every point of a search and an enrolment: no number of the template is logged, printed or kept."""
    caplog: pytest.LogCaptureFixture = ways.request.getfixturevalue("caplog")
    caplog.set_level(logging.DEBUG)
    ways.quick()
    where = ways.department()
    for module, name in FAULTS:
        asked = ways.ask(where)
        with ways.monkeypatch.context() as broken:
            broken.setattr(module, name, _failing)
            outbox.run(str(entry_of(asked).pk), identification.run)
            FaceTemplate.objects.all().delete()
            enrol(where)
        enrol(where)
    _write_numbers_that_are_none(ways)
    errors = OutboxEntry.objects.exclude(last_error="").values_list("last_error", flat=True)
    assert "ValueError" in set(errors)
    assert caplog.text.count("Traceback") >= len(FAULTS)
    said = caplog.text + str(list(errors)) + _traceback_with_a_template()
    for words in (said, said.replace("0.", ".")):
        assert not [text for text in NUMBERS_AS_TEXT if text in words]
    loaded = "import resource; from recognition import engine; engine.load();"
    loaded += "print(resource.getrlimit(resource.RLIMIT_CORE))"
    command = [sys.executable, "-W", "ignore", "-c", loaded]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(0, 0)", "a process that can measure leaves no core dump"


def _write_numbers_that_are_none(ways: Ways) -> None:
    """The database's own errors, which quote what they did not like: an odd number, one too few, a closed door."""
    where = factories.department(allowed=True)
    face, closed = ways.add_officer(where).faces.get(), ways.add_officer(factories.department()).faces.get()
    odd = [np.append(MARKER[:-1], np.nan), np.append(MARKER[:-1], np.inf), MARKER[:-1]]
    for numbers in odd:
        for do in (
            lambda t: gallery.store(face, face.officer_id or 0, t),
            lambda t: gallery.search(template=t, department_id=where.pk, most=5),
        ):
            try:
                with transaction.atomic():
                    do(engine.Template(numbers))
            except (DatabaseError, ValueError):
                logging.getLogger("test").exception("It failed")
    gallery.store(closed, closed.officer_id or 0, engine.Template(MARKER))
    assert not FaceTemplate.objects.filter(face__in=[face.pk, closed.pk]).exists()


def _traceback_with_a_template() -> str:
    """As a tool for error reports makes it, with the local variables of each frame."""
    template = engine.Template(MARKER)
    try:
        _failing(template=template)
    except ValueError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raise AssertionError


def bytes_on_disk(ways: Ways) -> None:
    """A marker template, then the flag off: no byte of it in the table's files, the journal, a dump or the queue."""
    stack = ways.stack
    where, root = _store_marker(), stack.connect("superuser")
    write_out(root)
    row = root.execute(
        "SELECT oid, current_setting('data_directory') FROM pg_database WHERE datname = %s", [stack.database]
    )
    oid, folder = row.fetchone() or (0, "")
    data, journal = Path(folder) / "base" / str(oid), Path(folder) / "pg_wal"
    assert _files_with_marker(data), "the search below looks in the right place"
    departments.forbid_matching(department=where, by=factories.user(User.Role.ADMIN))
    assert not FaceTemplate.objects.exists()
    assert purge.wipe()
    write_out(root)
    assert _files_with_marker(data) + _files_with_marker(journal) == []
    assert _keys_with_marker(stack.services) == []
    dump = _dump(stack.services, stack.database)
    assert not [text for text in NUMBERS_AS_TEXT if text.encode() in dump]


def _files_with_marker(folder: Path) -> list[str]:
    stored = MARKER.astype("<f4").tobytes()
    pieces = [stored[start : start + 16] for start in (0, 128, 256, 496)]
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(piece in path.read_bytes() for piece in pieces)
    ]


def more_than_labels(ways: Ways) -> None:
    """The real job with botocore's own client: one operation ever leaves, and every other is refused before."""
    made = client()
    sent: set[str] = set()
    made.meta.events.register("before-parameter-build", lambda model, **_: sent.add(model.name))
    asked = backend("rekognition", make_client=lambda: made)
    assert isinstance(asked, Rekognition)
    asked.load()
    ways.monkeypatch.setattr(classification, "loaded_backend", lambda: asked)
    photo = factories.photo(factories.department(state="IL"), jpeg=factories.picture(next(ways.numbers)))
    with Stubber(made) as stubber:
        labels = {"Labels": [label("Police", 95.0)], "LabelModelVersion": "3.0"}
        stubber.add_response("detect_labels", labels)
        outbox.promise(job=classification.CLASSIFY, subject=str(photo.pk), queue=queues.PHOTOS)
        entry = OutboxEntry.objects.get(job=classification.CLASSIFY)
        outbox.run(str(entry.pk), classification.classify)
        assert PresenceResult.objects.get().decision == "likely"
        others = set(made.meta.service_model.operation_names) - {"DetectLabels"}
        assert {"DetectFaces", "CompareFaces", "SearchFacesByImage", "IndexFaces"} <= others
        for operation in others:
            with pytest.raises(ForbiddenOperation):
                made._make_api_call(operation, {})
    assert set(asked.calls) == {"DetectLabels"}
    assert sent == {"DetectLabels"}


def another_model(ways: Ways) -> None:
    """Every network that the product runs is known and measures no face; the library that does asks for leave."""
    shipped = {path.name.split("-")[0] for path in PROJECT.rglob("*.onnx") if _is_ours(path)}
    assert shipped == {"police", "people"}
    heads.load()
    police = next(path for path in Path(local.__file__).parent.rglob("police-*.onnx"))
    running: dict[str, Any] = {
        "centerface.onnx": centerface._network.session(),
        "people.onnx": people._network.session(),
        "police.onnx": local.open_session(police, 1),
    }
    for name, outputs in NETWORKS.items():
        given = {output.name: output.shape for output in running[name].get_outputs()}
        assert set(given) == set(outputs), name
        assert all(128 not in shape and 512 not in shape for shape in given.values()), name
    picture = np.asarray(Image.open(io.BytesIO(factories.picture(1))).convert("RGB"))
    assert heads.find_heads(picture)
    assert ways.library.calls == 0
    with pytest.raises(AttributeError):
        engine.measure(jpeg=factories.picture(1), box=Rectangle(60, 60, 200, 240), permit=None)  # type: ignore[arg-type]
    assert ways.library.calls == 0


def _is_ours(path: Path) -> bool:
    return not {".venv", "var", "build", "node_modules"} & set(path.relative_to(PROJECT).parts)
