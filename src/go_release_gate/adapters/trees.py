"""Walk and remove whole trees, however deep, without following a link."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path


def everything_below(paths: Iterable[Path]) -> Iterator[str]:
    """Every path at or below `paths`, a directory before what is in it.

    A stack, because a tree may be deeper than Python's recursion.
    """
    stack = [str(path) for path in paths if path.is_dir() and not path.is_symlink()]
    while stack:
        directory = stack.pop()
        yield directory
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    yield entry.path


def remove(directory: Path) -> None:
    """Remove a tree; Go leaves directories in a module cache without the right to write. What resists stays."""
    places = []
    with contextlib.suppress(OSError):
        for place in everything_below([directory]):
            places.append(place)
            mode = os.lstat(place).st_mode
            if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
                Path(place).chmod(mode | stat.S_IRWXU)
    for place in reversed(places):
        with contextlib.suppress(OSError):
            _remove_one(place)


def _remove_one(place: str) -> None:
    if stat.S_ISDIR(os.lstat(place).st_mode):
        os.rmdir(place)  # noqa: PTH106 - a path object for every file of a large cache costs more than its removal
    else:
        os.unlink(place)  # noqa: PTH108 - as above
