"""Callers of the API: a stranger and everybody with an account."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from officers.models import Coordination, Department
from oversight.models import User
from oversight.throttles import SparingThrottle
from tests import factories

CALLERS = ["stranger", "volunteer", "coordinator", "admin"]
QUERIES_OF_A_SESSION = 2  # the session and its user


@pytest.fixture
def api() -> APIClient:
    """A stranger: no account, no cookie."""
    return APIClient()


@pytest.fixture
def client_of(db: None) -> Callable[[str, Department], tuple[APIClient, int]]:
    """A client of a named kind of caller and how many queries its session costs; coordinators keep the department."""

    def make(caller: str, department: Department) -> tuple[APIClient, int]:
        client = APIClient()
        if caller == "stranger":
            return client, 0
        person = factories.user(User.Role.ADMIN if caller == "admin" else User.Role.VOLUNTEER)
        if caller == "coordinator":
            Coordination.objects.create(user=person, department=department)
        client.force_login(person)
        return client, QUERIES_OF_A_SESSION

    return make


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to wait: for tests that call more often than a caller may."""
    rates = dict.fromkeys(SparingThrottle.THROTTLE_RATES, "1000000/min")
    monkeypatch.setattr(SparingThrottle, "THROTTLE_RATES", rates)
