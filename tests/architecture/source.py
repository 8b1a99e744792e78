"""Our own source, read as syntax trees: what a module imports, calls and defines."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FLOORS = ("oversight", "privacy", "officers", "recognition", "workers")


@cache
def product() -> tuple[str, ...]:
    """Every Python file of the product, tests and migrations aside, by its path in the project."""
    files = (path for floor in FLOORS for path in (PROJECT / floor).rglob("*.py"))
    return tuple(sorted(str(p.relative_to(PROJECT)) for p in files if "migrations" not in p.parts))


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((PROJECT / path).read_text(encoding="utf-8"), path)


def imports(path: str) -> set[str]:
    """Every module named in an import, wherever it stands, and in an `import_module("...")`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and name_of(node.func).endswith("import_module") and node.args:
            name = node.args[0]
            found.add(name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else "?")
    return found


def name_of(node: ast.AST) -> str:
    """`gate.check` for the expression gate.check; an empty string for what is not a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return ""


def calls(path: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of the function it stands in."""
    yield from _calls(tree(path), "")


def _calls(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.Call]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inside = node.name
    if isinstance(node, ast.Call):
        yield inside, node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, inside)


def functions(path: str) -> Iterator[tuple[str, int]]:
    """Every function and its length in lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1
