"""How the networks of the photo floor are loaded: once for each process, only from files they were measured with."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_SIDE_MULTIPLE: Final = 32


class WeightsError(RuntimeError):
    """A finder's weights are not installed, or are not the ones this code was measured with."""


class Network:
    """One network, loaded on first use from the ONNX file that `model` gives.

    It keeps the memory of a run for the next one, which would otherwise spend a third of its time on getting it anew:
    `rest` gives it back, at the end of a photo.
    """

    def __init__(self, model: Callable[[], bytes]) -> None:
        self._model, self._loading = model, threading.Lock()
        self._session: Any = None

    def session(self, threads: int = 1) -> Any:
        """The onnxruntime session. The first call decides how many threads it has.

        With one it holds none of its own, so a process that loads it and then forks is safe. Raises WeightsError.
        """
        if self._session is None:
            with self._loading:
                if self._session is None:
                    self._session = _session(self._model(), threads)
        return self._session

    def run(self, outputs: Sequence[str], inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """The named outputs for `inputs`. Raises WeightsError."""
        answers: list[NDArray[np.float32]] = self.session().run(list(outputs), dict(inputs))
        return answers

    def rest(self, inputs: Mapping[str, NDArray[Any]]) -> None:
        """Give back the memory of earlier runs; that takes one more run, for which small `inputs` will do."""
        import onnxruntime

        options = onnxruntime.RunOptions()
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        self.session().run(None, dict(inputs), options)


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
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
