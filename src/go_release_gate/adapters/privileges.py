"""Whom child processes run as. In a container that the runner starts as root, they run as somebody lesser."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.trees import everything_below
from go_release_gate.errors import UnavailableError

NOBODY = 65534
PROBE_TIMEOUT = 10.0
_SET_DUMPABLE = 4  # PR_SET_DUMPABLE of linux/prctl.h


@dataclass(frozen=True, slots=True)
class Identity:
    """User and group ids of child processes."""

    user: int
    group: int


def hide() -> bool:
    """Keep the variables and the memory of this process from other processes of its user; False: that cannot be.

    Code that a step runs as its own user would else read the step's tokens in `/proc/PID/environ`. What this process
    starts is not hidden. Root sees everything. https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
    """
    import ctypes

    try:
        return bool(ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (OSError, TypeError, AttributeError):  # no Linux
        return False


def wanted(effective_user: int, workspace: tuple[int, int], *, in_workflow: bool) -> Identity | None:
    """Whom to run children as: the workspace's owner, or nobody when that is root; None: as ourselves.

    On a person's own machine nothing changes, root or not.
    """
    if effective_user != 0 or not in_workflow:
        return None
    user, group = workspace
    return Identity(user, group or NOBODY) if user != 0 else Identity(NOBODY, NOBODY)


def obstacle(runner: Runner, *, readable: Path, writable: Sequence[Path]) -> str:
    """Why children of `runner` (which drops privileges) could not work; empty: they can."""
    checks = [["-r", str(readable), "-a", "-x", str(readable)], *(["-w", str(path)] for path in writable)]
    for check in checks:
        try:
            answer = runner.run(["/usr/bin/test", *check], cwd=Path("/"), env={}, timeout=PROBE_TIMEOUT)
        except UnavailableError as error:
            return f"the system does not let us ({error.message})"
        if answer.returncode != 0:
            return f"{check[1]} would be out of reach"
    return ""


def give(paths: Iterable[Path], owner: Identity) -> int:
    """Make `owner` own every file below `paths`, links themselves and not their targets; tell how many changed.

    Only root can; a tree whose top belongs to `owner` already is looked through all the same, because an earlier
    step may have filled it.
    """
    changed = 0
    for place in everything_below(paths):
        facts = os.lstat(place)
        if (facts.st_uid, facts.st_gid) != (owner.user, owner.group):
            os.chown(place, owner.user, owner.group, follow_symlinks=False)
            changed += 1
    return changed


def owner_of(path: Path) -> Identity:
    """Who owns a file or directory."""
    facts = path.stat()
    return Identity(facts.st_uid, facts.st_gid)
