"""Every operation of the OpenAPI document is called with what schemathesis makes up for it: nothing of it is our fault.

No answer is a server error, and every answer has a status, a type and a shape that the document says. A few calls of
each operation here; OVERSIGHT_API_CALLS for more (scripts/api_fuzz.sh: 5,000).
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from officers import tokens
from officers.api import record_views
from officers.kinds import KINDS
from officers.models import RecordChange
from oversight.models import User
from oversight.wsgi import application
from tests import factories
from tests.api.scene import Scene

CALLS = int(os.environ.get("OVERSIGHT_API_CALLS", "200"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SEED = int(os.environ.get("OVERSIGHT_API_SEED", "1"))


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """A request does not close the connection on which the test has its transaction."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


def real_ids(scene: Scene) -> dict[str, Any]:
    """By the path up to the id: a record that is there."""
    ids: dict[str, Any] = {"departments": scene.where.pk, "officers": scene.officer.pk}
    for name, (model, *_) in record_views.KINDS.items():
        ids[name] = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
    for name, kind in KINDS.items():
        ids[f"record/{name}"] = kind.model.objects.order_by("pk").values_list("pk", flat=True).first()
    ids["record/changes"] = RecordChange.objects.latest("pk").pk
    return ids


def call(case: Any, headers: dict[str, str], seen: Counter[int]) -> None:
    """One call, of which nothing stays. Raises schemathesis' failures."""
    with transaction.atomic():
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    seen[response.status_code] += 1
    case.validate_response(response, checks=CHECKS)


def trial(operation: Any, *, calls: int, known: Any, headers: dict[str, str], seen: Counter[int]) -> None:
    """Call one operation, every other time with a record that is there and, where it is kept, as it is."""

    @seed(SEED)
    @settings(
        max_examples=calls,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_there=st.booleans())
    def tried(case: Any, is_there: bool) -> None:
        if is_there and known is not None and case.path_parameters:
            case.path_parameters["id" if "id" in case.path_parameters else "photo"] = known
        call(case, {**headers, "If-Match": "*"} if is_there and headers else headers, seen)

    tried()


@pytest.mark.django_db
@pytest.mark.usefixtures("unhurried", "_one_connection")
def test_nothing_that_is_made_up_is_a_server_error(capsys: pytest.CaptureFixture[str]) -> None:
    scene, admin = Scene(), factories.user(User.Role.ADMIN)
    key = tokens.make(by=admin, name="fuzz", days=1, can_write=True)
    document: Any = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)
    operations = [found.ok() for found in document.get_all_operations()]
    ids, seen, wrong = real_ids(scene), Counter[int](), []
    calls = max(CALLS // len(operations), 1)
    for operation in operations:
        known = ids.get(operation.path.removeprefix("/api/v1/").partition("/{")[0])
        headers = {"Authorization": f"Bearer {key}"} if "/record/" in operation.path else {}
        try:
            trial(operation, calls=calls, known=known, headers=headers, seen=seen)
        except BaseExceptionGroup as failures:
            wrong += [f"{operation.label}: {failure}"[:2000] for failure in failures.exceptions]
        except Exception as failure:
            wrong.append(f"{operation.label}: {failure!r}"[:2000])
    with capsys.disabled():
        sys.stdout.write(
            f"\n{sum(seen.values())} calls of {len(operations)} operations: {dict(sorted(seen.items()))}\n"
            + "\n".join(wrong)
        )
    assert wrong == []
    assert sum(seen.values()) >= len(operations)
