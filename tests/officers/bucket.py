"""An S3 server for the tests, where one is installed (the `nanio` program), and the product's settings for it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from oversight.embedded.processes import wait_until

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

USER, SECRET, REGION = "tests", "not-a-secret-of-anybody", "us-east-1"


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own on the emulator."""

    endpoint: str
    name: str

    def environment(self) -> dict[str, str]:
        """The settings that put photos there: nothing else is needed."""
        return {
            "OVERSIGHT_S3_BUCKET": self.name,
            "OVERSIGHT_S3_ENDPOINT": self.endpoint,
            "OVERSIGHT_S3_REGION": REGION,
            "OVERSIGHT_S3_ACCESS_KEY": USER,
            "OVERSIGHT_S3_SECRET_KEY": SECRET,
        }

    def client(self) -> S3Client:
        made: S3Client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=USER,
            aws_secret_access_key=SECRET,
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10),
        )
        return made

    def keys(self) -> list[str]:
        return [row["Key"] for row in self.client().list_objects_v2(Bucket=self.name).get("Contents", [])]


@contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """Run the server; its address. Skips the test where it is not installed."""
    program = shutil.which("nanio", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("no S3 emulator: pip install nanio")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    env = {**os.environ, "NANIO_ACCESS_KEY": USER, "NANIO_SECRET_KEY": SECRET, "NANIO_REGION": REGION}
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--data-dir", str(folder)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, "--no-access-log"], env=env, stdout=log, stderr=log)
    try:
        assert wait_until(lambda: _answers(port), 30), (folder / "log").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def new_bucket(endpoint: str) -> Bucket:
    bucket = Bucket(endpoint, f"photos-{uuid.uuid4().hex[:8]}")
    bucket.client().create_bucket(Bucket=bucket.name)
    return bucket
