"""The few words of Mastodon's API that the bot speaks. Standard library only; redirects are not followed.

Documented at docs.joinmastodon.org (methods: notifications, media, statuses; rate limits).
"""

import datetime
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

from privacy.photos import MAX_BYTES

_TIMEOUT: Final = 30.0
_MOST_JSON: Final = 4 * 2**20
_LOOKS_AT_MEDIA: Final = 30
_MEDIA_PAUSE: Final = 1.0
_ACCEPTED, _STILL_WORKING, _TOO_MANY = 202, 206, 429


class Refused(Exception):
    """The server said no, or nothing. `wait`: after how many seconds it may be asked again."""

    def __init__(self, sentence: str, wait: float = 0.0) -> None:
        super().__init__(sentence)
        self.sentence, self.wait = sentence, wait


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_names: Any) -> None:
        """An address that leads elsewhere could lead into the bot's own network."""
        return


@dataclass
class Server:
    """One server, spoken to as one account. `sleep` waits while the server works on a picture."""

    address: str
    token: str = field(repr=False)
    sleep: Callable[[float], None] = time.sleep
    _opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(_NoRedirects), repr=False
    )

    def __post_init__(self) -> None:
        if urlsplit(self.address).scheme not in {"http", "https"}:
            raise Refused("Write the server's address with https:// before it.")

    def mentions(self, since: str) -> list[dict[str, Any]]:
        """Mentions newer than the one with that number. Raises Refused, as all of these do."""
        query = {"types[]": "mention", "limit": "30"} | ({"min_id": since} if since else {})
        found = self._asked("GET", f"/api/v1/notifications?{urlencode(query)}")[1]
        return [each for each in found if each.get("type") == "mention"]

    def dismiss(self, notification: str) -> None:
        """Take a notification away."""
        self._asked("POST", f"/api/v1/notifications/{int(notification)}/dismiss", b"")

    def picture(self, url: str) -> bytes:
        """A picture by its address: from the web like the server itself, within the limit of an upload."""
        if urlsplit(url).scheme != urlsplit(self.address).scheme:
            raise Refused("That picture has an odd address.")
        return self._read(urllib.request.Request(url), MAX_BYTES)[1]  # noqa: S310 - as the server's own, see above

    def upload(self, jpeg: bytes, description: str) -> str:
        """Give the server a picture; its number, once the server has worked on it."""
        edge = uuid.uuid4().hex
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{description}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        body += jpeg + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        status, media = self._asked("POST", "/api/v2/media", body, kind)
        number = str(media["id"])
        if status == _ACCEPTED:
            self._wait_for(number)
        return number

    def reply(self, words: str, *, to: str, media: list[str], once: str) -> None:
        """Answer a post, not listed. `once`: the server takes a second answer with the same key for the first."""
        body = urlencode(
            [("status", words), ("in_reply_to_id", to), ("visibility", "unlisted")]
            + [("media_ids[]", number) for number in media]
        ).encode()
        self._asked("POST", "/api/v1/statuses", body, {"Idempotency-Key": once})

    def _wait_for(self, media: str) -> None:
        for _ in range(_LOOKS_AT_MEDIA):
            self.sleep(_MEDIA_PAUSE)
            if self._asked("GET", f"/api/v1/media/{media}")[0] != _STILL_WORKING:
                return
        raise Refused("The server took too long over the picture.")

    def _asked(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        request = urllib.request.Request(urljoin(self.address, path), body, method=method)  # noqa: S310 - checked on the way in
        for name, value in {"Authorization": f"Bearer {self.token}", **(headers or {})}.items():
            request.add_header(name, value)
        status, content = self._read(request, _MOST_JSON)
        try:
            return status, json.loads(content)
        except ValueError:
            raise Refused("The server did not answer in JSON.") from None

    def _read(self, request: urllib.request.Request, most: int) -> tuple[int, bytes]:
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                content: bytes = answer.read(most + 1)
                status: int = answer.status
        except urllib.error.HTTPError as error:
            wait = _seconds_until(error.headers.get("X-RateLimit-Reset")) if error.code == _TOO_MANY else 0.0
            error.close()
            raise Refused(f"The server refused that ({error.code}).", wait) from None
        except OSError:
            raise Refused("The server could not be reached.") from None
        if len(content) > most:
            raise Refused("That is larger than 20 MB.")
        return status, content


def _seconds_until(moment: str | None) -> float:
    """From now until a moment such as 2026-11-22T10:00:00.000Z; a minute when it cannot be read."""
    try:
        until = datetime.datetime.fromisoformat((moment or "").replace("Z", "+00:00"))
        return max(1.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds())
    except (ValueError, TypeError):
        return 60.0
