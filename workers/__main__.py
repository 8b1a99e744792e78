"""The worker: `python -m workers`. Loads the models once, then forks a child for every job.

A second process sweeps (workers/upkeep.py). Both end with this one, however it ends.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
from multiprocessing.process import BaseProcess
from types import FrameType

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oversight.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from rq import Worker  # noqa: E402
from rq.serializers import JSONSerializer  # noqa: E402

from oversight import queues  # noqa: E402
from privacy import heads  # noqa: E402
from workers import upkeep  # noqa: E402

logger = logging.getLogger("workers")
PR_SET_PDEATHSIG = 1
LONGEST_WAIT_FOR_REDIS = 5.0


def load_models() -> None:
    """Before the fork, so that a job starts with them in memory and shares that memory."""
    heads.load()
    if apps.is_installed("recognition"):
        from recognition import classification, engine, guard_audit

        guard_audit.purge()
        if found := guard_audit.findings():
            sys.exit(
                f"The guard is not whole, so the worker does not start: {found}. See manage.py guard_audit."
            )
        classification.loaded_backend()
        engine.load()


def start_upkeep() -> BaseProcess:
    """Fork the sweeper while this process is still small."""
    parent = os.getpid()
    sweeper = multiprocessing.get_context("fork").Process(
        target=_upkeep, args=(parent,), name="upkeep", daemon=True
    )
    sweeper.start()
    return sweeper


def _upkeep(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:  # it may have died before we asked to be told
        upkeep.run_for_ever()


def end_without(sweeper: BaseProcess) -> None:
    """End politely when the sweeper has ended, however that came: whoever watches this process starts both again."""
    ours = os.getpid()

    def look(_number: int, _frame: FrameType | None) -> None:
        if os.getpid() == ours and not sweeper.is_alive():  # a forked job inherits this, and has no sweeper
            logger.error("The sweeper has ended, so the worker ends too")
            os.kill(ours, signal.SIGTERM)

    signal.signal(signal.SIGCHLD, look)
    look(signal.SIGCHLD, None)  # in case that it has ended before anybody looked


def main() -> None:
    call_command("check")
    sweeper = start_upkeep()
    load_models()
    connections.close_all()
    logger.info("Ready for photos")
    worker = Worker(
        [queues.queue(name) for name in queues.IN_ORDER],
        connection=queues.connection(),
        serializer=JSONSerializer,
        job_monitoring_interval=10,
        maintenance_interval=30,
        disable_default_exception_handler=False,
        log_job_description=False,
    )
    worker.max_connection_wait_time = LONGEST_WAIT_FOR_REDIS
    end_without(sweeper)
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    main()
