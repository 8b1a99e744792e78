"""/healthz and /readyz, each part of it failing in its own way."""

import json
from pathlib import Path

import psycopg
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from redis import Redis

from oversight import health, queues
from tests.stack import Stack

ALL_OK = {"database": "ok", "queue": "ok", "storage": "ok", "migrations": "ok"}


@pytest.fixture(autouse=True)
def _forget_earlier_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrations_seen_applied", False)


def words(response: HttpResponseBase) -> dict[str, str]:
    """The words for our own four parts; a plugin may have added more."""
    assert isinstance(response, HttpResponse)
    found = json.loads(response.content)
    return {name: found[name] for name in ALL_OK}


def test_alive_needs_no_database(client: Client) -> None:
    response = client.get("/healthz")  # this test may not use the database: pytest-django would stop it

    assert response.status_code == 200
    assert response.content == b"ok"


@pytest.mark.django_db
def test_ready_when_every_part_answers(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert words(response) == ALL_OK
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_the_queue(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nobody = Redis(unix_socket_path=str(tmp_path / "no.sock"))
    monkeypatch.setattr(queues, "connection", lambda: nobody)

    response = health.readyz(rf.get("/readyz"))

    assert response.status_code == 503
    assert words(response) == {**ALL_OK, "queue": "down"}


@pytest.mark.django_db
def test_not_ready_when_photos_cannot_be_stored(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "photos").write_text("a file where the folder should be")
    monkeypatch.setattr(storages["private"], "base_location", str(tmp_path / "photos"))
    monkeypatch.setattr(storages["private"], "location", str(tmp_path / "photos"))

    response = health.readyz(rf.get("/readyz"))

    assert response.status_code == 503
    assert words(response) == {**ALL_OK, "storage": "down"}


@pytest.mark.stack
def test_not_ready_with_a_migration_missing(
    rf: RequestFactory, stack: Stack, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    owner_connection.commit()

    response = health.readyz(rf.get("/readyz"))

    assert response.status_code == 503
    assert words(response) == {**ALL_OK, "migrations": "pending"}


@pytest.mark.stack
def test_not_ready_without_the_database_and_no_reason_is_told(rf: RequestFactory, stack: Stack) -> None:
    connection.close()
    connection.settings_dict["NAME"] = "there_is_no_such_database"

    response = health.readyz(rf.get("/readyz"))

    assert response.status_code == 503
    assert words(response) == {**ALL_OK, "database": "down", "migrations": "down"}
