"""The product's own two programs, the web server and the worker, for the launcher and the tests."""

import http.client
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from oversight.embedded.locations import Locations
from oversight.embedded.part import Part

PROJECT = Path(__file__).resolve().parent.parent.parent
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes private, unlinked files there


class Web(Part):
    """gunicorn: one process and a handful of threads suit one machine; OVERSIGHT_WEB_WORKERS makes more."""

    name = "web"
    title = "the web server"
    leans_on_servers = True
    stop_seconds = 6.0

    def __init__(
        self, locations: Locations, *, host: str, port: int, env: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(locations, env)
        self.host = host
        self.port = port

    def command(self) -> Sequence[str | Path]:
        bracketed = f"[{self.host}]" if ":" in self.host else self.host
        # A heartbeat file on a slow disk would make gunicorn think that its worker hangs.
        beat: list[str | Path] = (
            ["--worker-tmp-dir", SHARED_MEMORY] if os.access(SHARED_MEMORY, os.W_OK) else []
        )
        return [
            *(sys.executable, "-m", "gunicorn", "oversight.wsgi:application"),
            *("--bind", f"{bracketed}:{self.port}", "--worker-class", "gthread"),
            *("--workers", self.env.get("OVERSIGHT_WEB_WORKERS", "1"), "--threads", "8"),
            *("--timeout", "60", "--graceful-timeout", "5", "--no-control-socket"),
            *beat,
        ]

    def cwd(self) -> Path:
        return PROJECT

    def is_ready(self) -> bool:
        """Any answer counts: in production it may be a redirect to https."""
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
        visit = http.client.HTTPConnection(anywhere.get(self.host, self.host), self.port, timeout=5)
        try:
            visit.request("GET", "/healthz")
            return visit.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            visit.close()


class Worker(Part):
    """`python -m workers`: forks a process for each job, and runs the sweeper."""

    name = "worker"
    title = "the worker"
    leans_on_servers = True
    stop_signal = signal.SIGTERM  # it finishes the job at hand, if that takes no longer than stop_seconds
    stop_seconds = 10.0

    def command(self) -> Sequence[str | Path]:
        return [sys.executable, "-m", "workers"]

    def cwd(self) -> Path:
        return PROJECT

    def is_ready(self) -> bool:
        """It has no door to knock at: that it runs is all that can be seen of it from here."""
        return self.exit_code() is None
