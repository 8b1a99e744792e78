"""The real worker with an encoder that takes half a minute: so that a door can be closed while a face is measured.

Only the last edge is replaced, the call into the face library; the gate, the permit, the queue, the forked job and
the upkeep process are the product's own. The job's process id is written to the file named in SLOW_ENCODER_FILE.
"""

import os
import time
from pathlib import Path
from typing import Any

from recognition import engine
from workers.__main__ import main

SECONDS = 30


def measure_for_long(**asked: Any) -> engine.Template:
    asked["permit"].spend()
    note = Path(os.environ["SLOW_ENCODER_FILE"])
    unfinished = note.with_suffix(".new")
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(note)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        sum(range(10_000))  # busy, as a network is: no sleep that a signal could end early
    raise AssertionError("The job was not stopped while it measured a face")


if __name__ == "__main__":
    engine.measure = measure_for_long
    main()
