"""Read a file of the checkout without being led astray: no symbolic link, nothing but a regular file, bounded size.

A checkout is written by others. A symlinked go.mod makes `go mod tidy` write through the link and a link elsewhere
shows its first line in a parse error (research/github-and-security.md, fact 3); a local go.mod is read whole by Go
whatever its size. So each component is opened on its own, and none may be a link.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class RefusedFileError(Exception):
    """A file that is not read; `is_unsafe`: because of where it leads, not of what it is."""

    def __init__(self, message: str, *, is_unsafe: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_unsafe = is_unsafe


def read_regular(root: Path, directory: str, name: str, limit: int) -> bytes | None:
    """Content of the regular file `name` in `directory` (relative to `root`), or None when it does not exist.

    Args:
        limit: bytes; a larger file is refused without reading it.

    Raises:
        RefusedFileError: a symbolic link on the way, no regular file, too large, or not readable.
    """
    try:
        folder = open_directory(root, directory)
    except OSError as error:
        raise _refusal(directory, error) from error
    try:
        return _read(folder, name, limit)
    except OSError as error:
        raise _refusal(name, error) from error
    finally:
        os.close(folder)


def open_directory(root: Path, directory: str) -> int:
    """A descriptor of `directory` below `root`, every component opened without following a link (OSError if one is)."""
    current = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in () if directory == "." else directory.split("/"):
        try:
            following = os.open(part, _FLAGS | os.O_DIRECTORY, dir_fd=current)
        finally:
            os.close(current)
        current = following
    return current


def _read(folder: int, name: str, limit: int) -> bytes | None:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    _demand_regular(name, found.st_mode)
    file = os.open(name, _FLAGS, dir_fd=folder)
    with os.fdopen(file, "rb", buffering=0) as stream:
        now = os.fstat(file)
        _demand_regular(name, now.st_mode)
        data = b"" if now.st_size > limit else _read_at_most(stream.fileno(), limit + 1)
        size = max(now.st_size, len(data))
    if size > limit:
        raise RefusedFileError(f"{name} has {size:,} bytes, more than the limit of {limit:,}")
    return data


def _read_at_most(file: int, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0 and (part := os.read(file, min(limit, 1 << 20))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _demand_regular(name: str, mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise RefusedFileError(f"{name} is a symbolic link; go would read and write through it", is_unsafe=True)
    if stat.S_ISREG(mode):
        return
    kinds = ((stat.S_ISDIR, "directory"), (stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"))
    kind = next((word for test, word in kinds if test(mode)), "device")
    raise RefusedFileError(f"{name} is a {kind}, not a regular file", is_unsafe=kind != "directory")


def _refusal(name: str, error: OSError) -> RefusedFileError:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return RefusedFileError(f"a symbolic link lies on the way to {name}", is_unsafe=True)
    return RefusedFileError(f"{name} cannot be read: {(error.strerror or 'unknown error').lower()}")
