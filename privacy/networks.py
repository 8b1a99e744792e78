"""How the networks of the photo floor are loaded: once for each process, only from files they were measured with."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_SIDE_MULTIPLE: Final = 32


class WeightsError(RuntimeError):
    """A finder's weights are not installed, or are not the ones this code was measured with."""


def loader(model: Callable[[], bytes]) -> Callable[[int], Any]:
    """A function that gives the onnxruntime session of the ONNX file from `model`, for a number of threads.

    The session is made on the first call, whose number of threads holds. With one thread it holds none of its own, so
    a process that loads it and then forks is safe.
    """
    session: Any = None
    loading = threading.Lock()

    def network(threads: int) -> Any:
        nonlocal session
        if session is None:
            with loading:
                if session is None:
                    session = _session(model(), threads)
        return session

    return network


def verified(path: Path, sha256: str, whose: str) -> bytes:
    """The weights in `path`; `whose` names the network to people. Raises WeightsError."""
    try:
        model = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The {whose}'s weights cannot be read: {path.name}") from error
    if hashlib.sha256(model).hexdigest() != sha256:
        raise WeightsError(
            f"The {whose}'s weights in {path.name} are not the measured ones: install the locked files."
        )
    return model


def rounded_up(side: int) -> int:
    """The smallest side of a picture, in pixels, that both networks can take which holds `side`."""
    return -(-side // _SIDE_MULTIPLE) * _SIDE_MULTIPLE


def _session(model: bytes, threads: int) -> Any:
    import onnxruntime  # here, since it is heavy and a web process that only shows photos never needs it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # give a large photo's memory back after it
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
