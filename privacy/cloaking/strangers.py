"""The mean face, and people who do not exist, as the recognisers see them: what a face is told from, and led towards.

The means are of at least fifty people, so that nobody's face is in them. The others are this project's synthetic
officers, each as what sets them apart from their own mean: synthetic faces may have something in common that real
ones have not, and a cloak should not spend its change on that. Written by
`python -m privacy.measures.strangers`; a recogniser that is not in the file cannot be attacked.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FILE: Final = Path(__file__).with_name("strangers.npz")

MEAN: Final = "mean-"
APART: Final = "apart-"
"""What the names in the file begin with."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Strangers:
    """For each recogniser by name, the mean of real faces (D) and how each synthetic person differs (N x D)."""

    means: dict[str, Vectors] = field(repr=False)
    apart: dict[str, Vectors] = field(repr=False)


@lru_cache(maxsize=1)
def load() -> Strangers:
    """Those in the file."""
    with np.load(FILE) as file:
        found = {name: file[name].astype(np.float32) for name in file.files}
    return Strangers(
        *(
            {name.removeprefix(kind): each for name, each in found.items() if name.startswith(kind)}
            for kind in (MEAN, APART)
        )
    )
