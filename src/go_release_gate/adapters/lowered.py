"""Run children as somebody lesser for a while, with the caches theirs, and hand the caches over at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from go_release_gate.adapters import privileges
from go_release_gate.adapters.privileges import Identity
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.errors import UnavailableError


@contextmanager
def lowered_privileges(
    root: Path, home: Path, caches: Sequence[Path], *, in_workflow: bool, workspace: Path | None = None
) -> Iterator[tuple[ProcessRunner, tuple[int, int] | None, tuple[str, ...]]]:
    """Give the runner of children, the ids they run as (None: ours), and a notice when they run as root.

    Args:
        root: what children read. workspace: whose owner they run as; None: the root.
        home: private directory, all of it given to the children's user.
        caches: module and build cache; they are made, and belong to the workspace's owner in the end.

    Raises:
        UnavailableError: a cache cannot be made.
    """
    owner = privileges.owner_of(workspace or root)
    who = privileges.wanted(os.geteuid(), (owner.user, owner.group), in_workflow=in_workflow)
    made = [_made(cache) for cache in caches]
    if who is None:
        yield ProcessRunner(), None, ()
        return
    runner, problem = _tried(who, root, [home, *made], caches)
    try:
        if problem:
            yield runner, None, (f"child processes run as root: {problem}",)
        else:
            yield runner, (who.user, who.group), (f"child processes run as user {who.user}, group {who.group}",)
    finally:
        if problem or who != owner:
            privileges.give(made, owner)


def _tried(who: Identity, root: Path, given: Sequence[Path], caches: Sequence[Path]) -> tuple[ProcessRunner, str]:
    """The lesser runner, or our own and what stood in the way."""
    runner = ProcessRunner(user=who.user, group=who.group)
    try:
        privileges.give(given, who)
        problem = privileges.obstacle(runner, readable=root, writable=caches)
    except PermissionError as error:
        problem = str(error)
    return (ProcessRunner(), problem) if problem else (runner, "")


def _made(cache: Path) -> Path:
    """Make a cache directory; give the topmost directory that had to be made for it, or itself."""
    top = cache
    for parent in cache.parents:
        if parent.exists():
            break
        top = parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"the cache {str(cache)!r} cannot be made: {error}", "set GOMODCACHE and GOCACHE"
        ) from error
    return top
