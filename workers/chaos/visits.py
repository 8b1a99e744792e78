"""A browser without a screen: forms, cookies and files over HTTP, by the standard library alone."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any, Final

PATIENCE_SECONDS: Final = 20
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class NoAnswer(Exception):
    """The connection broke, or nobody answered in time: nothing was told."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: str = field(repr=False)
    location: str = ""

    def json(self) -> Any:
        return json.loads(self.body)


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


class Visitor:
    """One person's window on the site."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), _StayHere(), urllib.request.ProxyHandler({})
        )

    def get(self, path: str) -> Reply:
        """Raises NoAnswer."""
        return self._ask(urllib.request.Request(self._address + path))  # noqa: S310 - our own server

    def submit(self, page: str, action: str, fields: Mapping[str, str]) -> Reply:
        """Open `page`, then send a form from it to `action` as a browser does. Raises NoAnswer."""
        token = _TOKEN.search(self.get(page).body)
        if token is None:
            raise NoAnswer("The page has no form.")
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        headers = {"Referer": self._address + page}
        return self._ask(urllib.request.Request(self._address + action, data, headers))  # noqa: S310 - our own

    def sign_in(self, email: str, password: str) -> bool:
        """Raises NoAnswer."""
        login = "/accounts/login/"
        return self.submit(login, login, {"login": email, "password": password}).status == 302

    def send_file(self, path: str, fields: Mapping[str, str], photo: bytes) -> Reply:
        """A multipart form with one photo, to the API. Raises NoAnswer."""
        line = uuid.uuid4().hex
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}' for k, v in fields.items()
        ]
        head = (
            f'--{line}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = "\r\n".join([*parts, head]).encode() + photo + f"\r\n--{line}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={line}"}
        return self._ask(urllib.request.Request(self._address + path, body, headers))  # noqa: S310 - our own server

    def _ask(self, request: urllib.request.Request) -> Reply:
        try:
            with self._opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                return _reply(answer.status, answer)
        except urllib.error.HTTPError as answer:
            with answer:
                return _reply(answer.code, answer)
        except (OSError, ValueError, EOFError) as broken:
            raise NoAnswer(type(broken).__name__) from broken
        except Exception as broken:  # http.client's errors are of no common kind
            raise NoAnswer(type(broken).__name__) from broken


def _reply(status: int, answer: Any) -> Reply:
    try:
        body = answer.read().decode(errors="replace")
    except Exception as broken:  # killed in the middle of its answer
        if status in {202, 302}:  # the line that promises was read already
            body = ""
        else:
            raise NoAnswer(type(broken).__name__) from broken
    return Reply(status, body, answer.headers.get("Location", ""))
