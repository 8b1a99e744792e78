"""The whole way of a photo with its pixels in a bucket: nothing but settings is changed, and no folder is used."""

import urllib.request
from pathlib import Path

import pytest

from officers.models import Department, Photo
from tests import factories
from tests.officers.bucket import emulator, new_bucket
from tests.stack import Stack
from tests.workers.watching import wait_for

pytestmark = pytest.mark.stack
LINE = "a-line-between-the-parts"


def post_photo(address: str, where: Department, jpeg: bytes) -> int:
    """Send a photo to the API as a browser's form does."""
    head = f'--{LINE}\r\nContent-Disposition: form-data; name="department"\r\n\r\n{where.pk}\r\n--{LINE}\r\n'
    head += (
        'Content-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    request = urllib.request.Request(  # noqa: S310 - our own server on this machine
        f"{address}/api/v1/photos/",
        data=head.encode() + jpeg + f"\r\n--{LINE}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={LINE}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        return int(answer.status)


def test_a_photo_goes_to_the_bucket_and_the_worker_finds_it_there(
    stack: Stack, department: Department, tmp_path: Path
) -> None:
    with emulator(tmp_path) as endpoint:
        bucket = new_bucket(endpoint)
        stack.env.update(bucket.environment())
        address = stack.start_web()
        stack.start_worker()
        assert post_photo(address, department, factories.picture(1)) == 202
        photo = Photo.objects.get()
        assert bucket.keys() == [photo.key]
        wait_for(lambda: photo.heads.exists(), 60, "the worker found the heads")
        assert not (stack.data / "photos").exists()
