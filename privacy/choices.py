"""What each tool is for, and what it does not do, in the page's words: the fear first, then the tool.

Figures that a tool measures on the result itself are said by the tool; nothing here promises what was not measured.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from privacy import options, tools


@dataclass(frozen=True)
class Choice:
    """One tool as the page offers it."""

    name: str
    title: str
    does: str
    does_not: str
    needs_release: bool = False


_ALL: Final = (
    Choice(
        "mask",
        "Cover the heads",
        "Paints every head over in one colour. The strongest: nobody can take paint off a photo.",
        "It does not hide clothes, tattoos, voices or places, and it can miss people. You look before you post.",
    ),
    Choice(
        "replace",
        "Put the face of nobody in its place",
        "Gives a face another one that belongs to nobody, so that the photo still looks natural.",
        "Hair, ears, clothes and the place stay as they are. People who know you may still know you.",
    ),
    Choice(
        "evade",
        "Make it hard for programs to find a face",
        "Changes pixels so that some programs see no face, and writes on the photo that it is not to be read.",
        "People see you as before, and other programs still find the face. It never replaces covering.",
    ),
    Choice(
        "cloak",
        "Disturb programs that learn my face",
        "Changes pixels a little so that some programs that learn from this photo learn somebody else.",
        "People see you as before. Programs that it was not made against mostly still recognise you.",
    ),
    Choice(
        "unlearnable",
        "Make a folder of photos worth little to learn from",
        "Lays the same faint patches of colour over your face in all your photos; a program learns those first.",
        "It does nothing against programs that are finished, nor for photos that you posted before.",
    ),
)


@cache
def offered() -> tuple[Choice, ...]:
    """Those that the site itself can do: none that needs torch, and only what is installed here."""
    found = []
    for each in _ALL:
        if each.name in tools.OFFLINE:
            continue
        try:
            tool = tools.tool(each.name)
        except tools.ToolMissing:
            continue
        found.append(Choice(each.name, each.title, each.does, each.does_not, options.needs_release(tool)))
    return tuple(found)


def at_home() -> tuple[Choice, ...]:
    """Those that take minutes, for the program on one's own computer."""
    return tuple(each for each in _ALL if each.name in tools.OFFLINE)
