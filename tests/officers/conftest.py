"""Where photos lie, once for each kind of storage, and people of every role. (Imports late, before Django is ready.)"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.officers.bucket import emulator

    with emulator(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "s3"])
def stored_keys(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Callable[[], list[str]]:
    """Photos go to an empty folder, then to an empty bucket. Returns what lists the keys there."""
    if request.param == "s3":
        from tests.officers.bucket import new_bucket

        bucket = new_bucket(request.getfixturevalue("s3_endpoint"))
        settings.STORAGES = settings.STORAGES | {"private": s3_storage(bucket.environment())}
        return bucket.keys
    private = settings.STORAGES["private"]
    options = private["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"private": private | {"OPTIONS": options}}
    return lambda: sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())


def s3_storage(environment: dict[str, str]) -> Any:
    """What settings.py makes of these variables, in a process of its own."""
    import json
    import os
    import subprocess
    import sys

    program = "import json; from oversight import settings; print(json.dumps(settings.STORAGES['private']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
