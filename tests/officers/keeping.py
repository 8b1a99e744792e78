"""A coordinator of one department at their browser, for the tests of the pages on which the record is kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from officers.models import Coordination, Department
from oversight.models import User
from tests import factories


@pytest.fixture
def where() -> Department:
    return factories.department(name="Alder Police")


@pytest.fixture
def keeper(where: Department) -> User:
    person = factories.user()
    Coordination.objects.create(user=person, department=where)
    return person


@pytest.fixture
def client(keeper: User) -> Client:
    client = Client()
    client.force_login(keeper)
    return client


def add(client: Client, above: Any, kind: str, **typed: Any) -> Any:
    return client.post(reverse("record-add-below", args=[above._meta.model_name, above.pk, kind]), typed)


def change(client: Client, record: Any, **typed: Any) -> Any:
    """Post the page as a browser does: all that it shows, with what was typed over it."""
    address = reverse("record-edit", args=[record._meta.model_name, record.pk])
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return client.post(
        address, {name: value for name, value in (shown | typed).items() if value not in (None, False)}
    )
