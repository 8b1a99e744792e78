"""Migrations after the last release only expand. Those before it are the baseline, and are not looked at."""

from typing import Any

import pytest
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now

from tests.upgrades.released import last_release
from tests.upgrades.rules import Linter

OURS = ("oversight", "officers", "recognition")


def test_no_migration_since_the_last_release_hurts_it() -> None:
    release, loader = last_release(), MigrationLoader(None)
    order = [node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)]
    ours = [node for node in dict.fromkeys(order) if node[0] in OURS]
    linter = Linter(loader.project_state([node for node in ours if release.has(*node)]))
    found = [
        risk for node in ours if not release.has(*node) for risk in linter.risks(loader.disk_migrations[node])
    ]
    assert not found, "\n".join(map(str, found))


def test_the_release_that_is_named_had_its_migrations() -> None:
    release, known = last_release(), MigrationLoader(None).disk_migrations
    assert set(release.migrations) == set(OURS)
    for app, name in release.migrations.items():
        assert (app, name) in known or app == "recognition", name
    assert len(release.commit) == 40


def state() -> ProjectState:
    made = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("size", models.IntegerField(null=True)),
    ]
    made.add_model(ModelState("officers", "Thing", fields))
    made.add_model(ModelState("officers", "Rank", list(fields)))
    return made


def rules_broken(*operations: Any, accepted: dict[str, str] | None = None) -> list[str]:
    body = {"operations": list(operations), "accepted_risks": accepted or {}}
    made = type("Migration", (migrations.Migration,), body)("0099_test", "officers")
    return [risk.rule for risk in Linter(state()).risks(made)]


INDEX = models.Index(fields=["name"], name="by_name")
DANGEROUS: dict[str, list[Any]] = {
    "not_null": [
        migrations.AddField("thing", "colour", models.CharField(max_length=5)),
        migrations.AddField("thing", "colour", models.CharField(max_length=5, default="red")),
        migrations.AlterField("thing", "size", models.IntegerField()),
    ],
    "removes": [migrations.RemoveField("thing", "name"), migrations.DeleteModel("Thing")],
    "renames": [
        migrations.RenameField("thing", "name", "title"),
        migrations.RenameModel("Thing", "Item"),
        migrations.AlterModelTable("thing", "things"),
    ],
    "retypes": [
        migrations.AlterField("thing", "size", models.TextField(null=True)),
        migrations.AlterField("thing", "name", models.CharField(max_length=10)),
    ],
    "rewrites": [migrations.AddField("thing", "key", models.UUIDField(db_default=RandomUUID()))],
    "index_locks": [
        migrations.AddIndex("thing", INDEX),
        migrations.AddField("thing", "colour", models.IntegerField(null=True, db_index=True)),
        migrations.AlterField("thing", "name", models.CharField(max_length=20, db_index=True)),
        migrations.RunSQL("CREATE INDEX a ON officers_thing (name)"),
    ],
    "constraint_locks": [
        migrations.AddConstraint("thing", models.UniqueConstraint(fields=["name"], name="one_name"))
    ],
    "no_way_back": [migrations.RunPython(lambda _apps, _editor: None)],
    "sql": [
        migrations.RunSQL("ALTER TABLE officers_thing ALTER COLUMN size TYPE bigint"),
        migrations.RunSQL("ALTER TABLE officers_thing DROP COLUMN name"),
        migrations.RunSQL("ALTER TABLE officers_thing RENAME TO things"),
        migrations.RunSQL("ALTER TABLE officers_thing ALTER COLUMN size SET NOT NULL"),
    ],
}


@pytest.mark.parametrize(
    ("rule", "operation"), [(rule, each) for rule, all_of_it in DANGEROUS.items() for each in all_of_it]
)
def test_each_danger_is_seen(rule: str, operation: Any) -> None:
    assert rules_broken(operation) == [rule]


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("thing", "colour", models.CharField(max_length=5, null=True)),
        migrations.AddField("thing", "colour", models.CharField(max_length=5, db_default="red")),
        migrations.AddField("thing", "since", models.DateTimeField(db_default=Now())),
        migrations.AlterField("thing", "name", models.CharField(max_length=40)),
        migrations.AlterField("thing", "name", models.TextField()),
        migrations.AddIndex("rank", INDEX),
        AddIndexConcurrently("thing", INDEX),
        migrations.RunPython(lambda _apps, _editor: None, migrations.RunPython.noop),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON officers_thing (name)"),
        migrations.RunSQL(
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DROP TABLE x $$ -- DROP TABLE y"
        ),
    ],
)
def test_what_expands_is_let_be(operation: Any) -> None:
    assert rules_broken(operation) == []


def test_a_table_that_is_new_is_nobodys_yet() -> None:
    make = migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True))])
    add = migrations.AddField("fresh", "name", models.CharField(max_length=5, db_index=True))
    assert rules_broken(make, add) == []


def test_a_risk_is_taken_with_a_reason_and_only_where_it_is_one() -> None:
    remove = migrations.RemoveField("thing", "name")
    assert rules_broken(remove, accepted={"removes": "No release since 0.2 reads it."}) == []
    assert rules_broken(remove, accepted={"removes": "fine"}) == ["removes"]
    assert rules_broken(accepted={"removes": "No release since 0.2 reads it."}) == ["removes"]
