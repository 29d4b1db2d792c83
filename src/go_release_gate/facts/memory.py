"""A directory in memory for short-lived copies, and the removal of what a killed run left there."""

from __future__ import annotations

import os
from pathlib import Path

from go_release_gate.facts.removal import remove_tree

PREFIX = "go-release-gate-"
PLACE = Path("/dev/shm")  # noqa: S108 - a tmpfs on Linux; the copies below it are made by mkdtemp, readable by us alone
LEAST_FREE = 64 << 20  # bytes; below that a copy is not even tried


def memory_directory() -> Path | None:
    """The tmpfs, when it is there, writable and has room. Sweeps what runs that were killed left in it."""
    try:
        if not os.access(PLACE, os.W_OK | os.X_OK) or free_bytes(PLACE) < LEAST_FREE:
            return None
        _sweep()
    except OSError:
        return None
    return PLACE


def free_bytes(directory: Path) -> int:
    """Bytes that an ordinary process may still write there."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize


def _sweep() -> None:
    """Remove our own copies whose process is gone: SIGKILL lets nobody clean up, and memory is scarce."""
    with os.scandir(PLACE) as entries:
        names = [entry.name for entry in entries if entry.name.startswith(PREFIX)]
    for name in names:
        pid = name.removeprefix(PREFIX).partition("-")[0]
        path = PLACE / name
        if pid.isdigit() and path.lstat().st_uid == os.geteuid() and not Path(f"/proc/{pid}").exists():
            remove_tree(str(path))
