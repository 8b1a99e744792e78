"""The child's side of the cage: shut every door first, then read the hostile bytes, work, and answer.

Run as a script by `privacy.cage` (`python -I -S -B cell.py TASK LIMITS PATH...`), so it must start fast: only
what is needed is imported, and `site` is skipped (its .pth files cost more than the work on a small photo).

The doors: 1 GiB of address space, a few seconds of CPU, no core file, no byte written to any file, few open
files, death together with the parent, no network, no new process and no new program. The last three are a
seccomp filter (Linux on x86-64 or ARM64, no privilege needed); the network is also shut by an empty network
namespace where the system grants one. What stays open: reading files that the parent may read.
"""

import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import struct
import sys

_MOST_INPUT = (
    48 * 2**20
)  # more than a photo with a tool's options or a PDF may have, so that the excess is seen

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

# System call numbers that opening a photo never needs: sockets, running programs, reaching into or signalling
# other processes, and io_uring, which could do those behind the filter's back (syscall_64.tbl, unistd.h).
_ARCHITECTURES = {
    "x86_64": (0xC000003E, 56, (41, 42, 49, 53, 57, 58, 59, 62, 101, 310, 311, 322, 424, 425, 426, 427)),
    "aarch64": (0xC00000B7, 220, (117, 129, 198, 199, 200, 203, 221, 270, 271, 281, 424, 425, 426, 427)),
}
_CLONE3 = 435
_CLONE_THREAD = 0x10000
_X32_CALLS = 0x40000000
_ALLOW, _FORBIDDEN, _UNKNOWN_CALL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS


def main() -> None:
    """Limit this process, read the upload from stdin, run the task on it and write the frame to stdout."""
    task, limits = sys.argv[1], json.loads(sys.argv[2])
    _limit_resources(**limits)
    _shut_the_network()
    # After the standard library: a package beside Pillow must not be able to stand in for a part of Python.
    sys.path.extend(sys.argv[3:])
    module, _, function = task.partition(":")
    work = getattr(importlib.import_module(module), function)
    frame = work(sys.stdin.buffer.read(_MOST_INPUT))
    sys.stdout.buffer.write(frame)
    sys.stdout.buffer.flush()


def _limit_resources(memory: int, cpu_seconds: int, open_files: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _shut_the_network() -> None:
    """Best effort: each step may be refused by the system, and the others then still stand."""
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if libc.unshare(_CLONE_NEWNET) != 0:
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        program = _seccomp_program()
        if program is not None and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    except (OSError, AttributeError):
        return  # not Linux


class _Program(ctypes.Structure):
    """struct sock_fprog: a count and a pointer to that many 8-byte instructions."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]
    instructions_kept_alive: ctypes.Array[ctypes.c_char]


def _seccomp_program() -> _Program | None:
    """A classic BPF program that refuses what is listed above and every new process, but not a thread."""
    known = _ARCHITECTURES.get(os.uname().machine)
    if known is None:
        return None
    architecture, clone, calls = known
    load, if_equal, if_at_least, if_any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    # Operation, instructions to skip when true, when false, operand. Offsets are those of seccomp_data.
    code = [
        (load, 0, 0, 4),  # the architecture
        (if_equal, 1, 0, architecture),
        (give, 0, 0, _FORBIDDEN),
        (load, 0, 0, 0),  # the call's number
        (if_at_least, 0, 1, _X32_CALLS),
        (give, 0, 0, _FORBIDDEN),
    ]
    for call in calls:
        code += [(if_equal, 0, 1, call), (give, 0, 0, _FORBIDDEN)]
    code += [
        # clone3 keeps its flags where a filter cannot look: "unknown" makes the C library use clone instead.
        (if_equal, 0, 1, _CLONE3),
        (give, 0, 0, _UNKNOWN_CALL),
        (if_equal, 0, 3, clone),
        (load, 0, 0, 16),  # its flags
        (if_any_bit, 1, 0, _CLONE_THREAD),
        (give, 0, 0, _FORBIDDEN),
        (give, 0, 0, _ALLOW),
    ]
    packed = b"".join(struct.pack("HBBI", *instruction) for instruction in code)
    held = ctypes.create_string_buffer(packed, len(packed))
    program = _Program(len(code), ctypes.cast(held, ctypes.c_void_p))
    program.instructions_kept_alive = held
    return program


if __name__ == "__main__":
    main()
