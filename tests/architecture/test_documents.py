"""The pages for lawyers name tests and files that exist, and leave no row out."""

import re

from tests.architecture.source import PROJECT, functions

THREATS = (PROJECT / "docs" / "threat-model.md").read_text(encoding="utf-8")
FEATURES = (PROJECT / "docs" / "features.md").read_text(encoding="utf-8")
ROWS = 40
REQUESTS = 30
WEAKNESSES = 30


def test_every_way_round_has_its_row_and_says_how_it_is_shown_or_what_is_left() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in THREATS.splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    assert [int(row[0]) for row in rows] == list(range(1, ROWS + 1))
    assert all(len(row) == 5 and row[1] and row[2] and (row[3] or row[4]) for row in rows)


def test_every_request_and_weakness_has_its_row_and_says_how_it_is_shown_or_not_yet() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in FEATURES.splitlines()]
    requests = [row for row in rows if re.fullmatch(r"\d+", row[0])]
    weaknesses = [row for row in rows if re.fullmatch(r"W\d+", row[0])]
    assert [row[0] for row in requests] == [str(number) for number in range(1, REQUESTS + 1)]
    assert [row[0] for row in weaknesses] == [f"W{number}" for number in range(1, WEAKNESSES + 1)]
    assert all("tests/" in row[3] or "not yet" in row[2] for row in requests)
    assert all("tests/" in row[2] or "the rows above" in row[2] for row in weaknesses)


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", THREATS + FEATURES)
    assert len(named) > 40
    for path, function in named:
        assert (PROJECT / path).is_file(), path
        assert not function or function in dict(functions(path)), f"{path}::{function}"


def test_every_file_that_is_named_exists() -> None:
    pages = THREATS + (PROJECT / "docs" / "legal.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:oversight|officers|recognition|tests)/[\w/]+\.(?:py|sql))`", pages):
        assert (PROJECT / path).is_file(), path


def test_the_owners_of_the_law_own_files_that_exist() -> None:
    lines = (PROJECT / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    patterns = [line.split()[0].lstrip("/") for line in lines if line.startswith("/")]
    assert patterns
    assert [pattern for pattern in patterns if not list(PROJECT.glob(pattern.rstrip("/")))] == []


def test_every_word_of_the_coordinators_guide_is_on_a_page() -> None:
    guide = (PROJECT / "docs" / "coordinators.md").read_text(encoding="utf-8")
    pages = "".join(
        path.read_text(encoding="utf-8")
        for folder, ending in (("templates", "*.html"), ("officers", "*.py"))
        for path in (PROJECT / folder).rglob(ending)
    )
    named = re.findall(r"(?<!\*)\*(?=[^\s*])([^*\n]+)\*(?!\*)", guide)
    assert len(named) > 10
    assert [words for words in named if words not in pages] == []
