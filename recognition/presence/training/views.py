"""How a training photo is shown to the network: whole, squeezed to a square.

This file decides that one view is enough. Mirrored, darkened and coarsened copies and upper bodies were
tried and changed nothing that could be measured (docs/models.md).
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from recognition.presence.measuring import upright
from recognition.presence.training.examples import Example


def whole(example: Example, size: int) -> NDArray[np.float32]:
    """The photo as the network takes it: (3, size, size), red green blue, 0 to 255."""
    small = upright(example.path).resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(small, dtype=np.float32).transpose(2, 0, 1)
