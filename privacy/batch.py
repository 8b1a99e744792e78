"""Protects many files on this computer: which ones, under which names, and what is said on the way.

A file that cannot be done is named with its reason, and the next one is taken. A copy is written whole or not at all,
and never over a file that is there unless that is asked for.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TextIO

from privacy.photos import MAX_BYTES, PhotoRefused, encode, open_pixels
from privacy.tools import Progress, mask

PHOTOS: Final = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".heif"})
FILMS: Final = frozenset({".mp4", ".mov", ".m4v"})
_BAR: Final = 24


class NotDone(Exception):
    """Why a file has no copy, in words for the person."""


@dataclass(frozen=True)
class Job:
    """One tool with its options, and where copies go. `every`: of a film, heads are looked for in each Nth picture."""

    tool: ModuleType
    options: Any
    output: Path
    force: bool = False
    every: int = 5


def files_of(named: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Each file to do, and its name below the output folder. Folders are searched for photos and films, all the way."""
    found: list[tuple[Path, Path]] = []
    for path in named:
        if path.is_dir():
            inside = sorted(
                each for each in path.rglob("*") if each.suffix.lower() in PHOTOS | FILMS and each.is_file()
            )
            found += [(each, each.relative_to(path)) for each in inside]
        else:
            found.append((path, Path(path.name)))
    return found


def run(job: Job, files: Sequence[tuple[Path, Path]], say: TextIO) -> int:
    """Do all files; how many were done. Progress and reasons are written to `say`, what is said of many but once."""
    done = 0
    taken: set[Path] = set()
    heard: set[str] = set()
    for number, (source, name) in enumerate(files, 1):
        target = job.output / _free(name.with_suffix(_ending(source)), taken)
        line = _Line(say, f"{number} of {len(files)}  {source.name}")
        try:
            count, *said = _do(job, source, target, line.show)
            line.end("; ".join([count, *(each for each in said if each not in heard)]))
            heard.update(said)
            done += 1
        except PhotoRefused as refused:
            line.end(f"not done: {refused.sentence}")
        except (NotDone, OSError) as problem:
            line.end(f"not done: {problem}")
    say.write(f"{done} of {len(files)} done.\n{mask.LOOK_AGAIN if _is_mask(job) else ''}\n")
    return done


def _do(job: Job, source: Path, target: Path, progress: Progress) -> Iterator[str]:
    """Protect one file; what there is to say about it. Raises PhotoRefused, NotDone and OSError."""
    if target.exists() and (not job.force or target.resolve() == source.resolve()):
        raise NotDone(f"{target} is there already; --force writes over it, but never over the original.")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix.lower() in FILMS:
        faces, said = _film(job, source, target, progress)
    else:
        if source.stat().st_size > MAX_BYTES:
            raise PhotoRefused("too_large")
        made = job.tool.protect(open_pixels(source.read_bytes()), job.options, progress)
        _write(target, encode(made.pixels))
        faces, said = made.faces, made.said
    yield f"{faces} covered" if _is_mask(job) else f"{faces} changed"
    yield from said


def _film(job: Job, source: Path, target: Path, progress: Progress) -> tuple[int, tuple[str, ...]]:
    if not _is_mask(job):
        raise NotDone("Films can only be masked.")
    try:
        from privacy import film
    except ImportError:
        raise NotDone("Films need one more package: pip install 'oversight[protect,video]'.") from None
    part = target.with_name(f".{target.name}.part")
    try:
        faces = film.mask_film(source, part, job.options, every=job.every, progress=progress)
        os.replace(part, target)
    except film.NotAFilm as problem:
        raise NotDone(str(problem)) from problem
    finally:
        part.unlink(missing_ok=True)
    return faces, ("the sound is left out",)


def _is_mask(job: Job) -> bool:
    return job.tool.__name__ == mask.__name__


def _ending(source: Path) -> str:
    return ".mp4" if source.suffix.lower() in FILMS else ".jpg"


def _free(name: Path, taken: set[Path]) -> Path:
    """`name`, or with a number where another file of this run has it already (a.png and a.jpg)."""
    free, number = name, 2
    while free in taken:
        free, number = name.with_name(f"{name.stem}-{number}{name.suffix}"), number + 1
    taken.add(free)
    return free


def _write(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


class _Line:
    """One file's line on the terminal: a bar while it is worked on, where there is a terminal, and how it ended."""

    def __init__(self, say: TextIO, name: str) -> None:
        self.say, self.name, self.shown = say, name, -1

    def show(self, share: float) -> None:
        full = round(share * _BAR)
        if full != self.shown and self.say.isatty():
            self.say.write(f"\r{self.name}  [{'#' * full}{'.' * (_BAR - full)}]")
            self.say.flush()
        self.shown = full

    def end(self, words: str) -> None:
        start = "\r\x1b[K" if self.say.isatty() else ""
        self.say.write(f"{start}{self.name}  {words}\n")
        self.say.flush()
