"""Hostile photos through the cage: `python -m tests.privacy.fuzz --n 2000 --seed 1`. Prints how they ended, as JSON.

Ends with 1 when one of them got out of the cage (an error that is no refusal), took more than ten seconds or more than
1 GiB, came back as anything but a picture, or was refused without a sentence.
"""

import argparse
import json
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from privacy.cage import CAGES_AT_ONCE, rebuild_in_cage
from privacy.photos import PhotoRefused
from privacy.refusals import SENTENCES
from privacy.segments import is_only_a_picture
from tests.privacy.hostile import hostile

MOST_SECONDS = 10.0
MOST_MEMORY = 2**30
ACCEPTED, ESCAPED, DIRTY = "accepted", "escaped", "not only a picture"


@dataclass(frozen=True)
class Outcome:
    number: int
    kind: str
    code: str
    seconds: float

    @property
    def is_fault(self) -> bool:
        return (self.code != ACCEPTED and self.code not in SENTENCES) or self.seconds > MOST_SECONDS


def try_one(seed: int, number: int) -> Outcome:
    kind, data = hostile(seed, number)
    began = time.monotonic()
    try:
        code = ACCEPTED if is_only_a_picture(rebuild_in_cage(data).jpeg) else DIRTY
    except PhotoRefused as refused:
        code = refused.code
    except Exception as error:  # whatever gets out is what is looked for
        code = f"{ESCAPED}: {type(error).__name__}"
    return Outcome(number, kind, code, time.monotonic() - began)


def run(seed: int, count: int) -> list[Outcome]:
    """As many at a time as the cage lets in."""
    with ThreadPoolExecutor(CAGES_AT_ONCE) as pool:
        return list(pool.map(lambda number: try_one(seed, number), range(count)))


def summary(outcomes: list[Outcome]) -> dict[str, object]:
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    return {
        "images": len(outcomes),
        "faults": [vars(outcome) for outcome in outcomes if outcome.is_fault],
        "ended": dict(Counter(outcome.code for outcome in outcomes).most_common()),
        "died_in_the_cage": dict(Counter(o.kind for o in outcomes if o.code == "crashed")),
        "slowest": {"kind": slowest.kind, "seconds": round(slowest.seconds, 2)},
        "peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    told = summary(run(asked.seed, asked.n))
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 1 if told["faults"] or int(str(told["peak_mib"])) > MOST_MEMORY // 2**20 else 0


if __name__ == "__main__":
    sys.exit(main())
