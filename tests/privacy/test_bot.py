"""The Mastodon bot against a small server of that API's documented shapes."""

import email
import email.policy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from privacy.bot import MOST_AN_HOUR, Bot, main
from privacy.mastodon import Refused, Server
from privacy.segments import is_only_a_picture
from tests.privacy import samples

PORTRAIT = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers" / "001" / "1.jpg"
TOKEN = "a-token-of-the-bot"


class Fediverse(ThreadingHTTPServer):
    """Notifications, files, media and statuses of one account, in memory."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.notifications: list[dict[str, Any]] = []
        self.files = {"/files/photo.jpg": PORTRAIT.read_bytes()}
        self.media: list[tuple[str, bytes]] = []
        self.looks_until_ready = 2
        self.replies: dict[str, dict[str, list[str]]] = {}
        self.asked: list[str] = []
        self.refuse_with = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def mention(self, number: int, account: str = "7", **changes: Any) -> None:
        """Somebody mentions the bot under a picture."""
        picture = {
            "id": f"m{number}",
            "type": "image",
            "url": f"{self.address}/files/photo.jpg",
            "description": None,
        }
        status = {"id": f"s{number}", "visibility": "public", "media_attachments": [picture]} | changes
        who = {"id": account, "acct": f"person{account}@example.org", "bot": False}
        self.notifications.append({"id": str(number), "type": "mention", "account": who, "status": status})


class Handler(BaseHTTPRequestHandler):
    server: Fediverse

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.server.asked.append(f"GET {path}")
        if path in self.server.files:
            return self._answer(200, self.server.files[path])
        if path == "/files/elsewhere.jpg":
            self.send_response(302)
            self.send_header("Location", "/files/photo.jpg")
            self.end_headers()
            return None
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._json(401, {"error": "The access token is invalid"})
        if self.server.refuse_with:
            return self._json(self.server.refuse_with, {"error": "Too many requests"})
        if path == "/api/v1/notifications":
            since = int(query.get("min_id", ["0"])[0])
            assert query["types[]"] == ["mention"]
            newer = [each for each in self.server.notifications if int(each["id"]) > since]
            return self._json(200, newer[::-1])
        self.server.looks_until_ready -= 1
        return self._json(206 if self.server.looks_until_ready > 0 else 200, {"id": path.rsplit("/", 1)[1]})

    def do_POST(self) -> None:
        self.server.asked.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        if self.path == "/api/v2/media":
            self._take_media(body)
            return self._json(202, {"id": str(len(self.server.media)), "type": "image", "url": None})
        if self.path == "/api/v1/statuses":
            key = self.headers["Idempotency-Key"]
            self.server.replies.setdefault(key, parse_qs(body.decode()))
            return self._json(200, {"id": key})
        assert self.path.endswith("/dismiss")
        number = self.path.split("/")[-2]
        self.server.notifications = [each for each in self.server.notifications if each["id"] != number]
        return self._json(200, {})

    def _take_media(self, body: bytes) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = email.message_from_bytes(head + body, policy=email.policy.HTTP).iter_parts()
        fields = {part.get_param("name", header="content-disposition"): part for part in parts}
        photo = fields["file"].get_payload(decode=True)
        assert isinstance(photo, bytes)
        self.server.media.append((str(fields["description"].get_payload()), photo))

    def _json(self, status: int, content: object) -> None:
        self._answer(status, json.dumps(content).encode())

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Not into the tests' output."""


@pytest.fixture
def fediverse() -> Iterator[Fediverse]:
    with Fediverse() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def bot(fediverse: Fediverse, tmp_path: Path) -> Bot:
    return Bot(Server(fediverse.address, TOKEN, sleep=lambda _: None), tmp_path / "last")


def test_a_mention_is_answered_with_the_covered_photo(bot: Bot, fediverse: Fediverse) -> None:
    fediverse.mention(41)
    assert bot.answer_all() == 1
    (description, photo), (reply,) = fediverse.media[0], fediverse.replies.values()
    assert is_only_a_picture(photo)
    assert photo != PORTRAIT.read_bytes()
    assert "1 heads covered" in description
    assert reply["in_reply_to_id"] == ["s41"]
    assert reply["media_ids[]"] == ["1"]
    assert reply["visibility"] == ["unlisted"]
    assert reply["status"][0].startswith("@person7@example.org ")
    assert fediverse.notifications == []
    assert fediverse.asked.count("GET /api/v1/media/1") == 2, "it waited until the picture was ready"


def test_nobody_is_answered_twice_and_only_a_number_is_kept(
    bot: Bot, fediverse: Fediverse, tmp_path: Path
) -> None:
    fediverse.mention(41)
    again = list(fediverse.notifications)
    assert bot.answer_all() == 1
    fediverse.notifications = again  # as if it had not been dismissed
    assert bot.answer_all() == 0
    assert Bot(bot.server, bot.memory).answer_all() == 0, "nor after a new start"
    assert len(fediverse.replies) == 1
    assert [path.read_text() for path in tmp_path.iterdir()] == ["41"]


@pytest.mark.parametrize(
    "changes",
    [
        {"visibility": "direct"},
        {"visibility": "private"},
        {"media_attachments": []},
        {"media_attachments": [{"id": "1", "type": "video", "url": "http://127.0.0.1/x.mp4"}]},
    ],
)
def test_what_is_not_public_or_no_picture_is_left_alone(
    bot: Bot, fediverse: Fediverse, changes: dict[str, Any]
) -> None:
    fediverse.mention(41, **changes)
    assert bot.answer_all() == 0
    assert fediverse.replies == {}
    assert fediverse.notifications == []
    assert not any("files" in asked for asked in fediverse.asked)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("/files/photo.jpg", bytes(20 * 2**20 + 1), "larger than 20 MB"),
        ("/files/photo.jpg", b"no photo", "not a photo"),
        ("/files/elsewhere.jpg", None, "302"),
    ],
    ids=["large", "text", "elsewhere"],
)
def test_a_picture_that_cannot_be_covered_is_explained(
    bot: Bot, fediverse: Fediverse, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        fediverse.files[name] = content
    picture = {"id": "m", "type": "image", "url": fediverse.address + name}
    fediverse.mention(41, media_attachments=[picture])
    assert bot.answer_all() == 1
    (reply,) = fediverse.replies.values()
    assert said in reply["status"][0]
    assert "media_ids[]" not in reply


def test_an_odd_address_is_not_fetched(bot: Bot, fediverse: Fediverse) -> None:
    fediverse.mention(41, media_attachments=[{"id": "m", "type": "image", "url": "file:///etc/hostname"}])
    bot.answer_all()
    (reply,) = fediverse.replies.values()
    assert "odd address" in reply["status"][0]


def test_one_account_cannot_keep_the_bot_busy(bot: Bot, fediverse: Fediverse) -> None:
    fediverse.files["/files/photo.jpg"] = samples.photo()[:200]  # refused quickly
    for number in range(1, MOST_AN_HOUR + 3):
        fediverse.mention(number)
    fediverse.mention(99, account="8")
    assert bot.answer_all() == MOST_AN_HOUR + 1
    bot.now = lambda: 1e9  # an hour later
    fediverse.mention(100)
    assert bot.answer_all() == 1


def test_a_server_that_says_too_often_is_left_alone(bot: Bot, fediverse: Fediverse) -> None:
    fediverse.refuse_with = 429
    with pytest.raises(Refused) as refused:
        bot.answer_all()
    assert refused.value.wait >= 1


def test_the_command_needs_a_token_and_ends_when_asked(
    fediverse: Fediverse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [fediverse.address, "--memory", str(tmp_path / "last"), "--once"]
    monkeypatch.delenv("MASTODON_TOKEN", raising=False)
    assert main(words) == 2
    monkeypatch.setenv("MASTODON_TOKEN", TOKEN)
    assert main(words) == 0
    assert main(["example.org", *words[1:]]) == 2
    monkeypatch.setenv("MASTODON_TOKEN", "another")
    assert main(words) == 1
