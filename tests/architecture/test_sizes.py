"""Files and functions stay small enough to be read. What is longer is named here, with its reason."""

import statistics

import pytest

from tests.architecture.source import PROJECT, functions, product

MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40
MOST_LINES_OF_A_VIEW = 25
MOST_LINES_OF_A_TEMPLATE = 150
NINE_OF_TEN = 20

LONG_FUNCTIONS: set[str] = set()
LONG_VIEWS: set[str] = {"recognition/views/search.py result"}


def files_of_tests() -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in (PROJECT / "tests").rglob("*.py")]


def test_files_are_short() -> None:
    long = {
        path
        for path in (*product(), *files_of_tests())
        if len((PROJECT / path).read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert long == set()


def test_functions_are_short() -> None:
    long = {
        f"{path} {name}"
        for path in (*product(), *files_of_tests())
        for name, lines in functions(path)
        if lines > MOST_LINES_OF_A_FUNCTION
    }
    assert long - LONG_FUNCTIONS == set()


@pytest.mark.parametrize("floor", ["oversight", "privacy", "officers", "recognition", "workers"])
def test_most_functions_are_shorter_still(floor: str) -> None:
    lines = [n for path in product() if path.startswith(f"{floor}/") for _, n in functions(path)]
    assert statistics.quantiles(lines, n=10)[-1] <= NINE_OF_TEN


def test_views_are_short() -> None:
    long = {
        f"{path} {name}"
        for path in product()
        if "/views/" in path
        for name, lines in functions(path)
        if lines > MOST_LINES_OF_A_VIEW
    }
    assert long - LONG_VIEWS == set()


def test_templates_are_short() -> None:
    long = {
        path.name
        for path in (PROJECT / "templates").rglob("*.html")
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES_OF_A_TEMPLATE
    }
    assert long == set()
