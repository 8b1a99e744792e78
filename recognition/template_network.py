"""Which of two programs computes the template network: ours (onnxruntime, quick) or dlib's own (the yardstick).

Both are the same network with the same weights (`dlib_network`), so which of them computed a template does not matter
and is not stored. At every start they are compared on a few made-up pictures; when they differ, or when ours cannot be
had, dlib's own is used, and the log says so.
"""

import hashlib
import importlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from privacy import dlib_network

logger = logging.getLogger(__name__)

Chips = NDArray[np.uint8]
"""N aligned faces: N x 150 x 150 x 3, RGB."""
Templates = NDArray[np.float64]
"""N x 128, of no unit; Euclidean distance compares them."""
Network = Callable[[Chips], Templates]

MODEL_SHA256: Final = "dc997e589aebdd57e5d76b424c6de480f1755cbfae52c1ac1c5288f72deb4623"
"""Of the converted file. It is the same wherever the conversion runs; other bytes in the folder are never loaded."""

MOST_DIFFERENT: Final = 1e-3
"""Euclidean distance between the two programs' templates of one picture. Real faces: 1.5e-6 (docs/models.md)."""


def best(*, dlibs_own: Network, weights: bytes, folder: Path) -> Network:
    """Ours if it can be had and agrees with `dlibs_own`; otherwise that one.

    `weights`: dlib's file. `folder`: where the converted file is kept between starts.
    """
    try:
        ours = _network(_model(weights, folder))
        difference = furthest_apart(ours, dlibs_own)
    except Exception:  # whatever it is that ours cannot do here, dlib's can, and searches go on
        logger.warning("The quick template network cannot be had; dlib's own is used", exc_info=True)
        return dlibs_own
    if not difference <= MOST_DIFFERENT:
        logger.error("The quick template network differs from dlib's by %.2g; dlib's own is used", difference)
        return dlibs_own
    return ours


def furthest_apart(one: Network, other: Network) -> float:
    """The largest distance between the two networks' templates of the same made-up pictures."""
    chips = _made_up_chips()
    return float(np.linalg.norm(one(chips) - other(chips), axis=1).max())


def _made_up_chips() -> Chips:
    """Fine noise, coarse patches and a slope of grey: not faces, and nobody's."""
    side = dlib_network.CHIP_SIDE
    chance = np.random.default_rng(150)
    noise = chance.integers(0, 256, (side, side, 3), dtype=np.uint8)
    patches = chance.integers(0, 256, (6, 6, 3), dtype=np.uint8).repeat(25, axis=0).repeat(25, axis=1)
    slope = np.linspace(0, 255, side).astype(np.uint8)[:, None, None].repeat(side, axis=1).repeat(3, axis=2)
    return np.stack([noise, patches, slope])


def _network(model: bytes) -> Network:
    """The model as a function. With one thread it starts none of its own, so a process that loads it may fork."""
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def templates(chips: Chips) -> Templates:
        (found,) = session.run([dlib_network.TEMPLATES], {dlib_network.CHIPS: chips})
        numbers: Templates = found.astype(np.float64)
        return numbers

    return templates


def _model(weights: bytes, folder: Path) -> bytes:
    """The converted file from `folder`; converted anew, and kept there if possible, when it is missing or damaged."""
    file = folder / "template_network.onnx"
    try:
        kept = file.read_bytes()
    except OSError:
        kept = b""
    if _is_the_measured_one(kept):
        return kept
    if kept:
        logger.warning("%s was damaged and is made anew", file.name)
    model = dlib_network.converted(weights)
    if _is_the_measured_one(model):
        _keep(model, file)
    else:  # another release of `onnx`: the comparison with dlib decides whether it may be used
        logger.warning("The template network was converted into other bytes than expected")
    return model


def _is_the_measured_one(model: bytes) -> bool:
    return hashlib.sha256(model).hexdigest() == MODEL_SHA256


def _keep(model: bytes, file: Path) -> None:
    """All of it or nothing: another process may be doing the same."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(model)
            Path(unfinished).replace(file)
        except OSError:
            Path(unfinished).unlink(missing_ok=True)
            raise
    except OSError as error:
        logger.warning("The template network is not kept for the next start: %s", error.strerror)
