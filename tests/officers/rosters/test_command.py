"""`manage.py import_roster`."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from officers.models import Department, Officer, RosterImport
from tests import factories

pytestmark = pytest.mark.django_db


def run(*words: object) -> str:
    out = io.StringIO()
    call_command("import_roster", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def here() -> Department:
    return factories.department()


def test_a_dry_run_says_everything_and_writes_nothing(tmp_path: Path, here: Department) -> None:
    known = factories.officer(here, badge="7", first_name="Ada", last_name="Stone", birth_year=1980)
    gone = factories.officer(here, badge="8", first_name="Gone", last_name="Person")
    path = tmp_path / "r.csv"
    path.write_text("last_name,first_name,badge,YOB\nStone,Ada,7,1981\nNew,Bo,9,\n")
    said = run(path, "--department", here.pk, "--source", "City", "--dry-run")
    assert "officers: 1 new, 1 changed" in said
    assert "r, row 2: Ada Stone: year of birth: 1980 -> 1981" in said
    assert f"Gone Person ({gone.pk})" in said
    known.refresh_from_db()
    assert known.birth_year == 1980
    assert Officer.objects.count() == 2


def test_load_and_undo(tmp_path: Path, here: Department) -> None:
    path = tmp_path / "r.csv"
    path.write_text("last_name,first_name,badge\nNew,Bo,9\n")
    run(path, "--department", here.pk, "--source", "City", "--yes")
    held = RosterImport.objects.get()
    assert Officer.objects.get().full_name == "Bo New"
    assert held.files[0]["key"] == "", "the file is deleted once it is loaded"
    assert "was undone" in run("--undo", held.pk)
    assert not Officer.objects.exists()


def test_a_doubt_is_decided_on_the_line(tmp_path: Path, here: Department) -> None:
    known = factories.officer(here, first_name="John", last_name="Smith")
    path = tmp_path / "r.csv"
    path.write_text("last_name,first_name\nSmith,Jon\n")
    words = (path, "--department", here.pk, "--source", "City", "--yes")
    with pytest.raises(CommandError, match="doubtful"):
        run(*words)
    run(*words, "--decide", f"2={known.pk}")
    known.refresh_from_db()
    assert known.first_name == "Jon"


def test_what_cannot_be_done_is_said(tmp_path: Path, here: Department) -> None:
    path = tmp_path / "r.pdf"
    path.write_text("x")
    with pytest.raises(CommandError, match="neither CSV nor Excel"):
        run(path, "--department", here.pk, "--source", "City")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.csv", "--department", here.pk, "--source", "City")
    with pytest.raises(CommandError, match="no import 999"):
        run("--undo", 999)
