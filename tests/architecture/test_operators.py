"""What an operator reads is true: settings, commands, options and files that the documents and deploy/ name exist."""

import re
from argparse import ArgumentParser
from functools import cache
from itertools import accumulate

import pytest
from django.core.management import get_commands, load_command_class

from tests.architecture.source import PROJECT, product

OPERATIONS = "docs/operations.md"
PAGES = (
    *(OPERATIONS, "docs/deploying.md", "docs/backups.md", "docs/upgrades.md", "docs/legal.md"),
    *("docs/threat-model.md", "docs/models.md", "docs/protecting.md", "README.md", "CONTRIBUTING.md"),
    *sorted(f"deploy/{path.name}" for path in (PROJECT / "deploy").iterdir()),
)
NAME = r"(?:OVERSIGHT_[A-Z0-9_]+|DATABASE_(?:OWNER_)?URL|REDIS_URL|PORT)"
FOR_TESTS = "tests/services.py"
"""Reads and passes on what tests are told from outside: how long the long proofs are, where photos lie."""


def text(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


@cache
def settings_read() -> frozenset[str]:
    """By oversight/settings*.py: what a site may set."""
    files = [path for path in product() if re.fullmatch(r"oversight/settings\w*\.py", path)]
    assert len(files) == 4
    return frozenset(name for path in files for name in re.findall(rf'read_\w+\(\s*"({NAME})"', text(path)))


@cache
def read_anywhere() -> frozenset[str]:
    found = {name for path in (*product(), FOR_TESTS) for name in re.findall(rf'"({NAME})"', text(path))}
    return settings_read() | found


def named(page: str) -> set[str]:
    """Settings that a page names; `_PORT` after `OVERSIGHT_EMAIL_HOST` is short for OVERSIGHT_EMAIL_PORT."""
    found = set(re.findall(rf"(?<![A-Z_])({NAME})(?![A-Z_])", text(page)))
    for row in text(page).splitlines():
        before = ""
        for word in re.findall(rf"`({NAME}|_[A-Z0-9_]+)`", row):
            if not word.startswith("_"):
                before = word
                continue
            beginnings = list(accumulate(before.split("_"), lambda a, b: f"{a}_{b}"))
            whole = [f"{beginning}{word}" for beginning in beginnings]
            known = [name for name in whole if name in read_anywhere()]
            found |= {known[-1] if known else f"{before} {word}"}
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_named_exists(page: str) -> None:
    assert named(page) - read_anywhere() == set()


def test_every_setting_stands_in_the_operators_list() -> None:
    assert settings_read() - named(OPERATIONS) == set()


@cache
def options_of(command: str) -> frozenset[str]:
    made = load_command_class(get_commands()[command], command)
    parser: ArgumentParser = made.create_parser("manage.py", command)
    return frozenset(option for action in parser._actions for option in action.option_strings)


def spoken(page: str) -> list[tuple[str, str]]:
    """Each `manage.py command`, and what follows it in the same quotation or line of a block."""
    whole = text(page)
    quoted = re.findall(r"(?<!`)`([^`]+)`(?!`)", re.sub(r"(?s)```.*?```", "", whole))
    lines = [line for block in re.findall(r"(?s)```.*?\n(.*?)```", whole) for line in block.splitlines()]
    if page.startswith("deploy/"):
        lines = whole.splitlines()
    parts = [part for piece in (*quoted, *lines) for part in re.split(r"&&|;|#(?! )|  # ", piece)]
    return [found for part in parts for found in re.findall(r"manage\.py ([a-z]\w*)(?![\w.])([^\n]*)", part)]


def test_there_is_something_to_look_at() -> None:
    commands = {command for page in PAGES for command, _ in spoken(page)}
    assert len(commands) > 15
    assert {"migrate", "backup", "restore", "guard_audit"} <= commands
    assert len(settings_read()) > 40


@pytest.mark.plugin
@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_that_is_named_exists(page: str) -> None:
    for command, rest in spoken(page):
        assert command in get_commands(), f"{page}: manage.py {command}"
        options = set(re.findall(r"(?<!\S)\[?(--[a-z][\w-]*)", rest))
        assert options <= options_of(command), f"{page}: manage.py {command}"


@pytest.mark.parametrize("page", PAGES)
def test_every_target_and_file_that_is_named_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text(page))) <= targets
    files = re.findall(r"(?<![\w/.])((?:deploy|scripts|oversight|workers|tests)/[\w/.-]+\.\w+)", text(page))
    assert [path for path in files if not (PROJECT / path).exists()] == []
