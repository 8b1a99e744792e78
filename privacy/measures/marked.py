"""Is the invisible mark still read after a photo was saved again, made smaller or cut, and never where there is none?

"read" is what counts: the wishes are understood. "all bits" is stricter: not one of the 64 bits was misread.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from privacy import marks, passed_on, watermark
from privacy.evaluation import as_published
from privacy.measures import sample
from privacy.measures.likeness import ssim
from privacy.measures.shares import rate
from privacy.shapes import Pixels


def evaluate(images: Path, *, photos: int, seed: int) -> dict[str, object]:
    """Shares of marked photos that are read after each change, and of the same photos unmarked that seem marked."""
    paths = sample(images, photos, seed)
    read: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    likeness, noise, seconds, false = [], [], [], 0
    wanted = marks.bits_of(marks.Wishes())
    for path in paths:
        before = as_published(path)[0]
        started = time.process_time()
        false += marks.read_mark(before) is not None
        seconds.append(time.process_time() - started)
        after = marks.sign(before)
        noise.append(10 * np.log10(255**2 / np.mean((after.astype(np.float64) - before) ** 2)))
        likeness.append(ssim(before, after))
        for name, change in _CHANGES.items():
            changed = change(after)
            found = marks.read_mark(changed) == marks.Wishes()
            read[name] += found
            exact[name] += found and any(
                np.array_equal(bits, wanted) for bits in watermark.candidates(changed)
            )
    return {
        "tool": "marks",
        "photos": len(paths),
        "seed": seed,
        "after": {
            name: {"read": rate(read[name], len(paths)), "all bits": rate(exact[name], len(paths))}
            for name in _CHANGES
        },
        "read_where_there_is_none": rate(false, len(paths)),
        "psnr": {"mean": round(statistics.fmean(noise), 1), "least": round(min(noise), 1)},
        "ssim": {"mean": round(statistics.fmean(likeness), 3), "least": round(min(likeness), 3)},
        "cpu_seconds_to_find_none": round(statistics.fmean(seconds), 2),
    }


_CHANGES: Final[dict[str, Callable[[Pixels], Pixels]]] = {
    "JPEG 95": lambda pixels: passed_on.saved(pixels, 95),
    "JPEG 75": lambda pixels: passed_on.saved(pixels, 75),
    "JPEG 60": lambda pixels: passed_on.saved(pixels, 60),
    "three quarters, JPEG 75": lambda pixels: passed_on.saved(passed_on.smaller(pixels, 0.75), 75),
    "half, JPEG 75": lambda pixels: passed_on.saved(passed_on.smaller(pixels, 0.5), 75),
    "cut to 90 %, JPEG 75": lambda pixels: passed_on.saved(passed_on.cut(pixels, 0.9), 75),
    "cut to 70 %, JPEG 75": lambda pixels: passed_on.saved(passed_on.cut(pixels, 0.7), 75),
}
