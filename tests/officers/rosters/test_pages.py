"""The import wizard and the export's page, without JavaScript, as a coordinator of the department."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from officers.models import Coordination, Department, Officer, RosterImport
from officers.rosters import files
from oversight import storage
from oversight.models import OutboxEntry
from tests import factories
from tests.officers.rosters.helping import check, load
from tests.officers.rosters.synthetic import roster
from workers import rosters as worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Department:
    return factories.department(name="Alder Police")


@pytest.fixture
def keeper(here: Department, client: Client) -> Client:
    person = factories.user()
    Coordination.objects.create(user=person, department=here)
    client.force_login(person)
    return client


def work() -> None:
    """What the worker does, until nothing waits."""
    while entry := OutboxEntry.objects.filter(job="workers.rosters.work", state="waiting").first():
        worker.work(str(entry.pk))


def send(client: Client, here: Department, text: str, **more: Any) -> RosterImport:
    file = SimpleUploadedFile("r.csv", text.encode())
    fields = {"uploads": [file], "source": "City", "dates": "month", "missing": "leave", **more}
    answer = client.post(f"/departments/{here.pk}/rosters/", fields)
    assert answer.status_code == 302, answer.content.decode()
    return RosterImport.objects.latest("pk")


def test_the_whole_way_sent_mapped_checked_loaded_undone(keeper: Client, here: Department) -> None:
    held = send(keeper, here, "who,first_name,badge\nStone,Ada,7\n")
    where = f"/rosters/{held.pk}/"
    page = keeper.get(where, follow=True).content.decode()
    assert "Is this what the columns are?" in page
    assert "Ada" in page, "the first rows are shown as they are understood"
    columns = {"table0-sheet": "roster", "table0-column0": "last_name", "table0-column1": "first_name"}
    columns["table0-column2"] = "star_no"
    shown = keeper.post(f"{where}columns/", {**columns, "preview": "1"}, follow=True).content.decode()
    assert "Stone" in shown
    keeper.post(f"{where}columns/", columns)
    assert keeper.get(f"{where}status").json()["state"] == "working"
    assert "You may close this page" in keeper.get(where).content.decode()
    work()
    assert keeper.get(f"{where}status").json() == {"state": "done", "url": where}
    page = keeper.get(where).content.decode()
    assert "Load all of it" in page
    assert "Ada Stone" in page
    keeper.post(f"{where}act/", {"act": "load"})
    work()
    assert Officer.objects.get().full_name == "Ada Stone"
    assert "Undo the whole import" in keeper.get(where).content.decode()
    keeper.post(f"{where}act/", {"act": "undo"})
    work()
    assert not Officer.objects.exists()
    assert "Everything is as it was" in keeper.get(where).content.decode()


def test_an_import_on_which_somebody_worked_since_is_undone_but_for_that(
    keeper: Client, here: Department
) -> None:
    text = "last_name,first_name,badge\nStone,Ada,7\nBrooks,Remy,8\n"
    held = load(here, {"r.csv": text})
    Officer.objects.filter(last_name="Stone").update(birth_year=1980)
    where = f"/rosters/{held.pk}/"
    assert "Undo the rest" not in keeper.get(where).content.decode()
    keeper.post(f"{where}act/", {"act": "undo"})
    work()
    assert "Undo the rest, and leave what was changed since" in keeper.get(where).content.decode()
    keeper.post(f"{where}act/", {"act": "undo-rest"})
    work()
    ada = Officer.objects.get()
    page = keeper.get(where).content.decode()
    assert f'<a href="/officers/{ada.pk}/"><bdi>Ada Stone</bdi></a>' in page
    assert "has changed it since" in page


def test_a_doubtful_row_is_decided_on_the_page(keeper: Client, here: Department) -> None:
    known = factories.officer(here, badge="7", first_name="John", last_name="Smith")
    held = send(keeper, here, "last_name,first_name\nSmith,Jon\n")
    mapped = {"table0-sheet": "roster", "table0-column0": "last_name", "table0-column1": "first_name"}
    keeper.post(f"/rosters/{held.pk}/columns/", mapped)
    work()
    page = keeper.get(f"/rosters/{held.pk}/").content.decode()
    assert "John Smith" in page
    assert "Load all of it" not in page
    row = held.rows.get(verdict="doubtful")
    keeper.post(f"/rosters/{held.pk}/decide/", {f"row{row.pk}": str(known.pk)})
    work()
    page = keeper.get(f"/rosters/{held.pk}/").content.decode()
    assert "<bdi>John</bdi>" in page
    assert "Load all of it" in page


def test_errors_are_on_the_page_and_what_was_typed_is_kept(keeper: Client, here: Department) -> None:
    file = SimpleUploadedFile("r.csv", b"")
    fields = {"uploads": [file], "source": "My source", "dates": "day", "missing": "end"}
    page = keeper.post(f"/departments/{here.pk}/rosters/", fields).content.decode()
    assert "My source" in page
    assert "Give the day on which their assignments ended" in page
    held = check(here, {"r.csv": "last_name,YOB\nStone,80\n"})
    page = keeper.get(f"/rosters/{held.pk}/").content.decode()
    assert "Column YOB: “80” is not a year" in page
    assert "Load all of it" not in page


def test_files_are_private_and_gone_after_a_week(here: Department, settings: Any, tmp_path: Path) -> None:
    held = check(here, {"r.csv": "last_name\nStone\n"})
    key = held.files[0]["key"]
    assert storage.read(key) == b"last_name\nStone\n"
    assert files.forget_old() == 0
    RosterImport.objects.update(started_at=timezone.now() - timedelta(days=8))
    assert files.forget_old() == 1
    with pytest.raises(FileNotFoundError):
        storage.read(key)
    assert not held.rows.exists()


def test_one_page_of_rows_costs_the_same_however_many_there_are(
    keeper: Client, here: Department, django_assert_max_num_queries: Any
) -> None:
    text = "last_name,first_name,badge\n" + "".join(f"N{n},A,{n}\n" for n in range(200))
    held = check(here, {"r.csv": text})
    with django_assert_max_num_queries(22):
        page = keeper.get(f"/rosters/{held.pk}/?rows=new").content.decode()
    assert "More rows" in page


def test_an_export_is_sent_in_pieces_and_is_throttled(
    client: Client, here: Department, settings: Any
) -> None:
    load(here, roster(5), publish=True)
    cache.clear()
    assert "CSV, in a ZIP" in client.get("/exports/").content.decode()
    answer = client.post(f"/exports/departments/{here.pk}/csv")
    assert answer.streaming
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert len(archive.read("officers.csv").splitlines()) == 6
    answers = [client.post("/exports/all/jsonl").status_code for _ in range(21)]
    assert answers[-1] == 429
    cache.clear()
