"""The OpenAPI document and the page that shows it, and errors that are JSON everywhere below /api/."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


def test_the_document_is_valid_and_without_a_warning(tmp_path: Path) -> None:
    document = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(document))
    paths = re.findall(r"^  (/api/v1/\S+):$", document.read_text(), re.MULTILINE)
    assert {"/api/v1/departments/", "/api/v1/officers/", "/api/v1/photos/", "/api/v1/protect/"} <= set(paths)
    assert any("identifications" in path for path in paths) is apps.is_installed("recognition")


def test_every_operation_says_how_it_fails(api: APIClient) -> None:
    document = api.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json").json()
    operations = {
        f"{method} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert len(operations) == (170 if apps.is_installed("recognition") else 163)
    for name, operation in operations.items():
        assert "429" in operation["responses"], name
        assert {"400", "404"} & set(operation["responses"]), name
        assert operation["summary"], name


def test_the_page_has_nothing_inline_and_no_exception_in_its_policy(api: APIClient) -> None:
    page = api.get("/api/v1/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert "<style" not in html
    assert " style=" not in html
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", html) == []
    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy


def test_the_pages_script_comes_from_our_own_host(api: APIClient) -> None:
    script = api.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in script.content.decode()


def test_the_start_leads_to_the_page(api: APIClient) -> None:
    assert api.get("/api/v1/")["Location"] == "/api/v1/docs/"


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("address", ["nowhere/", "photos", "departments/1/more/"])
def test_an_address_that_is_none_answers_in_json(api: APIClient, method: str, address: str) -> None:
    response = getattr(api, method)(f"/api/v1/{address}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_broken_body_answers_in_json(api: APIClient) -> None:
    response = api.generic("POST", "/api/v1/photos/", "--", content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400
    assert set(response.json()) >= {"code", "detail"}
    response = api.post("/api/v1/photos/", {"photo": "x"}, format="json")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_nothing_is_cached_by_anybody(api: APIClient) -> None:
    assert api.get("/api/v1/departments/")["Cache-Control"] == "no-store"
