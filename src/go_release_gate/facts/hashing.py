"""Hash what a module cache holds: directories, zips and go.mod files, as go.sum does (`h1:`).

https://go.dev/ref/mod#go-sum-files and x/mod/sumdb/dirhash define the hash. Everything is streamed. This file is also
the worker process of `hashpool`: it imports next to nothing, so that starting it costs milliseconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from go_release_gate.facts.zipread import CHUNK, MAX_BYTES, ZipProblemError, contents, entries


class Hashed(NamedTuple):
    """What hashing one thing gave.

    Attributes:
        hash: `h1:…`; empty when it is absent or could not be hashed.
        bytes: content bytes that were hashed.
        problem: why it could not be hashed, in words; empty otherwise.
    """

    hash: str = ""
    bytes: int = 0
    problem: str = ""

    @property
    def is_absent(self) -> bool:
        """Whether there is nothing."""
        return not self.hash and not self.problem


ABSENT = Hashed()


class Work(NamedTuple):
    """One thing to hash: `kind` is zip, dir or mod; `prefix` is what names below a directory begin with."""

    kind: str
    path: str
    prefix: str = ""


class _OddFileError(ValueError):
    """A file that no module has: a link, a pipe, a name with a line feed."""


def hash_one(work: Work) -> Hashed:
    """Hash one thing. Never raises: what goes wrong is the answer's `problem`."""
    try:
        return _HASHERS[work.kind](work)
    except FileNotFoundError:
        # only the thing itself may be missing: a file that vanishes below it is a problem
        gone = not os.path.lexists(work.path)
        return ABSENT if gone else Hashed(problem="it changed while it was read")
    except OSError as error:
        return Hashed(problem=f"it cannot be read: {os.strerror(error.errno or 0).lower()}")
    except (ZipProblemError, _OddFileError) as error:
        return Hashed(problem=str(error))


def hash_lines(lines: Iterable[bytes]) -> str:
    """The `h1:` hash over lines `<sha256 in hex>  <name>\\n`, sorted by name."""
    total = hashlib.sha256()
    for line in lines:
        total.update(line)
    return "h1:" + b2a_base64(total.digest(), newline=False).decode("ascii")


def _hash_zip(work: Work) -> Hashed:
    fd = os.open(work.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        listed = entries(fd)
        last = {entry.name: entry for entry in listed}  # a name that comes twice: Go hashes the last one twice
        digests = {}
        for name, entry in last.items():
            digest = hashlib.sha256()
            for piece in contents(fd, entry):
                digest.update(piece)
            digests[name] = digest.hexdigest().encode("ascii")
        names = sorted(entry.name for entry in listed)
        return Hashed(
            hash_lines(_line(digests[name], name) for name in names), sum(entry.size for entry in last.values())
        )
    finally:
        os.close(fd)


def _hash_dir(work: Work) -> Hashed:
    top, prefix = os.fsencode(work.path), os.fsencode(work.prefix)
    if os.path.islink(top):  # noqa: PTH114 - pathlib would cost the worker its quick start
        raise _OddFileError("it is a symbolic link")
    total = 0
    lines = []
    for name in sorted(_files(top)):
        digest, size = _file_digest(top + b"/" + name)
        total += size
        if total > MAX_BYTES:
            raise _OddFileError("it holds more than a module may have")
        lines.append(_line(digest, prefix + b"/" + name))
    return Hashed(hash_lines(lines), total)


def _hash_mod(work: Work) -> Hashed:
    if not stat.S_ISREG(os.lstat(work.path).st_mode):
        raise _OddFileError("it is not a regular file")
    digest, size = _file_digest(os.fsencode(work.path))
    return Hashed(hash_lines([_line(digest, b"go.mod")]), size)


_HASHERS = {"zip": _hash_zip, "dir": _hash_dir, "mod": _hash_mod}


def _files(top: bytes) -> Iterator[bytes]:
    """Names of all files below, `/` separated; a link or another odd file is an error: Go extracts none."""
    waiting = [b""]
    while waiting:  # no recursion: whoever altered the cache chose the depth
        below = waiting.pop()
        with os.scandir(top + b"/" + below) as found:
            for entry in found:
                name = below + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(name + b"/")
                elif entry.is_file(follow_symlinks=False):
                    yield name
                else:
                    raise _OddFileError(f"{os.fsdecode(name)!r} is not a regular file")


def _file_digest(path: bytes) -> tuple[bytes, int]:
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        data = os.read(fd, CHUNK)
        digest, size = hashlib.sha256(data), len(data)
        while data and size <= MAX_BYTES:  # a short read is not the end of a file
            data = os.read(fd, CHUNK)
            digest.update(data)
            size += len(data)
    finally:
        os.close(fd)
    return digest.hexdigest().encode("ascii"), size


def _line(digest: bytes, name: bytes) -> bytes:
    if b"\n" in name:
        raise _OddFileError("a file name holds a line feed")
    return digest + b"  " + name + b"\n"


def serve(requests: BinaryIO, answers: BinaryIO) -> int:
    """Answer requests, one JSON line each, until they end. The worker process runs this."""
    for line in requests:
        answers.write(json.dumps(hash_one(Work(*json.loads(line)))).encode("ascii") + b"\n")
        answers.flush()
    return 0
