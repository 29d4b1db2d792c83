"""Remove a private directory, whatever modes and however deep a nesting lie in it."""

from __future__ import annotations

import os
from contextlib import suppress


def remove_tree(top: str) -> bool:
    """Remove `top` and all below without following a link; whether nothing is left. Never raises for what lies there.

    Without recursion: thousands of nested directories are removed too.
    """
    found = [top]
    for directory in found:  # grows while it is walked: parents before children
        found.extend(_emptied(directory))
    for directory in reversed(found):
        with suppress(OSError):
            os.rmdir(directory)  # noqa: PTH106 - no path objects in the hot loop
    return not os.path.lexists(top)


def _emptied(directory: str) -> list[str]:
    """Remove the files of one directory; its directories."""
    folders: list[str] = []
    with suppress(OSError):
        if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
            os.chmod(directory, 0o700)  # noqa: PTH101
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    _unlink(entry.path)
    return folders


def _unlink(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)  # noqa: PTH108
