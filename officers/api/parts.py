"""`?expand=salaries,links` and `?nested=1`: parts of a record that come with it when they are asked for.

Without either a record is flat: its own fields, and the numbers of what it hangs on. Every part costs one query for the
whole page, whatever its length (a complaint's allegations: one for each floor below), and a part shows what is public.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

MOST_PARTS = 6
MOST_PARTS_BESIDE_WORDS = 3
"""Words of a name are looked up first: with more parts a call would ask the database too often."""

Fetch = Callable[[], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a kind of record can be shown with: by name, what has to be fetched for it. `nested=1` takes the first."""

    by_name: Mapping[str, Fetch]

    def asked(self, request: Request) -> tuple[str, ...]:
        """The names of what is asked for. Raises ValidationError in plain words."""
        most = MOST_PARTS_BESIDE_WORDS if request.query_params.get("q") else MOST_PARTS
        words = request.query_params.get("expand", "")
        named = tuple(dict.fromkeys(word.strip() for word in words.split(",") if word.strip()))
        if unknown := [name for name in named if name not in self.by_name]:
            there = ", ".join(self.by_name) or "none"
            raise ValidationError({"expand": [f"There is no part “{unknown[0][:60]}”. There are: {there}."]})
        if len(named) > most:
            raise ValidationError({"expand": [f"That is too much at once: name at most {most}."]})
        return named or (tuple(self.by_name)[:most] if self._is_nested(request) else ())

    def _is_nested(self, request: Request) -> bool:
        said = request.query_params.get("nested", "0")
        if said not in {"0", "1", "false", "true"}:
            raise ValidationError({"nested": ["Write 1 or 0."]})
        return said in {"1", "true"}

    def fetched(self, names: Iterable[str]) -> list[Any]:
        return [each for name in names for each in self.by_name[name]()]

    def parameters(self) -> list[OpenApiParameter]:
        """For the document."""
        if not self.by_name:
            return []
        expand = OpenApiParameter(
            "expand",
            description=f"Parts to be shown with it, at most {MOST_PARTS} ({MOST_PARTS_BESIDE_WORDS} beside `q`): "
            + ", ".join(f"`{name}`" for name in self.by_name),
            many=True,
            explode=False,
            enum=list(self.by_name),
        )
        nested = OpenApiParameter(
            "nested", enum=["0", "1"], description="1: with its parts, as many as may be asked for at once."
        )
        return [expand, nested]
