"""The forty ways round the guard, performed: one function each, by theme. The table is test_ways_round_the_guard.py."""

import pytest

for name in ("leaks", "people", "results", "running_work", "the_database", "the_law"):
    pytest.register_assert_rewrite(f"{__name__}.{name}")
