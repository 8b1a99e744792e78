"""A department on the test's own database. (Imports late: a conftest is read before Django is ready.)"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from officers.models import Department
    from tests.stack import Stack


@pytest.fixture
def department(stack: "Stack") -> "Department":
    """One that permits matching."""
    from tests import factories

    return factories.department(allowed=True)
