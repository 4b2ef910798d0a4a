"""Run a program so that it dies with the process that started it, and as another user where asked.

    python -I -S launch.py '{"parent": 4711, "death_signal": 15}' program argument ...

A script of its own between fork and exec, because Python may not run code there safely (`preexec_fn`)
once its process has threads. It replaces itself by the program: the process id stays.
"""

import ctypes
import json
import os
import signal
import sys

# linux/prctl.h, linux/securebits.h, linux/capability.h
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522


class Header(ctypes.Structure):
    """What capset(2) is told first: the layout, and whose capabilities (0: our own)."""

    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class Data(ctypes.Structure):
    """One of capset's two words of 32 capabilities each."""

    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def become(libc: ctypes.CDLL, uid: int, gid: int, capabilities: list[int]) -> None:
    """Drop root for good. Of the capabilities, the first that we have is kept, also over exec."""
    if capabilities:
        # Keeps capabilities over setuid, and makes access(2) respect them: initdb and postgres look
        # for each other with it, and it otherwise judges a process that is not root by the modes alone.
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    for capability in capabilities:
        if keep_only(libc, capability):
            return
    if capabilities:
        sys.exit("launch: root lacks the capability to let another user into a folder closed to others")


def keep_only(libc: ctypes.CDLL, capability: int) -> bool:
    """Reduce our capabilities to this one, inherited by programs we run; False where we do not have it."""
    bit = 1 << capability  # both that we use lie in the first word
    words = (Data * 2)(Data(bit, bit, bit), Data(0, 0, 0))
    if libc.capset(ctypes.byref(Header(CAPABILITY_VERSION_3, 0)), words) != 0:
        return False
    return bool(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)


def die_with(libc: ctypes.CDLL, parent: int, death_signal: int) -> None:
    """Have the kernel signal us when the thread that started us ends (on Linux; else see `leftovers`)."""
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)  # after setuid, which would clear it
    if os.getppid() != parent:
        sys.exit("launch: whoever started this is gone")


def main(request: str, *program: str) -> None:
    """Never returns: becomes the program, or exits 127 with the reason."""
    how = json.loads(request)
    libc = ctypes.CDLL(None, use_errno=True)
    if "uid" in how:
        become(libc, how["uid"], how["gid"], how["capabilities"])
    die_with(libc, how["parent"], how["death_signal"])
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    try:
        os.execv(program[0], program)
    except OSError as error:
        print(f"cannot run {program[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main(*sys.argv[1:])
