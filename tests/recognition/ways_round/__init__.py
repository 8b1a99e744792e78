"""The forty ways round the guard, performed: one function each, by theme. The table is test_ways_round_the_guard.py."""

import pytest

pytest.register_assert_rewrite(__name__)
