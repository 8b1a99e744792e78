"""A photo is protected by every tool on the site, and not one byte of it is left anywhere.

Not on a disk, in the database, in Valkey, in a log; and nothing of it goes out by a socket.

The web server is the real one, with a temporary folder of its own that is watched. What is searched for afterwards is
the file as it was sent, its name, its pixels and the answer.
"""

import http.client
import io
import subprocess
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psycopg
import pytest
from PIL import Image
from redis import Redis

from oversight.embedded.postgres import program
from privacy import choices
from tests.privacy import samples, watching
from tests.services import Services
from tests.stack import Stack

pytestmark = [pytest.mark.stack]

PORTRAIT = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers" / "001" / "1.jpg"
NAME = "marker-file-name-93c1.jpg"
LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, not written


def marker_photo() -> tuple[bytes, bytes]:
    """A portrait over noise, large enough that Django by default would put it on a disk; and a row of the noise."""
    with Image.open(PORTRAIT) as portrait:
        picture = np.asarray(portrait.convert("RGB").resize((1000, 500)))
    noise = np.random.default_rng(20261122).integers(0, 256, (900, 1000, 3), np.uint8)
    out = io.BytesIO()
    exif = samples.exif_bytes(*samples.EXIF_PLACES["description"])
    Image.fromarray(np.vstack([picture, noise])).save(out, "PNG", exif=exif)
    assert len(out.getvalue()) > 2.5 * 2**20
    return out.getvalue(), noise[0].tobytes()


def post(address: str, path: str, photo: bytes, accept: str, **fields: str) -> tuple[int, bytes]:
    """A form with a photo, as a browser sends it, with the form's secret token where there is one."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=400)
    connection.request("GET", "/protect/")
    page = connection.getresponse()
    cookie = (page.getheader("Set-Cookie") or "").split(";")[0]
    token = page.read().split(b'name="csrfmiddlewaretoken" value="')[1].split(b'"')[0].decode()
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if not path.startswith("/api/"):
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode()
        )
    head = f'--{edge}\r\nContent-Disposition: form-data; name="photo"; filename="{NAME}"\r\n'
    parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + photo + f"\r\n--{edge}--\r\n".encode())
    headers = {
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Cookie": cookie,
        "Referer": f"{address}/protect/",
        "Accept": accept,
    }
    connection.request("POST", path, b"".join(parts), headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("Set-Cookie") is None or NAME not in str(answer.getheader("Set-Cookie"))
    connection.close()
    return answer.status, content


def protected_three_ways(address: str, photo: bytes, tool: str) -> list[tuple[int, bytes]]:
    """By the page without and with JavaScript, and by the API."""
    return [
        post(address, "/protect/", photo, "text/html", tool=tool, agree="on"),
        post(address, "/protect/", photo, "application/x-ndjson", tool=tool, agree="on"),
        post(address, "/api/v1/protect/", photo, "image/jpeg", tool=tool, agree="yes"),
    ]


def remains(
    services: Services, database: str, connection: psycopg.Connection, wanted: list[bytes]
) -> list[str]:
    """Where one of the needles lies: the servers' files, the data folder, a dump, Valkey's values."""
    connection.autocommit = True
    connection.execute("CHECKPOINT")
    row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    own = f"/base/{row[0] if row else 0}/"
    found = watching.files_with(
        services.scratch, wanted, lambda path: "/base/" in str(path) and own not in str(path)
    )
    dump = [str(program("pg_dump")), services.locations.superuser_url(database)]
    if watching.holds(subprocess.run(dump, capture_output=True, check=True).stdout, wanted):
        found.append("the dump")
    client = Redis.from_url(services.locations.redis_url())
    for key in client.scan_iter():
        value = client.get(key) if client.type(key) == b"string" else client.dump(key)  # a dump is compressed
        if watching.holds(key + (value or b""), wanted):
            found.append(key.decode())
    client.close()
    return found


@pytest.mark.parametrize("tool", [each.name for each in choices.offered()])
def test_nothing_of_the_photo_is_left(
    stack: Stack, services: Services, superuser_connection: psycopg.Connection, tmp_path: Path, tool: str
) -> None:
    photo, noise = marker_photo()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    stack.env |= {"TMPDIR": str(temporary), "OVERSIGHT_PROTECT_SECONDS": "300"}
    address = stack.start_web()
    web = stack.parts["web"].process
    assert web is not None
    post(address, "/protect/", samples.photo(), "text/html", tool="mask")  # everything is loaded and open now
    logs = {part.log for part in stack.parts.values()}
    folders = watching.Folders([temporary, stack.data, *(p for p in stack.data.rglob("*") if p.is_dir())])
    before = set(SHARED_MEMORY.iterdir())
    processes = watching.Processes(web.pid)
    processes.start()
    with watching.commands_of(services.locations.redis_url()) as commands:
        answers = protected_three_ways(address, photo, tool)
    processes.stop()
    assert [status for status, _ in answers] == [200, 200, 200]
    jpeg = answers[2][1]
    assert jpeg.startswith(b"\xff\xd8")
    assert samples.MARKER not in jpeg
    wanted = [*watching.needles(photo, noise, jpeg), samples.MARKER, NAME.encode()]

    assert processes.most_children > 1, "the cage was seen at work"
    assert [name for name in folders.events() if Path(name) not in logs] == []
    folders.close()
    heartbeats = {name for name in processes.written if name.startswith(str(SHARED_MEMORY))}
    assert all(name.endswith("(deleted)") and "wgunicorn-" in name for name in heartbeats)
    assert {Path(name) for name in processes.written - heartbeats} <= logs
    assert {path for path in SHARED_MEMORY.iterdir() if watching_own(path)} <= before
    assert processes.far_ends <= LOOPBACK
    assert commands, "what Valkey is told was heard"
    assert not [command for command in commands if watching.holds(command, wanted)]
    assert remains(services, stack.database, superuser_connection, wanted) == []
    assert watching.files_with(temporary, wanted) == []


def watching_own(path: Path) -> bool:
    """Other sessions' files in shared memory are none of ours; what our web server makes there says gunicorn."""
    return "gunicorn" in path.name


def test_the_search_can_find(
    stack: Stack, services: Services, superuser_connection: psycopg.Connection
) -> None:
    """What was written on purpose is found in each place, so finding nothing means something."""
    photo, noise = marker_photo()
    wanted = watching.needles(photo, noise)
    folders = watching.Folders([stack.data])
    left = stack.data / "left.bin"
    left.write_bytes(b"x" * 100 + photo)
    assert str(left) in folders.events()
    folders.close()
    with watching.commands_of(services.locations.redis_url()) as commands:
        client = Redis.from_url(services.locations.redis_url())
        client.set("left", noise)
        client.close()
    assert any(watching.holds(command, wanted) for command in commands)
    superuser_connection.execute("CREATE TABLE left_over (bytes bytea)")
    superuser_connection.execute("INSERT INTO left_over VALUES (%s)", [noise])
    superuser_connection.commit()
    found = remains(services, stack.database, superuser_connection, wanted)
    left.unlink()
    assert {"the dump", "left"} <= set(found)
    assert any(name.endswith("left.bin") for name in found)
