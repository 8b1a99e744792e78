"""Walls that import-linter cannot see: one door to the face library, one to the queue, every question to the gate."""

import ast
import sys

import pytest
from django.apps import apps

from tests.architecture.source import PROJECT, calls, imports, name_of, product, tree

FACE_LIBRARY = {"face_recognition", "face_recognition_models", "dlib"}
EVERY_FACE_IN_A_PICTURE = {
    "batch_face_locations",
    "compare_faces",
    "face_distance",
    "face_encodings",
    "face_landmarks",
    "get_face_chips",
}
QUEUE_LIBRARY = {"redis", "rq"}
ENGINE = "recognition/engine.py"
WITHOUT_A_PERMIT = {
    "privacy/tools/landmarks.py",  # the face of whoever asks, with their release, for one picture
    "privacy/measures/encoders.py",  # offline commands that measure protection; no page, job or record reaches them
    "privacy/measures/faces.py",  # the same
}
"""Face geometry outside the engine: docs/decisions/0010-measured-without-a-permit.md says why, and for whom."""
BOXES_ALONE = "privacy/measures/judges.py"
"""Asks dlib where faces are, to see whether a protecting tool hides them: boxes, no geometry."""
GATE = "oversight/gate.py"
REHEARSAL = "recognition/histories/"
"""guard_histories puts its own edges in place of the product's, in a process and a database of its own."""

TALK_TO_THE_QUEUE = {
    "oversight/queues.py",
    "oversight/embedded/valkey.py",  # starts it
    "oversight/embedded/launch.py",
    "workers/__main__.py",  # waits on it
    "workers/chaos/product.py",  # empties a scratch one
    "workers/hosts/places.py",  # starts one on a machine of its own
}
IMPORT_BY_A_NAME_MADE_UP = {
    "privacy/cell.py",  # the caged child is told what to run, by our own parent process
    "privacy/tools/__init__.py",  # a tool's file is found by the tool's name
    "recognition/presence/__init__.py",  # a backend's file is found by the backend's name
    "privacy/measures/__init__.py",  # so is a measure's, by its tool's
}
QUESTIONS_TO_THE_GATE = [
    ("recognition/gallery.py", "ENROL"),
    ("recognition/identification.py", "ENQUEUE"),
    ("recognition/identification.py", "COMPUTE"),
    ("recognition/identification.py", "RESULT"),
    ("recognition/identification.py", "SHOW"),
    ("recognition/identification.py", "SHOW"),
]
EVALUATIONS = "recognition/evaluation/"
ASKS_FOR_AN_EVALUATION = "recognition/evaluation/measuring.py"
MEASURE_FACES = [ASKS_FOR_AN_EVALUATION, "recognition/gallery.py", "recognition/identification.py"]
ONLY_READS_FACTS = "officers/jurisdiction.py"


def users_of(libraries: set[str]) -> set[str]:
    return {path for path in product() if libraries & {name.split(".")[0] for name in imports(path)}}


def test_there_is_something_to_look_at() -> None:
    assert len(product()) > 80
    assert {ENGINE, GATE, *TALK_TO_THE_QUEUE} <= set(product())


def test_the_face_library_has_one_door() -> None:
    assert users_of(FACE_LIBRARY) == {ENGINE, BOXES_ALONE, *WITHOUT_A_PERMIT}
    source = (PROJECT / BOXES_ALONE).read_text(encoding="utf-8")
    assert source.count('dlib")') == source.count('dlib").get_frontal_face_detector()') == 1
    assert not FACE_LIBRARY & {
        name.split(".")[0]
        for path in (ENGINE, *WITHOUT_A_PERMIT)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }, "not before somebody has leave"


def test_the_record_reaches_no_face_without_a_permit() -> None:
    """What measures without one is for the photo floor's own tools and commands: nothing above it may import them."""
    users = {
        path
        for path in product()
        for name in imports(path)
        if name.startswith(("privacy.measures", "privacy.tools.landmarks"))
        and not path.startswith("privacy/")
    }
    assert users == set()


def test_points_are_had_with_somebodys_release() -> None:
    """A tool passes on the release it was given; only the commands that measure protection give their own."""
    giving = [
        path
        for path in product()
        for _, call in calls(path)
        if name_of(call.func) == "release.given"
        and any(isinstance(word.value, ast.Constant) for word in call.keywords)
    ]
    assert giving == ["privacy/measures/faces.py"]
    naming = {
        path for path in product() for node in ast.walk(tree(path)) if name_of(node).endswith("Release")
    }
    made = [path for path in product() for _, call in calls(path) if name_of(call.func).endswith("Release")]
    assert "privacy/tools/landmarks.py" in naming
    assert made == ["privacy/release.py"]


def test_no_page_imports_what_measures_protection() -> None:
    """Only commands do: not the views, the upload, the API or the tools of the photo floor."""
    users = {
        path
        for path in product()
        if any(name.startswith("privacy.measures") for name in imports(path))
        and not path.startswith(("privacy/measures/", "privacy/management/commands/"))
    }
    assert users == set()


def test_the_queue_has_one_door() -> None:
    assert users_of(QUEUE_LIBRARY) == TALK_TO_THE_QUEUE


def test_nobody_imports_what_cannot_be_read_here() -> None:
    made_up = {path for path in product() if "?" in imports(path)}
    assert made_up == IMPORT_BY_A_NAME_MADE_UP
    hidden = [
        (path, name_of(call.func))
        for path in product()
        for _, call in calls(path)
        if name_of(call.func)
        in {"__import__", "exec", "eval", "compile", "importlib.util.spec_from_file_location"}
    ]
    assert hidden == []


def test_the_gate_imports_only_the_standard_library() -> None:
    """guard-18, guard-33: what is guarded cannot change it by being imported."""
    assert {name.split(".")[0] for name in imports(GATE)} <= sys.stdlib_module_names


def test_every_question_to_the_gate_is_listed() -> None:
    """guard-18: a new one is added here, by whoever the file of owners names."""
    found = []
    for path in product():
        assert "oversight.gate.check" not in imports(path), "say gate.check, so that it can be found"
        for _, call in calls(path):
            if name_of(call.func) == "gate.check":
                (stage,) = [name_of(a) for a in call.args if name_of(a).startswith(("Stage.", "gate.Stage."))]
                found.append((path, stage.rpartition(".")[2]))
    assert sorted(found) == sorted(QUESTIONS_TO_THE_GATE)


def test_one_module_asks_for_leave_to_evaluate() -> None:
    """guard-18: that leave knows no department, so nothing that could become a match may have it."""
    asking = [
        path for path in product() for _, call in calls(path) if name_of(call.func).endswith("check_site")
    ]
    assert asking == [ASKS_FOR_AN_EVALUATION]
    naming = {
        path
        for path in product()
        for node in ast.walk(tree(path))
        if "check_site" in name_of(node) or name_of(node).endswith("Stage.EVALUATE")
    }
    assert naming == {ASKS_FOR_AN_EVALUATION, GATE}
    assert not [path for path in product() if "oversight.gate.check_site" in imports(path)]


def test_an_evaluation_has_nowhere_to_write() -> None:
    """What it measures is in no table, file, cache or queue, because its modules can reach none."""
    recognition = ("models", "gallery", "identification")
    oversight = ("storage", "outbox", "queues", "audit", "models")
    places = (
        *(f"recognition.{name}" for name in recognition),
        *(f"oversight.{name}" for name in oversight),
        *("officers.models", "django.db", "django.core", "pickle", "shelve", "sqlite3", "tempfile"),
        *("logging", "subprocess"),
    )
    harmless = {"django.db", "django.db.DatabaseError", "django.core.exceptions"}
    harmless |= {"django.core.exceptions.ImproperlyConfigured"}
    modules = [path for path in product() if path.startswith(EVALUATIONS)]
    assert len(modules) >= 6
    for path in modules:
        assert not {name for name in imports(path) if name.startswith(places)} - harmless, path
        names = {name_of(call.func).rpartition(".")[2] for _, call in calls(path)}
        assert not names & {"write_text", "write_bytes", "save", "savez", "dump", "tofile"}, path
        assert "open" not in {name_of(call.func) for _, call in calls(path)}, path


def test_only_the_gate_makes_a_permit() -> None:
    for path in product():
        if path == GATE:
            continue
        names = {name_of(node) for node in ast.walk(tree(path))} | imports(path)
        assert not [name for name in names if "_UNSPENT" in name or name == "object.__new__"], path
        made = [name_of(call.func) for _, call in calls(path)]
        assert not {"Permit", "gate.Permit"} & set(made), path


def test_only_the_engine_spends_a_permit_and_few_ask_it_to() -> None:
    spending = [
        path for path in product() for _, call in calls(path) if name_of(call.func).endswith(".spend")
    ]
    assert spending == [ENGINE]
    measuring = [
        path for path in product() for _, call in calls(path) if name_of(call.func) == "engine.measure"
    ]
    assert sorted(measuring) == MEASURE_FACES


def test_only_the_face_that_was_pointed_at_is_aligned() -> None:
    """What is not aligned cannot be measured. The library's own ways measure every face in a picture."""
    aligning = []
    for path in product():
        if path.startswith(REHEARSAL):
            continue
        for _, call in calls(path):
            name = name_of(call.func).rpartition(".")[2]
            assert name not in EVERY_FACE_IN_A_PICTURE, path
            if name == "get_face_chip":
                aligning.append(path)
    assert aligning == [ENGINE]


def test_nobody_puts_something_else_in_the_gates_place() -> None:
    """No `gate.check = ...`, no `setattr(gate, ...)`, nor of the engine's."""
    for path in product():
        if path.startswith(REHEARSAL):
            continue
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign) else []
            assert not [t for t in targets if name_of(t).startswith(("gate.", "engine."))], path
        patched = [
            name_of(call.args[0])
            for _, call in calls(path)
            if name_of(call.func) in {"setattr", "delattr"} and call.args
        ]
        assert not {"gate", "engine"} & set(patched), path


def test_the_facts_are_read_in_one_place() -> None:
    """Whoever else made up facts could make them up as they like."""
    making = {"Facts", "DepartmentFacts", "OfficerFacts", "Site"}
    makers = {
        path
        for path in product()
        for _, call in calls(path)
        if name_of(call.func).rpartition(".")[2] in making and path != GATE
    }
    assert makers == {ONLY_READS_FACTS}


def test_the_record_does_not_know_the_plugin() -> None:
    up = {
        path
        for path in product()
        if path.startswith(("officers/", "privacy/", "oversight/"))
        for name in imports(path)
        if name.split(".")[0] in {"recognition", "workers"}
    }
    assert up == set()


def test_the_photo_floor_stores_nothing() -> None:
    assert list(apps.get_app_config("privacy").get_models()) == []
    storing = {
        path: names
        for path in product()
        if path.startswith("privacy/")
        and (
            names := {
                n
                for n in imports(path)
                if n.startswith(("django.db", "django.core.files", "oversight.storage"))
            }
        )
    }
    assert storing == {}


@pytest.mark.plugin
def test_vectors_are_stored_in_one_model() -> None:
    """guard-28: a second table with templates would have no guard."""
    users = {path for path in product() if any(name.startswith("pgvector") for name in imports(path))}
    assert users == {"recognition/models.py"}
    vectors = [
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if type(field).__name__.endswith("VectorField") and type(field).__module__.startswith("pgvector")
    ]
    assert vectors == ["FaceTemplate"]
