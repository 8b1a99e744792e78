"""Covering heads, measured: ours beside deface's default, turned photos, hard light, and a photo of 12 megapixels.

    python benchmarks/masking.py all ANNOTATIONS.jsonl DIR [--photos N]
    python benchmarks/masking.py turned ANNOTATIONS.jsonl DIR --photos 40
    python benchmarks/masking.py hardship ANNOTATIONS.jsonl DIR --photos 20
    python benchmarks/masking.py large ANNOTATIONS.jsonl DIR
    python benchmarks/masking.py heads tests/privacy/whole_heads.jsonl DIR

Prints one JSON object. deface is emulated: the same network once at the photo's own size, score above 0.2, and an
ellipse 0.3 of the box larger on each side (its default mask scale 1.3 means that), so 1.6 times as large.
"""

import argparse
import itertools
import json
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from privacy import centerface, masks
from privacy.boxes import strongest
from privacy.evaluation import (
    Annotated,
    Judgement,
    as_published,
    judge,
    product_mask,
    read_annotations,
    summary,
)
from privacy.masks import Area
from privacy.shapes import Pixels

SEED = 20261121
Item = TypeVar("Item")
Changes = dict[str, Callable[[Pixels, Annotated], Pixels]]


def deface_mask(pixels: Pixels) -> Area:
    """deface's default, emulated."""
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    hidden = np.zeros((height, width), np.bool_)
    for left, top, right, bottom, _score in strongest(centerface.faces(pixels, 0.2)):
        across, down = (right - left) * 0.8, (bottom - top) * 0.8
        x, y = (left + right) / 2, (top + bottom) / 2
        box = np.s_[max(0, int(y - down)) : int(y + down) + 2, max(0, int(x - across)) : int(x + across) + 2]
        hidden[box] |= ((columns[box] - x) / across) ** 2 + ((rows[box] - y) / down) ** 2 <= 1
    return hidden


def side_by_side(marked: Sequence[Annotated], folder: Path) -> dict[str, object]:
    """Every photo under both, one after the other, so that a busy machine is unfair to neither."""
    ours, theirs = Judgement(), Judgement()
    for number, each in enumerate(_until_interrupted(marked), start=1):
        pixels, scale = as_published(folder / each.name)
        ours.photos.append(judge(pixels, each, product_mask, scale))
        theirs.photos.append(judge(pixels, each, deface_mask, scale))
        if number % 20 == 0:
            print(number, "of", len(marked), file=sys.stderr, flush=True)
    mine, other = summary(ours), summary(theirs)
    uncovered = {
        name: round((1 - other["coverage"][name]) / max(1e-9, 1 - share), 1)
        for name, share in mine["coverage"].items()
        if share is not None and share < 1
    }
    ratios = {"uncovered_faces_deface_to_ours": uncovered}
    ratios["cpu_ours_to_deface"] = round(mine["cpu_seconds_per_photo"] / other["cpu_seconds_per_photo"], 1)
    return {"ours": mine, "deface_emulated": other, "ratios": ratios}


def _until_interrupted(marked: Sequence[Item]) -> Iterator[Item]:
    """Each photo; Control-C ends after the present one, and the figures of those done are printed."""
    stop: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: stop.append(number))
    yield from itertools.takewhile(lambda _: not stop, marked)


def changed(marked: Sequence[Annotated], folder: Path, changes: Changes) -> dict[str, object]:
    """Coverage after each change. A turned photo is turned back with its paint, so that the same boxes hold."""
    results = {name: Judgement() for name in changes}
    for each in _until_interrupted(marked):
        pixels, scale = as_published(folder / each.name)
        for name, change in changes.items():
            other = change(pixels, each)
            results[name].photos.append(judge(other, each, _mask_of(name), scale))
        print(each.name, file=sys.stderr, flush=True)
    return {name: summary(result) for name, result in results.items()}


def _mask_of(name: str) -> Callable[[Pixels], Area]:
    if not name.startswith("turned"):
        return product_mask
    quarter = int(name.split()[1]) // 90
    return lambda pixels: np.rot90(product_mask(np.ascontiguousarray(np.rot90(pixels, quarter))), -quarter)


def as_it_is(pixels: Pixels, _: Annotated) -> Pixels:
    return pixels


def dark(pixels: Pixels, _: Annotated) -> Pixels:
    """A seventh of the light, and noise."""
    noise = np.random.default_rng(SEED).normal(0, 4, pixels.shape)
    return np.clip(pixels * 0.15 + noise, 0, 255).astype(np.uint8)


def drawn(
    top: float, bottom: float, colour: tuple[int, int, int], gap: tuple[float, float] = (0, 0)
) -> Callable[[Pixels, Annotated], Pixels]:
    """Every face under a flat shape from `top` to `bottom` of its box, bare between the two shares in `gap`."""

    def change(pixels: Pixels, each: Annotated) -> Pixels:
        picture = Image.fromarray(pixels)
        pen = ImageDraw.Draw(picture)
        for x, y, width, height in each.boxes or ():
            if height < 20 or width < 1:
                continue
            for low, high in ((top, gap[0]), (gap[1], bottom)) if gap[1] else ((top, bottom),):
                pen.rounded_rectangle(
                    (x - 0.05 * width, y + low * height, x + 1.05 * width, y + high * height),
                    radius=width * 0.2,
                    fill=colour,
                )
        return np.asarray(picture)

    return change


HARDSHIPS: Changes = {
    "as it is": as_it_is,
    "dark": dark,
    "drawn mask": drawn(0.55, 1.05, (120, 170, 200)),
    "drawn helmet and dark visor": drawn(-0.3, 0.75, (25, 25, 30)),
    "drawn balaclava": drawn(-0.15, 1.1, (20, 20, 20), gap=(0.3, 0.5)),
}
TURNS: Changes = dict.fromkeys(("as it is", "turned 90", "turned 180", "turned 270"), as_it_is)


def large(marked: Sequence[Annotated], folder: Path) -> dict[str, object]:
    """A mosaic of 4000 x 3000 pixels made of the photos at their own size."""
    mosaic = np.zeros((3000, 4000, 3), np.uint8)
    x = y = row = 0
    for each in marked:
        pixels = as_published(folder / each.name)[0][: 3000 - y, : 4000 - x]
        mosaic[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
        x, row = x + pixels.shape[1], max(row, pixels.shape[0])
        if x >= 4000:
            x, y, row = 0, y + row, 0
        if y >= 3000:
            break
    before = time.process_time()
    hidden = product_mask(mosaic)
    masks.painted(mosaic, hidden)
    return {
        "megapixels": 12.0,
        "cpu_seconds": round(time.process_time() - before, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "masked": round(float(hidden.mean()), 4),
    }


def whole_heads(labels: Path, folder: Path) -> dict[str, object]:
    """Heads with hair and helmet, boxed by eye, by how they are turned to the camera: ours beside deface's default.

    Apart for the photos by which the finder was chosen (`tuning`) and for those that were kept `aside`.
    """
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    tools = {"ours": product_mask, "deface_emulated": deface_mask}
    seen: dict[str, dict[str, dict[str, list[bool]]]] = {}
    for row in _until_interrupted(rows):
        pixels, scale = as_published(folder / row["image"])
        marked = Annotated(row["image"], row["boxes"])
        for name, mask in tools.items():
            covered = judge(pixels, marked, mask, scale).covered
            for part in (row["part"], "all photos"):
                groups = seen.setdefault(part, {}).setdefault(name, {})
                for view, is_covered in zip(row["views"], covered, strict=True):
                    for group in (view, "all"):
                        groups.setdefault(group, []).append(is_covered)
    return {
        part: {
            name: {view: f"{sum(covered)} of {len(covered)}" for view, covered in sorted(groups.items())}
            for name, groups in by_tool.items()
        }
        for part, by_tool in seen.items()
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("what", choices=["all", "turned", "hardship", "large", "heads"])
    reader.add_argument("annotations", type=Path)
    reader.add_argument("directory", type=Path)
    reader.add_argument("--photos", type=int, default=0, help="so many, drawn by a fixed seed (0: all)")
    reader.add_argument("--part", default="0/1", help="K/N: every Nth photo from K on, to share the work")
    asked = reader.parse_args()
    if asked.what == "heads":
        print(json.dumps(whole_heads(asked.annotations, asked.directory), indent=2))
        return
    marked = list(read_annotations(asked.annotations.read_text(encoding="utf-8")))
    random.Random(SEED).shuffle(marked)  # noqa: S311 - the same sample each time
    first, step = map(int, asked.part.split("/"))
    marked = (marked[: asked.photos] if asked.photos else marked)[first::step]
    work: dict[str, Callable[[Sequence[Annotated], Path], dict[str, object]]] = {
        "all": side_by_side,
        "large": large,
        "turned": lambda m, f: changed(m, f, TURNS),
        "hardship": lambda m, f: changed(m, f, HARDSHIPS),
    }
    print(json.dumps(work[asked.what](marked, asked.directory), indent=2))


if __name__ == "__main__":
    main()
