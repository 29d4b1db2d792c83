"""A file of SHA-256 sums, as `sha256sum` writes it, and the files it names; nothing is read outside one directory.

https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from go_release_gate.errors import RefusedError, UnavailableError

SIZE_LIMIT = 4 << 20  # bytes of the file of sums
_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)|SHA256 \((.+)\) = ([0-9a-fA-F]{64})")
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Sum:
    """A file, relative to the directory of the sums, and what its content should be."""

    path: str
    digest: str


def read_sums(data: bytes, name: str) -> tuple[Sum, ...]:
    """What a file of sums says. Raises RefusedError for lines of another form, and for names that lead elsewhere."""
    found: dict[str, str] = {}
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        path = (match[2] or match[3]) if match else ""
        digest = ((match[1] or match[4]) if match else "").lower()
        if not match or not _is_below(path):
            raise RefusedError(
                f"{name} line {number} is no SHA-256 sum of a file below its directory",
                "write it there with `sha256sum FILES`",
            )
        if found.setdefault(path.removeprefix("./"), digest) != digest:
            raise RefusedError(f"{name} line {number} says another sum of {path} than before")
    if not found:
        raise RefusedError(f"{name} holds no sum")
    return tuple(Sum(path, digest) for path, digest in found.items())


def verify_sums(root: Path, name: str) -> str:
    """Hold every file that `name` (relative to `root`) lists against its sum; `sha256:…` of the list itself.

    Raises:
        RefusedError: a file is missing, is another, or lies behind a symbolic link. UnavailableError: not readable.
    """
    if not _is_below(name):
        raise RefusedError(f"{name} is not below the root")
    data = _bytes_of(root, name)
    directory = (root / name).parent
    for one in read_sums(data, name):
        found = _digest(directory, one.path)
        if found != one.digest:
            raise RefusedError(
                f"{one.path} is not what {name} says: sha256 {found[:12]}…, expected {one.digest[:12]}…",
                "release the files that were built, or write the sums again",
            )
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _is_below(path: str) -> bool:
    parts = path.split("/")
    return bool(path) and "\0" not in path and not path.startswith(("/", "\\")) and ".." not in parts


def _bytes_of(root: Path, name: str) -> bytes:
    file = _opened(root, name)
    with os.fdopen(file, "rb") as stream:
        data = stream.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise RefusedError(f"{name} is larger than {SIZE_LIMIT} bytes")
    return data


def _digest(directory: Path, path: str) -> str:
    with os.fdopen(_opened(directory, path), "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _opened(directory: Path, path: str) -> int:
    """A descriptor of the regular file `path`, every part of the way opened without following a link."""
    try:
        current = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        parts = [part for part in path.split("/") if part not in ("", ".")]
        for number, part in enumerate(parts, 1):
            try:
                following = os.open(part, _FLAGS | (os.O_DIRECTORY if number < len(parts) else 0), dir_fd=current)
            finally:
                os.close(current)
            current = following
    except (FileNotFoundError, NotADirectoryError):
        raise RefusedError(f"{path} is missing, or lies behind a symbolic link; its sum is to be verified") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise RefusedError(f"{path} lies behind a symbolic link, which is not followed") from None
        raise UnavailableError(f"{path} cannot be read: {(error.strerror or 'unknown error').lower()}") from None
    if not stat.S_ISREG(os.fstat(current).st_mode):
        os.close(current)
        raise RefusedError(f"{path} is no regular file")
    return current
