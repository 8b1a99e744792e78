"""MTCNN's whole search over a picture, for asking whether it still finds a face: propose, refine, decide.

Its usual settings: faces from 20 pixels, sizes 0.709 apart, a face above .6, .7 and .7.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from privacy.evading.mtcnn import NET_SIDES, Cascade
from privacy.shapes import Boxes, Pixels

_SMALLEST: Final = 20
_STEP: Final = 0.709
_SURE: Final = (0.6, 0.7, 0.7)
_SAME: Final = (0.5, 0.7, 0.7)
_WINDOW_STRIDE: Final = 2

Found = NDArray[np.float32]
"""Left, top, right, bottom, score and the four moves of the box."""


@torch.no_grad()
def find(cascade: Cascade, pixels: Pixels) -> Boxes:
    """Every face that the cascade finds, best first."""
    picture = torch.from_numpy(pixels.astype(np.float32)).permute(2, 0, 1)[None]
    found = _moved(_strongest(_proposals(cascade.proposing, picture), _SAME[1]))
    for network, side, sure, same in (
        (cascade.refining, NET_SIDES[1], _SURE[1], _SAME[1]),
        (cascade.deciding, NET_SIDES[2], _SURE[2], _SAME[2]),
    ):
        judged = _judged(network, picture, _squared(found), side)
        found = _moved(_strongest(judged[judged[:, 4] > sure], same))
    boxes: Boxes = found[:, :5]
    return boxes


def _proposals(network: nn.Module, picture: Tensor) -> Found:
    height, width = picture.shape[2:]
    scale = NET_SIDES[0] / _SMALLEST
    found = [np.zeros((0, 9), np.float32)]
    while min(height, width) * scale >= NET_SIDES[0]:
        small = functional.interpolate(
            picture, (int(height * scale + 1), int(width * scale + 1)), mode="area"
        )
        logits, moves = network(small)
        scores = torch.sigmoid(logits[0])
        rows, columns = torch.nonzero(scores >= _SURE[0], as_tuple=True)
        corner = torch.stack([columns, rows], dim=1) * _WINDOW_STRIDE
        boxes = torch.cat([corner, corner + NET_SIDES[0]], dim=1) / scale
        rows_of = torch.cat([boxes, scores[rows, columns, None], moves[0, :, rows, columns].T], dim=1)
        found.append(_strongest(rows_of.numpy(), _SAME[0]))
        scale *= _STEP
    return np.concatenate(found)


def _judged(network: nn.Module, picture: Tensor, boxes: Found, side: int) -> Found:
    height, width = picture.shape[2:]
    kept, windows = [], []
    for box in boxes:
        left, top = (max(0, int(number)) for number in box[:2])
        right, bottom = min(width, int(box[2])), min(height, int(box[3]))
        if right > left and bottom > top:
            kept.append(box[:4])
            windows.append(
                functional.interpolate(picture[:, :, top:bottom, left:right], (side, side), mode="area")
            )
    if not kept:
        return np.zeros((0, 9), np.float32)
    logits, moves = network(torch.cat(windows))
    judged: Found = np.concatenate(
        [np.stack(kept), torch.sigmoid(logits)[:, None].numpy(), moves.numpy()], axis=1
    )
    return judged


def _moved(boxes: Found) -> Found:
    sides = np.tile(boxes[:, 2:4] - boxes[:, :2], 2)
    return np.concatenate([boxes[:, :4] + boxes[:, 5:] * sides, boxes[:, 4:]], axis=1)


def _squared(boxes: Found) -> Found:
    middle = (boxes[:, :2] + boxes[:, 2:4]) / 2
    half = (boxes[:, 2:4] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half, boxes[:, 4:]], axis=1)


def _strongest(boxes: Found, same: float) -> Found:
    rest = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    kept = []
    while len(rest):
        best, rest = rest[0], rest[1:]
        kept.append(best)
        shared = np.prod(
            np.clip(np.minimum(best[2:4], rest[:, 2:4]) - np.maximum(best[:2], rest[:, :2]), 0, None), axis=1
        )
        both = np.prod(best[2:4] - best[:2]) + np.prod(rest[:, 2:4] - rest[:, :2], axis=1) - shared
        rest = rest[shared <= same * both]
    return np.array(kept, np.float32).reshape(-1, 9)
