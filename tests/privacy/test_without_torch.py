"""The site never loads torch, not even where it is installed, and none of the tools that need it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from privacy import choices, tools
from tests.privacy import samples

PROJECT = Path(__file__).resolve().parents[2]
# Whatever a web process loads to answer a question, and what the pages ask for.
WEB_PROCESS = """
import sys
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
from privacy import choices
from privacy.forms import ProtectForm
ProtectForm()
assert choices.offered() and choices.at_home()
loaded = {name.split(".")[0] for name in sys.modules}
assert "privacy" in loaded and "rest_framework" in loaded
print("torch" in loaded)
"""


@pytest.fixture
def with_torch(tmp_path: Path) -> dict[str, str]:
    """An environment in which something called torch can be imported, wherever this runs."""
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("Tensor = object")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join((str(tmp_path), str(PROJECT))),
        "OVERSIGHT_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "oversight.settings",
    }


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", samples.photo(), "image/jpeg")


def printed(program: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_a_web_process_does_not_load_torch_where_it_is_installed(with_torch: dict[str, str]) -> None:
    assert printed(WEB_PROCESS, with_torch) == "False"


def test_the_look_for_torch_can_fail(with_torch: dict[str, str]) -> None:
    """A tool that is asked for by name does load it."""
    asked = "from privacy import tools\ntry: tools.tool('evade')\nexcept tools.ToolMissing: pass\n"
    assert printed(WEB_PROCESS + asked + "print('torch' in sys.modules)", with_torch).split() == [
        "False",
        "True",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(tools.OFFLINE))
def test_what_needs_torch_is_neither_offered_nor_done(name: str) -> None:
    assert name not in {each.name for each in choices.offered()}
    asked = {"photo": upload(), "tool": name, "agree": "yes"}
    answer = APIClient().post("/api/v1/protect/", asked)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["tool"])
    page = Client().post("/protect/", {**asked, "photo": upload()})
    assert page.status_code == 400
    assert "data:image/jpeg" not in page.content.decode()
