"""How what the network says about the parts of a photo becomes one number.

This file decides the score. Each part gets a look: the trained head's opinion and ImageNet's of what police
wear, brought to one scale and mixed. The best look speaks for the photo, against the photo's own background: darkness,
grain or a dense crowd raise every look of a photo, a uniform only those at it. What police bring along (helmets,
shields, masks, vans) is asked of the photo as a whole, since it is seldom in the part that shows a uniform
best; only a clear sight of it counts.

How the numbers were chosen: docs/models.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WORN_FLOOR = 0.01
"""Probabilities of clothes far below this are noise."""
GEAR_FLOOR = 0.1
"""Gear less probable than this hardly counts."""
BACKGROUND_DOUBT = 5
"""So many tiles of the usual background are added to the photo's own: a few tell little."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Centre and spread of one value over the training photos; brings values to one scale."""

    centre: float
    spread: float

    def of(self, values: Floats) -> Floats:
        """`values` in spreads from the centre; same shape."""
        scaled: Floats = (values - self.centre) / self.spread
        return scaled


@dataclass(frozen=True, slots=True)
class Scoring:
    """The numbers of the manifest that turn outputs into a score."""

    probe: Scale
    worn: Scale
    probe_share: float
    """Weight of the trained head in a look; the rest is what police wear."""
    gear_weight: float
    """Looks gained by gear, for each factor e above its floor."""
    usual_background: float | None
    """The mean look of what is nobody in street photos. None: looks are taken as they are."""
    slope: float
    offset: float
    """Value at which the score is one half, and how steeply it rises there."""

    def looks(self, probe: Floats, worn: Floats) -> Floats:
        """One value for each part: `probe` are logits, `worn` probabilities, all of shape (N,)."""
        trained, clothes = self.probe.of(probe), self.worn.of(log_worn(worn))
        mixed: Floats = self.probe_share * trained + (1 - self.probe_share) * clothes
        return mixed

    def bonus(self, gear: Floats) -> Floats:
        """What the probability of gear, shape (N,), adds to a look."""
        added: Floats = self.gear_weight * np.log1p(gear / GEAR_FLOOR)
        return added

    def above_background(self, looks: Floats, background: Floats) -> Floats:
        """`looks`, shape (N,), less what the photo's background looks, shape (M,), lie above the usual."""
        if self.usual_background is None:
            return looks
        added = (background - self.usual_background).sum() / (len(background) + BACKGROUND_DOUBT)
        above: Floats = looks - added
        return above

    def chance(self, value: Floats) -> Floats:
        """Values as scores from 0 to 1."""
        score: Floats = 1 / (1 + np.exp(-self.slope * (value - self.offset)))
        return score


def log_worn(worn: Floats) -> Floats:
    """The logarithm of the probability of what police wear, without its noise."""
    value: Floats = np.log(worn + WORN_FLOOR)
    return value
