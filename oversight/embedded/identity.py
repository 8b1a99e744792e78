"""Whom PostgreSQL runs as: it refuses to be root, and a container often has nobody else.

An ordinary user: themselves. Root: a user namespace in which root's files belong to user 1000, so the data
stays root's own and private. Where namespaces are forbidden: the account `nobody`, which then owns the
database's folder. A folder that already belongs to an ordinary account is run as that account, so root may
start what a user made.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from oversight.embedded.problems import CannotStart
from oversight.embedded.processes import OURSELVES, RunAs

NAMESPACE = RunAs(prefix=("unshare", "--user", "--map-user=1000", "--"))
FALLBACK_ACCOUNT = "nobody"


def choose(cluster: Path, program: Path) -> RunAs:
    """Decide who runs `program` on the `cluster` folder, which may not exist yet. Raises CannotStart."""
    if os.geteuid() != 0:
        return OURSELVES
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return RunAs(uid=owner.st_uid, gid=owner.st_gid)
    if shutil.which(NAMESPACE.prefix[0]) and _works(NAMESPACE, [program, "--version"]):
        return NAMESPACE
    return _fallback(cluster, program)


def _fallback(cluster: Path, program: Path) -> RunAs:
    refused = "PostgreSQL does not run as root, and this system lets root make no user namespaces"
    try:
        account = pwd.getpwnam(FALLBACK_ACCOUNT)
    except KeyError:
        raise CannotStart(
            f"{refused}; there is no account {FALLBACK_ACCOUNT!r} to run it as either. Start as an ordinary "
            f"user, or give a database of your own with DATABASE_URL."
        ) from None
    run_as = RunAs(uid=account.pw_uid, gid=account.pw_gid)
    open_for_passing(cluster.parent)
    if not _works(run_as, [program, "--version"]) or not _works(run_as, ["test", "-x", cluster.parent]):
        raise CannotStart(
            f"{refused}. The account {FALLBACK_ACCOUNT!r} could run it, but cannot reach {cluster.parent} or "
            f"{program.parent}. Put the project and OVERSIGHT_DATA where it can (not below /root), start as "
            f"an ordinary user, or give a database of your own with DATABASE_URL."
        )
    return run_as


def _works(run_as: RunAs, command: list[str | Path]) -> bool:
    try:
        done = subprocess.run(  # type: ignore[call-overload]
            [*run_as.prefix, *map(str, command)],
            capture_output=True,
            check=False,
            cwd="/",
            **run_as.options(),
        )
    except OSError:
        return False
    return bool(done.returncode == 0)


def open_for_passing(folder: Path) -> None:
    """Let another account pass through a folder of ours without letting it look inside."""
    if folder.exists() and folder.stat().st_uid == os.geteuid():
        folder.chmod(folder.stat().st_mode | 0o011)


def hand_over(folder: Path, run_as: RunAs) -> None:
    """Give a folder and all in it to the account that will work there; nothing to do when that is us."""
    if run_as.uid is None or run_as.gid is None or os.geteuid() != 0:
        return
    for parent, _, files in os.walk(folder):
        for path in [parent, *(os.path.join(parent, name) for name in files)]:
            if os.lstat(path).st_uid != run_as.uid:
                os.chown(path, run_as.uid, run_as.gid, follow_symlinks=False)
