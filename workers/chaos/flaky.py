"""An S3 that fails: a server in front of a real emulator that drops, refuses and half answers requests.

Some requests never reach the emulator, some reach it and their answer is lost: the second kind finds writers that do
not bear being repeated.
"""

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}


class FlakyServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behind: str, share: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = urlsplit(behind).netloc
        self.share = share
        self.failed = 0
        self._random = random.Random(seed)  # noqa: S311 - a plan that can be repeated, not a secret
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault(self) -> str:
        """What befalls the next request: nothing, or one of three ways to fail."""
        with self._lock:
            if self._random.random() >= self.share:
                return ""
            self.failed += 1
            return self._random.choice(["dropped", "refused", "answer lost"])

    def handle_error(self, *_args: object) -> None:
        """A client that was killed is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FlakyServer

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.fault()
        if fault == "dropped":
            self.close_connection = True
            return
        if fault == "refused":
            self._send(503, {}, b"")
            return
        status, headers, answer = self._forwarded(body)
        if fault == "answer lost":
            self.close_connection = True
            return
        self._send(status, headers, answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815 - the base class's names

    def _forwarded(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        behind = http.client.HTTPConnection(self.server.behind, timeout=30)
        try:
            # The signature covers Host, so it is passed on as it came.
            sent = {key: value for key, value in self.headers.items() if key.lower() not in HOP_BY_HOP}
            behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for key, value in sent.items():
                behind.putheader(key, value)
            behind.endheaders(body)
            answer = behind.getresponse()
            headers = {key: value for key, value in answer.getheaders() if key.lower() not in HOP_BY_HOP}
            return answer.status, headers, answer.read()
        finally:
            behind.close()

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for key, value in headers.items():
            if key.lower() != "content-length" or self.command == "HEAD":
                self.send_header(key, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""


@contextmanager
def flaky(behind: str, *, share: float, seed: int) -> Iterator[FlakyServer]:
    """Serve in a thread until the block ends. `share`: of the requests that fail, 0 to 1."""
    server = FlakyServer(behind, share, seed)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
