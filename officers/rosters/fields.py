"""A column of a sheet: how it stands in the record, as SQL that reads it and SQL that writes it.

Everything is compared as text in one spelling ("2019-07-12", "50000.00", "true", "" for not known), lists in order.
Names of tables and columns come from the models, never from a file.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps

PLATE = (
    "v.number || CASE WHEN v.state_id IS NOT NULL THEN '_' || v.state_id"
    " WHEN strpos(v.number, '_') > 0 THEN '_' ELSE '' END"
)
LOCATION = (
    "v.street_name || '|' || v.cross_street1 || '|' || v.cross_street2 || '|' || v.city || '|'"
    " || coalesce(v.state_id, '') || '|' || v.zip_code"
)
VALUES = {
    "rank": ("officers_rank", "v.name"),
    "unit": ("officers_unit", "v.name"),
    "location": ("officers_location", LOCATION),
    "plates": ("officers_licenseplate", PLATE),
    "topics": ("officers_topic", "v.name"),
}
"""Things that are named rather than numbered: their table and their name."""

CASTS = {
    "date": "date",
    "time": "time",
    "year": "smallint",
    "whole": "integer",
    "money": "numeric",
    **dict.fromkeys(["elsewhere", "cited number", "document"], "bigint"),
}
PARTS = ("street_name", "cross_street1", "cross_street2", "city", "state", "zip_code")
"""Of a location, which a file has in columns and the record in one row."""


def table(model: str) -> str:
    found: str = apps.get_model("officers", model)._meta.db_table
    return found


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: see cells.py. `target`: the sheet that a reference leads to. `many`: the model and field that join."""

    name: str
    kind: str = "text"
    column: str = ""
    target: str = ""
    many: tuple[str, str] = ("", "")
    also: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def is_list(self) -> bool:
        return bool(self.many[0])

    @property
    def is_reference(self) -> bool:
        return bool(self.target)

    @property
    def is_stored(self) -> bool:
        """Has a place in the record's row or beside it; parts of a location have theirs in `location`.

        What is only `told` helps to find out what a row means.
        """
        return self.kind not in {"place", "department", "told"}

    @property
    def db_column(self) -> str:
        return self.column or self.name

    def joined(self, own_model: str) -> tuple[str, str, str]:
        """The table between, its column of the own record, its column of the other."""
        model, name = self.many
        relation: Any = apps.get_model("officers", model)._meta.get_field(name)
        between = relation.remote_field.through._meta.db_table
        mine, other = relation.m2m_column_name(), relation.m2m_reverse_name()
        return (between, mine, other) if model == own_model else (between, other, mine)

    def other_table(self, target_table: str) -> tuple[str, str]:
        """Where the other ends of a list are, and what they are called."""
        return VALUES.get(self.kind, (target_table, "v.id::text"))

    def column_now(self) -> str:
        """What the record `t` has here, as text (not for lists)."""
        if self.kind in VALUES:
            where, name = VALUES[self.kind]
            return f"coalesce((SELECT {name} FROM {where} v WHERE v.id = t.{self.db_column}), '')"
        return f"coalesce(t.{self.db_column}::text, '')"

    def list_now(self, own_model: str, target_table: str, shown: str) -> str:
        """The record's list as JSON; `shown`: a condition on the other end `v`."""
        between, mine, other = self.joined(own_model)
        where, name = self.other_table(target_table)
        return (
            f'coalesce((SELECT jsonb_agg({name} ORDER BY ({name}) COLLATE "C") FROM {between} x'
            f" JOIN {where} v ON v.id = x.{other} WHERE x.{mine} = t.id AND {shown}), '[]')"
        )

    def written(self, text: str) -> str:
        """SQL that turns the text into what the column holds."""
        if self.kind in {"rank", "unit"}:
            where, name = VALUES[self.kind]
            return f"(SELECT v.id FROM {where} v WHERE {name} = {text} AND v.department_id = %(department)s)"
        if self.kind == "location":
            where, name = VALUES[self.kind]
            return f"(SELECT v.id FROM {where} v WHERE {name} = {text})"
        if self.kind == "flag":
            return f"coalesce(nullif({text}, '')::boolean, false)"
        if self.is_reference:
            return f"nullif({text}, '')::bigint"
        if self.kind == "state":
            return f"nullif({text}, '')"
        if self.kind in CASTS:
            return f"nullif({text}, '')::{CASTS[self.kind]}"
        return f"coalesce({text}, '')"
