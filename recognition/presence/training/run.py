"""From folders of photos to weights with an honest manifest, and whether they may replace the present ones.

This file decides the steps and the constants that make two outputs one score. Nothing in it is random: the
same photos and packages give the same weights, on the same kind of processor to the last bit.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.presence.base import PresenceBackend
from recognition.presence.evaluation import judge
from recognition.presence.local import BATCH, Local, open_session
from recognition.presence.measuring import FindHeads, judge_one
from recognition.presence.scoring import log_worn
from recognition.presence.training import head, network
from recognition.presence.training.examples import Example, examples
from recognition.presence.training.views import whole

Report = Callable[[str], None]
Floats = NDArray[np.float64]

REGULARISATION = 1e-5
PROBE_SHARE, GEAR_WEIGHT = 0.6, 0.6
USUAL_BACKGROUND = -0.37
"""Of street photos. Other training photos may put it elsewhere, which shifts all photos with tiles alike."""
SLOPE, OFFSET = 3.5, 1.6
LIKELY, REVIEW, MILITARY = 0.5, 0.2, 0.4
METHOD = 2
"""Of looking and scoring, part of the version: only scores of one version compare. Raise it when either changes."""
LICENCE = "Weights: Apache-2.0, like the EfficientNet-lite2 backbone they are made from."


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network gave for the photos to learn from, in their order."""

    features: Floats
    """(N, 1280)"""
    worn: Floats
    """(N,): the logarithm of the probability of what police wear"""


@dataclass(frozen=True, slots=True)
class Trained:
    """New weights beside their manifest, and figures on the photos held out."""

    manifest: Path
    new: dict[str, Any]
    present: dict[str, Any] | None
    """None where there are no present weights"""

    @property
    def better(self) -> bool:
        """Whether the new weights do better than the present ones on photos that neither learnt from."""
        if self.present is None:
            return True
        return bool(self.new["average_precision"] > self.present["average_precision"])


def train(
    folder: Path, target: Path, find_heads: FindHeads, *, trained_on: str, present: Local | None, say: Report
) -> Trained:
    """Train on `folder`/police and `folder`/other; write weights and police.json into `target`.

    Raises `network.TrainingImpossible` without the packages, ValueError for unusable folders.
    """
    network.check_packages()
    everything = examples(folder)
    learn = [example for example in everything if not example.held_out]
    held_out = [example for example in everything if example.held_out]
    say(f"{len(learn)} photos to learn from, {len(held_out)} held out")
    seen = _look(learn, say)
    police = np.array([example.police for example in learn])
    fitted = head.fit(seen.features, police, REGULARISATION)
    target.mkdir(parents=True, exist_ok=True)
    weights = _weights(target, fitted)
    manifest = target / "police.json"
    facts = _facts(seen, fitted, weights, f"{len(learn)} photos: {trained_on}")
    _write(manifest, facts)
    new = _judge(Local(manifest=manifest), held_out, find_heads, say)
    _write(manifest, facts | {"metrics": {"held_out": new}})
    return Trained(manifest, new, _judge(present, held_out, find_heads, say) if present else None)


def _look(learn: list[Example], say: Report) -> Seen:
    """Run the backbone over every photo."""
    features: list[Floats] = []
    worn: list[Floats] = []
    with tempfile.TemporaryDirectory() as scratch:
        graph = Path(scratch) / "backbone.onnx"
        network.write_onnx(graph, None)
        session = open_session(graph, threads=1)
        for start in range(0, len(learn), BATCH):
            shown = np.stack([whole(example, network.SIZE) for example in learn[start : start + BATCH]])
            seen, clothes = session.run(["features", "worn"], {"pixels": shown})
            features.append(seen.astype(np.float64))
            worn.append(log_worn(clothes).astype(np.float64))
            if start % (25 * BATCH) == 0:
                say(f"looked at {start} of {len(learn)}")
    return Seen(np.concatenate(features), np.concatenate(worn))


def _weights(target: Path, fitted: head.Head) -> Path:
    """Write the graph; its name carries its hash, so that old and new weights can lie side by side."""
    written = target / "police.onnx"
    network.write_onnx(written, fitted)
    digest = hashlib.sha256(written.read_bytes()).hexdigest()
    return written.rename(target / f"police-{digest[:12]}.onnx")


def _facts(seen: Seen, fitted: head.Head, weights: Path, trained_on: str) -> dict[str, Any]:
    """The manifest, without figures."""
    probe, worn = fitted.logits(seen.features), seen.worn
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    return {
        "version": f"lite2-{digest[:12]}-{METHOD}",
        "weights": weights.name,
        "sha256": digest,
        "licence": LICENCE,
        "trained_on": trained_on,
        "input_size": network.SIZE,
        "classes": {name: list(classes) for name, classes in network.CLASSES.items()},
        "score": {
            "probe": {"centre": float(probe.mean()), "spread": float(probe.std())},
            "worn": {"centre": float(worn.mean()), "spread": float(worn.std())},
            "probe_share": PROBE_SHARE,
            "gear_weight": GEAR_WEIGHT,
            "usual_background": USUAL_BACKGROUND,
            "slope": SLOPE,
            "offset": OFFSET,
        },
        "thresholds": {"likely": LIKELY, "review": REVIEW, "military": MILITARY},
        "metrics": {},
    }


def _judge(
    backend: PresenceBackend, held_out: list[Example], find_heads: FindHeads, say: Report
) -> dict[str, Any]:
    """Figures on the photos held out, as the product would judge them."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    for number, example in enumerate(held_out):
        found, _ = judge_one(backend, example.path, find_heads)
        scores[example.police].append(found.score)
        if number % 100 == 0:
            say(f"judged {number} of {len(held_out)} held out")
    return judge(np.array(scores[True]), np.array(scores[False])).as_json()


def _write(manifest: Path, facts: dict[str, Any]) -> None:
    manifest.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
