"""A chance is a number between nothing and certainty; anything else is refused in words."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from oversight.environment import read_chance


@pytest.mark.parametrize(("word", "chance"), [("", 0.4), ("0.25", 0.25), (".9", 0.9), (" 0.5 ", 0.5)])
def test_a_chance(word: str, chance: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERSIGHT_CHANCE", word)
    assert read_chance("OVERSIGHT_CHANCE", 0.4) == chance


@pytest.mark.parametrize("word", ["0", "1", "0.0", "1.0", "-0.5", "50%", "nan", "0,5", "1e-1"])
def test_what_is_no_chance(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERSIGHT_CHANCE", word)
    with pytest.raises(ImproperlyConfigured, match="between 0 and 1"):
        read_chance("OVERSIGHT_CHANCE", 0.4)
