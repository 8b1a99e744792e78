"""Programs with keys, for the tests of what they may do."""

from typing import Any

from rest_framework.test import APIClient

from officers import tokens
from officers.models import Coordination, Department
from oversight.models import User
from tests import factories


def keeper_of(*departments: Department) -> User:
    person = factories.user()
    for department in departments:
        Coordination.objects.create(user=person, department=department)
    return person


def program_of(person: User, *, writes: bool = True, only: Department | None = None) -> APIClient:
    """A client that shows a key of this person."""
    key = tokens.make(by=person, name="sync", days=30, can_write=writes, department=only)
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return api


def add(api: APIClient, kind: str, above: Any = None, **fields: Any) -> Any:
    body: dict[str, Any] = {"fields": fields, "why": "A test"}
    if above is not None:
        body["above"] = {"kind": above._meta.model_name, "id": above.pk}
    return api.post(f"/api/v1/record/{kind}/", body, format="json")


def change(api: APIClient, record: Any, **fields: Any) -> Any:
    """Read it, then change it, as a program does."""
    url = f"/api/v1/record/{record._meta.model_name}/{record.pk}/"
    etag = api.get(url).headers.get("ETag", "*")
    return api.patch(url, {"fields": fields}, format="json", HTTP_IF_MATCH=etag)
