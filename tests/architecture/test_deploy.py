"""What lies in deploy/ names programs, files and settings that exist, and systemd understands its units."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from gunicorn.config import Config

from tests.architecture.source import FLOORS, PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """With programs that exist here, since it also looks whether they do."""
    assert len(UNITS) == 4
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/oversight/.venv/bin/python", "/bin/sh")
        (tmp_path / unit.name).write_text(text.replace("/opt/oversight", str(tmp_path)), encoding="utf-8")
    for unit in UNITS:
        done = subprocess.run(
            ["systemd-analyze", "verify", str(tmp_path / unit.name)],
            capture_output=True,
            text=True,
            check=False,
        )
        ours = [line for line in done.stderr.splitlines() if unit.name in line]
        assert (done.returncode, ours) == (0, []), done.stderr


def test_the_image_holds_every_floor_and_no_secret() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    named = {name for line in copied for name in line.split()}
    assert set(FLOORS) | {"templates", "manage.py", "requirements.lock"} <= named
    assert all((PROJECT / name).exists() for name in named)
    assert not re.search(r"^ENV .*(SECRET|PASSWORD)", text, re.MULTILINE)
    assert re.search(r"^USER 10001$", text, re.MULTILINE)


def test_the_commands_are_those_of_the_launcher() -> None:
    """So that a server of one's own is started as `make run` starts it."""
    web = (PROJECT / "oversight" / "embedded" / "programs.py").read_text(encoding="utf-8")
    for place in (DEPLOY / "oversight-web.service", DEPLOY / "Containerfile"):
        text = place.read_text(encoding="utf-8")
        for word in ("oversight.wsgi:application", "gthread", "--no-control-socket"):
            assert word in text, place
            assert word in web


def test_gunicorn_knows_its_words_and_listens_where_the_image_says() -> None:
    unit = re.search(r"-m gunicorn (.+)", (DEPLOY / "oversight-web.service").read_text(encoding="utf-8"))
    image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    command = re.search(r"^CMD (\[(?:.|\n)+?\])$", image, re.MULTILINE)
    assert unit
    assert command
    in_the_image = json.loads(command[1].replace("\\\n", ""))
    assert in_the_image[:3] == ["python", "-m", "gunicorn"]
    for words in (unit[1].split(), in_the_image[3:]):
        given = Config().parser().parse_args(words)  # an unknown word ends this
        assert given.args == ["oversight.wsgi:application"]
        assert given.bind[0].endswith(":8000")
    assert re.search(r"^EXPOSE 8000$", image, re.MULTILINE)
    assert "'127.0.0.1', 8000" in image


def test_a_container_that_is_no_web_server_is_not_asked_for_a_page() -> None:
    """The image's probe would call every worker ill."""
    image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    runs = [line for line in image.splitlines() if line.startswith("#     podman run")]
    assert len(runs) == 3
    assert [line for line in runs if " python " in line] == [
        line for line in runs if "--no-healthcheck" in line
    ]
