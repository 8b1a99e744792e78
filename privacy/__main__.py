"""`python -m privacy PHOTO... -o DIR --tool mask`: protects photos on this computer, with the network off.

Exit code 0: every file was done. 1: some were not, and each is named with its reason. 2: nothing was tried.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final, get_args, get_origin

from privacy import batch, heads, options, release, tools
from privacy.networks import WeightsError
from privacy.shapes import Share

EPILOG: Final = """Boxes are written left,top,width,height in per cent of the photo. Files are never sent
anywhere, and nothing of the original but its pixels gets into the copy: no place, no time, no camera."""


def main(words: Sequence[str]) -> int:
    """Do what the words of the command line say; the exit code."""
    try:
        tool, asked = _read(words)
        heads.load(threads=os.cpu_count() or 1)
        given = _words(tool, asked)
        agreed = release.given(agreed=asked.agree) if options.needs_release(tool) else None
        job = batch.Job(
            tool, options.read(tool, given, agreed), asked.output, force=asked.force, every=asked.every
        )
    except options.OptionRefused as problem:
        return _refuse(problem.sentence)
    except tools.ToolMissing as problem:
        return _refuse(f"The packages that {problem} needs are not installed here: see docs/protecting.md.")
    except WeightsError as problem:
        return _refuse(str(problem))
    except release.ReleaseMissing:
        return _refuse(
            f"This tool measures a face. Read this, and say --agree if it is so:\n\n{release.TEXT}"
        )
    files = batch.files_of(asked.files)
    if not files:
        return _refuse("There is no photo in what you named.")
    return 0 if batch.run(job, files, sys.stderr) == len(files) else 1


def _read(words: Sequence[str]) -> tuple[ModuleType, argparse.Namespace]:
    """The tool that is asked for, and what is asked of it. argparse itself ends the program with 2 and its reason."""
    parser, first = _parser(), argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--tool", choices=tools.NAMES, default="mask")
    name_of_tool = first.parse_known_args(words)[0].tool
    tool = tools.tool(name_of_tool)
    group = parser.add_argument_group(f"options of {name_of_tool}", tool.Options.__doc__)
    for name, kind in options.kinds(tool).items():
        several = get_origin(kind) is tuple
        of = get_args(kind)[0] if several else kind
        group.add_argument(
            f"--{name.replace('_', '-')}",
            action="append",
            metavar={bool: "yes|no", int: "N", float: "N", Share: "L,T,W,H"}.get(of, "NAME"),
            help="may be given several times" if several else None,
        )
    return tool, parser.parse_args(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m privacy", description=__doc__, epilog=EPILOG, allow_abbrev=False
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="PHOTO", help="photos, films (mp4), or folders"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="where the copies go")
    parser.add_argument("--tool", choices=tools.NAMES, default="mask")
    parser.add_argument("--force", action="store_true", help="write over files that are there")
    parser.add_argument(
        "--agree", action="store_true", help="for tools that measure a face: you agree to that"
    )
    parser.add_argument(
        "--every", type=int, default=5, metavar="N", help="films: look for heads in each Nth picture"
    )
    return parser


def _words(tool: ModuleType, asked: argparse.Namespace) -> dict[str, list[str]]:
    given: dict[str, Any] = {name: getattr(asked, name) for name in options.kinds(tool)}
    return {name: values for name, values in given.items() if values is not None}


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
