"""`python -m privacy.bot`: answers a mention on Mastodon with the photos in it, every head covered, and forgets them.

Only public posts that mention the bot are read, and only their pictures, each within the limits of any other upload.
Answers say who asked and are not listed; nobody is answered twice, nor more than a few times an hour. What is kept is
one number, the last mention that was seen: it is written down before the work begins, so that a bot that is killed
in the middle rather leaves a question open than answers it twice.

The API's shapes are those of docs.joinmastodon.org: notifications, statuses, media (version 2, which may answer 202
while it still works on a picture).
"""

import argparse
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from privacy import protecting
from privacy.mastodon import Refused, Server
from privacy.outcomes import Order, Outcome
from privacy.photos import PhotoRefused
from privacy.tools.mask import LOOK_AGAIN
from privacy.turns import Turns

MOST_PICTURES: Final = 4
MOST_AN_HOUR: Final = 10
"""Mentions of one account that are answered."""
PAUSE: Final = 30.0
SECONDS_A_PHOTO: Final = 90.0
_PUBLIC: Final = frozenset({"public", "unlisted"})
_HOUR: Final = 3600.0
_VISITOR: Final = "bot"


@dataclass
class Bot:
    """Answers mentions on one server. `memory`: the file with the last mention's number."""

    server: Server
    memory: Path
    order: Order = field(default_factory=lambda: Order("mask"))
    now: Callable[[], float] = time.monotonic
    _asked: dict[str, deque[float]] = field(default_factory=dict, repr=False)
    _turns: Turns = field(default_factory=lambda: Turns(1, 1), repr=False)

    def answer_all(self) -> int:
        """Answer every mention since the last one; how many were answered. Raises Refused when the server says no."""
        answered = 0
        for mention in sorted(self.server.mentions(self._last()), key=lambda each: int(each["id"])):
            self.memory.write_text(mention["id"], encoding="ascii")
            answered += self._answer(mention)
            self.server.dismiss(mention["id"])
        return answered

    def _last(self) -> str:
        """Where to go on; empty on the first run."""
        try:
            word = self.memory.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        return word if word.isdecimal() else ""

    def _answer(self, mention: dict[str, Any]) -> bool:
        """Answer one mention, if it is one to answer."""
        status, account = mention.get("status") or {}, mention["account"]
        pictures = [each for each in status.get("media_attachments", ()) if each.get("type") == "image"]
        is_wanted = status.get("visibility") in _PUBLIC and pictures and not account.get("bot")
        if not is_wanted or not self._may_ask_again(account["id"]):
            return False
        media: list[str] = []
        said: list[str] = []
        for number, picture in enumerate(pictures[:MOST_PICTURES], 1):
            try:
                covered = self._covered(picture["url"])
                media.append(self.server.upload(covered.jpeg, f"Photo with {covered.faces} heads covered."))
                said += covered.said
            except (PhotoRefused, Refused) as refusal:
                said.append(f"Picture {number}: {refusal.sentence}")
        said.append(LOOK_AGAIN if media else "")
        words = " ".join([f"@{account['acct']}", *dict.fromkeys(filter(None, said))])
        self.server.reply(words, to=status["id"], media=media, once=f"oversight-{mention['id']}")
        return True

    def _may_ask_again(self, account: str) -> bool:
        times = self._asked.setdefault(account, deque())
        while times and self.now() - times[0] > _HOUR:
            times.popleft()
        times.append(self.now())
        return len(times) <= MOST_AN_HOUR

    def _covered(self, url: str) -> Outcome:
        """A picture from the server, covered in the cage: what strangers send is not decoded anywhere else."""
        photo = self.server.picture(url)
        return protecting.protect_now(
            photo, self.order, turns=self._turns, visitor=_VISITOR, seconds=SECONDS_A_PHOTO
        )


def main(words: list[str]) -> int:
    """Answer until stopped, or once; the exit code."""
    parser = argparse.ArgumentParser("python -m privacy.bot", description=__doc__)
    parser.add_argument("server", help="the address of the server, such as https://example.org")
    parser.add_argument(
        "--memory", type=Path, required=True, metavar="FILE", help="where the last number is kept"
    )
    parser.add_argument("--once", action="store_true", help="answer what waits, and end")
    asked = parser.parse_args(words)
    token = os.environ.get("MASTODON_TOKEN", "")
    if not token:
        sys.stderr.write("MASTODON_TOKEN is not set: make a token for the bot's account on its server.\n")
        return 2
    try:
        bot = Bot(Server(asked.server, token), asked.memory)
    except Refused as refusal:
        sys.stderr.write(f"{refusal.sentence}\n")
        return 2
    while True:
        pause = PAUSE
        try:
            bot.answer_all()
        except Refused as refusal:
            sys.stderr.write(f"{refusal.sentence}\n")
            pause = max(PAUSE, refusal.wait)
            if asked.once:
                return 1
        if asked.once:
            return 0
        time.sleep(pause)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
