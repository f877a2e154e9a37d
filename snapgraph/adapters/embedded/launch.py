"""Become another program that dies with its parent: run by file, in a fresh interpreter, before ``exec``.

``python -I -S launch.py TIE PARENT_PID SIGNAL UID GID PROGRAM [ARGUMENT …]``

A step of its own because ``prctl`` between ``fork`` and ``exec`` of a process with threads can deadlock, and because
the kernel forgets the death signal when the user changes: user first, then ``PR_SET_PDEATHSIG``, then ``exec``. Where
there is no ``prctl`` (macOS, BSD) TIE is ``watcher`` instead of ``kernel``: a small process that looks every 0.2 s.
Imports the standard library only, since the other user may not be able to read any other package.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time

__all__ = ["exists", "main"]

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 0.2
KERNEL = "kernel"
WATCHER = "watcher"
KEEP = -1
"""As UID or GID: stay who you are."""


def _become(uid: int, gid: int) -> None:
    """Give up the rights of root for good."""
    if uid == KEEP:
        return
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def exists(pid: int) -> bool:
    """Tell whether there is a process of that id, ended ones included that nobody has taken note of."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _watch(parent: int, target: int, death_signal: int) -> None:
    """Signal ``target`` when ``parent`` is gone; end when ``target`` is."""
    while exists(target):
        if not exists(parent):
            os.kill(target, death_signal)
            return
        time.sleep(WATCH_SECONDS)


def _leave_watcher(parent: int, death_signal: int) -> None:
    """Fork twice, so that the program never sees a child that it did not start."""
    target = os.getpid()
    if os.fork() == 0:
        if os.fork() == 0:
            _watch(parent, target, death_signal)
        os._exit(0)
    os.wait()


def _die_with_parent(tie: str, parent: int, death_signal: int) -> None:
    if tie == WATCHER:
        _leave_watcher(parent, death_signal)
    elif ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        sys.exit("launch: prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before the kernel knew our wish
        sys.exit("launch: the parent is gone")


def main(arguments: list[str]) -> None:
    """Change user, tie our life to the parent's, and become the program.

    Args:
        arguments: ``kernel`` or ``watcher``, parent's pid, death signal, uid, gid (-1: keep), program, its arguments.
    """
    tie, command = arguments[0], arguments[5:]
    parent, death_signal, uid, gid = (int(text) for text in arguments[1:5])
    _become(uid, gid)
    _die_with_parent(tie, parent, death_signal)
    os.execv(command[0], command)  # noqa: S606 - no shell is the point; the command comes from our own code


if __name__ == "__main__":
    main(sys.argv[1:])
