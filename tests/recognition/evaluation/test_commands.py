"""The two commands on officers who do not exist: what they print, what they refuse, and that nothing is written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from officers import jurisdiction
from oversight.embedded.programs import PROJECT
from recognition import calibration, engine
from recognition.evaluation import reports
from recognition.evaluation.measuring import Measured
from recognition.models import FaceTemplate
from tests import factories

PORTRAITS = factories.DEMO / "officers"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Six photos of three people, one that is no photo, one without a face."""
    folder = tmp_path / "photos"
    for number in (1, 2, 3):
        for shot in (1, 2):
            file = folder / f"person {number}" / f"{shot}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(factories.picture(number, shot))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and then nothing")
    (folder / "sky.jpg").write_bytes(factories.plain_picture())
    return folder


PAIRS = """person 1/1.jpg\tperson 1/2.jpg\t1
person 2/1.jpg\tperson 2/2.jpg\t1
person 1/1.jpg\tperson 2/1.jpg\t0
person 3/1.jpg\tperson 2/2.jpg\t0
person 3/1.jpg\tsky.jpg\t1
person 3/2.jpg\tbroken.jpg\t0
person 3/2.jpg\tmissing.jpg\t1
"""


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    file = tmp_path / "pairs.txt"
    file.write_text(PAIRS, encoding="utf-8")
    return file


def evaluate(*arguments: object) -> Any:
    out = StringIO()
    call_command("evaluate_matching", *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def as_a_fresh_checkout(*arguments: object, data: Path, **environment: str) -> Any:
    """In a process of its own, with a data folder in which nothing runs."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OVERSIGHT_", "DATABASE_"))
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *map(str, arguments)],
        cwd=PROJECT,
        env=kept | {"OVERSIGHT_DATA": str(data)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_any_service_the_figures_come_out_and_nothing_is_kept(
    photos: Path, pairs: Path, tmp_path: Path
) -> None:
    """Six pairs have both files. Wrong is only the one of person 3 and the picture without a face, "the same"."""
    done = as_a_fresh_checkout(
        "evaluate_matching", "--pairs", pairs, "--images", photos, "--json", data=tmp_path / "data"
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert found["accuracy"] == pytest.approx(5 / 6, abs=0.0001)
    assert found["tar_at_far_1e-2"] == found["tar_at_far_1e-3"] == pytest.approx(2 / 3, abs=0.0001)
    assert (found["faces_not_found"], found["files_missing"], found["files_unreadable"]) == (1, 1, 1)
    assert found["pairs"] == {"same": 3, "different": 3}
    assert (found["pairs_not_judged"], found["photos"]) == (1, 9)
    assert found["engine"] == engine.NAME
    assert found["version"] == calibration.fit().version
    assert found["ms_per_photo"] > 0
    assert "No database answers" in done.stderr
    assert "9 of 9 photos" in done.stderr
    kept = {path.name for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert kept <= {"secrets.json", "template_network.onnx"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "pairs.txt", "photos"]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OVERSIGHT_OPERATOR_STATE": "OH", "OVERSIGHT_COMPUTE_STATES": ""}, "compute_place"),
        ({"OVERSIGHT_OPERATOR_STATE": "XX"}, "operator_place"),
        ({"OVERSIGHT_RECOGNITION": "0"}, "site_off"),
        ({"OVERSIGHT_OPERATOR_STATE": "IL"}, "Illinois"),
        (
            {
                "OVERSIGHT_PRODUCTION": "1",
                "OVERSIGHT_SECRET_KEY": "k" * 60,
                "OVERSIGHT_HOSTS": "example.org",
                "OVERSIGHT_OPERATOR_STATE": "OH",
                "OVERSIGHT_COMPUTE_STATES": "OH",
            },
            "The database does not answer",
        ),
    ],
    ids=[
        "nobody knows where",
        "no such state",
        "switched off",
        "Illinois",
        "production without its database",
    ],
)
def test_where_it_is_forbidden_or_unknown_no_photo_is_measured(
    environment: dict[str, str], words: str, photos: Path, pairs: Path, tmp_path: Path
) -> None:
    done = as_a_fresh_checkout(
        "evaluate_matching",
        "--pairs",
        pairs,
        "--images",
        photos,
        "--json",
        data=tmp_path / "data",
        **environment,
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["IL", "", "XX"])
def test_the_operators_place_is_asked(photos: Path, pairs: Path, settings: Any, state: str) -> None:
    before = engine.measured
    settings.OPERATOR_STATE = state
    with pytest.raises(CommandError, match="operator_place"):
        evaluate("--pairs", pairs, "--images", photos)
    assert engine.measured == before


@pytest.mark.django_db
def test_the_law_is_asked_for_every_photo(
    photos: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """guard-18: switched off while it runs, it stops at the next photo."""
    before, measure = engine.measured, engine.measure

    def measure_and_switch_off(**asked: Any) -> engine.Template:
        settings.RECOGNITION_SWITCH = False
        return measure(**asked)

    monkeypatch.setattr(engine, "measure", measure_and_switch_off)
    with pytest.raises(CommandError, match="site_off"):
        evaluate("--pairs", pairs, "--images", photos)
    assert engine.measured == before + 1


@pytest.mark.django_db
def test_a_search_among_people(tmp_path: Path) -> None:
    """Ten people of the demo in two photos each: they look like themselves."""
    for number in range(1, 11):
        (tmp_path / str(number)).mkdir()
        for shot in (1, 2):
            (tmp_path / str(number) / f"{shot}.jpg").write_bytes(factories.picture(number, shot))
    found = evaluate("--gallery", tmp_path)["search"]
    assert (found["people"], found["photos"], found["faces_not_found"]) == (10, 20, 0)
    (whole,) = found["by_gallery_size"]
    assert whole["gallery"] == 9
    assert whole["rank_1"] == 1
    assert whole["fpir"] < 0.2
    assert FaceTemplate.objects.count() == 0


def test_a_site_alone_asks_the_settings_and_never_in_production(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_answers() -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr(jurisdiction, "read_site", nobody_answers)
    said: list[str] = []
    site = jurisdiction.read_site_even_alone(said.append)
    assert len(site.known_states) == 56
    assert "IL" in site.known_states
    assert (site.operator_state, site.compute_states) == (settings.OPERATOR_STATE, settings.COMPUTE_STATES)
    assert len(said) == 1
    settings.PRODUCTION = True
    with pytest.raises(OperationalError):
        jurisdiction.read_site_even_alone(said.append)


def test_a_site_with_its_database_says_nothing(db: None) -> None:
    said: list[str] = []
    assert jurisdiction.read_site_even_alone(said.append) == jurisdiction.read_site()
    assert said == []


@pytest.fixture
def made_up_templates(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """In place of photos: each person a point, each of their photos near it. The measuring itself is tested above."""

    def measure(photos: Any, *_: Any) -> Measured:
        draw = np.random.default_rng(1)
        centres: dict[str, Any] = {}
        for photo in photos:
            centres.setdefault(photo.split("/")[0], draw.normal(0, 0.05, 128))
        return Measured({photo: centres[photo.split("/")[0]] + draw.normal(0, 0.03, 128) for photo in photos})

    monkeypatch.setattr(reports, "measure", measure)
    return lambda: None


def test_a_fit_is_written_and_read_back(made_up_templates: object, tmp_path: Path) -> None:
    people = range(400)
    lines = [f"{who}/1.jpg {who}/2.jpg 1" for who in people]
    lines += [f"{who}/{1 + other % 2}.jpg {other}/1.jpg 0" for who in people for other in (who + 1, who + 7)]
    pairs, into = tmp_path / "pairs.txt", tmp_path / "fit.json"
    pairs.write_text("\n".join(lines), encoding="utf-8")
    out = StringIO()
    call_command(
        "calibrate_matching",
        "--pairs",
        str(pairs),
        "--images",
        str(tmp_path),
        "--into",
        str(into),
        stdout=out,
    )
    printed = json.loads(out.getvalue())
    assert json.loads(into.read_text()) == printed
    fit = calibration.read(into)
    assert (fit.engine, fit.intercept, fit.slope) == (engine.NAME, printed["intercept"], printed["slope"])
    assert 0.03 * np.sqrt(2 * 128) < fit.threshold < 0.05 * np.sqrt(2 * 128)
    assert printed["pairs"] == {"same": 400, "different": 800}
    assert printed["on_people_not_fitted"]["calibration_error"] < 0.1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give --pairs"),
        (("--pairs", "nowhere.txt", "--images", "."), "nowhere.txt: No such file"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_words(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        evaluate(*arguments)
