"""Where the weights are that no package of ours brings along: a folder that whoever runs the tool has filled.

They are never committed. `python -m privacy.evading.fetch FOLDER` fetches them; the environment variable names the
folder afterwards. A file counts only with the sum that it was measured with.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

FOLDER: Final = "OVERSIGHT_ENCODERS"


class WeightsMissing(ImportError):
    """A tool's weights are not here, or are not the measured ones. In words for whoever runs it."""


def verified(name: str, sha256: str) -> bytes:
    """The file called `name`. Raises WeightsMissing."""
    folder = os.environ.get(FOLDER)
    if not folder:
        raise WeightsMissing(
            f"Name the folder with the weights in {FOLDER} (python -m privacy.evading.fetch FOLDER)."
        )
    try:
        content = (Path(folder) / name).read_bytes()
    except OSError as problem:
        raise WeightsMissing(f"{name} is missing: python -m privacy.evading.fetch FOLDER") from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WeightsMissing(f"{name} is another file than the one that was measured.")
    return content
