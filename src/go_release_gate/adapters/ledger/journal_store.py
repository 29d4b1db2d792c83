"""A ledger that cannot be reached, continued in a file: what was known of it, then the entries that were added here.

One JSON object a line. The first says where the ledger stood; each further one is an entry in its canonical bytes,
signed and linked as in the ledger. The file is replaced as a whole, so it never holds half an entry.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.canonical import SIZE_LIMIT
from go_release_gate.ledger.store import Records

SCHEMA = 1
KIND = "release-journal"
FILE_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal as it was read: how long the ledger was and its head when it was begun, and the entries' bytes."""

    length: int
    head: str
    records: tuple[bytes, ...] = ()


def read_journal(path: Path) -> Journal | None:
    """The journal in a file, None where there is none. Raises RefusedError where it is none, UnavailableError."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(f"the journal {path.name} cannot be read: {error.strerror}") from None
    lines = data.splitlines(keepends=True)
    head = _head(lines[0]) if lines and len(data) <= FILE_LIMIT else None
    if head is None or any(not line.endswith(b"\n") or len(line) > SIZE_LIMIT for line in lines):
        raise RefusedError(f"{path.name} is no journal of releases", "move it away, and look what it is")
    return Journal(head[0], head[1], tuple(lines[1:]))


class JournalStore:
    """A ledger in a file, see ledger.store.Store.

    Args:
        path: of the journal; made with the first entry. base: the ledger as it was known last.

    Raises:
        RefusedError: nothing is known of the ledger, or a journal is there that continues another state of it.
    """

    def __init__(self, path: Path, base: Records) -> None:
        if not base.records:
            raise RefusedError(
                "nothing is known of the ledger here, so nothing can be gone back to",
                "use a clone that has read it: `go-release-gate release status` reads it",
            )
        self._path, self._base = path, base
        self._begun = Journal(len(base.records), _digest(base.records[-1]))
        found = read_journal(path)
        if found and (found.length, found.head) != (self._begun.length, self._begun.head):
            raise RefusedError(
                f"{path.name} was begun at entry {found.length} of the ledger, which is known up to "
                f"{self._begun.length} here",
                "reconcile it first",
            )

    def read(self, known: Records | None = None) -> Records:  # noqa: ARG002 - as the protocol has it
        """What was known of the ledger, and what the journal adds."""
        found = read_journal(self._path) or self._begun
        return Records((*self._base.records, *found.records), _tip(found), self._base.loss)

    def keep(self, records: Records) -> None:
        """The journal is a file of this clone: nobody else takes of it."""

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        """Write the journal anew, if it still is at `tip`."""
        try:
            with _locked(self._path):
                found = read_journal(self._path) or self._begun
                if _tip(found) != tip:
                    return None
                grown = Journal(found.length, found.head, (*found.records, *(data for data, _ in entries)))
                _replace(self._path, grown)
                return _tip(grown)
        except OSError as error:
            raise UnavailableError(f"the journal {self._path.name} cannot be written: {error.strerror}") from None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _replace(path: Path, journal: Journal) -> None:
    """The new content under the old name, in one step and on the disk."""
    first = {"schema": SCHEMA, "kind": KIND, "length": journal.length, "head": journal.head}
    data = json.dumps(first, sort_keys=True, separators=(",", ":")).encode() + b"\n" + b"".join(journal.records)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _head(line: bytes) -> tuple[int, str] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or (found.get("schema"), found.get("kind")) != (SCHEMA, KIND):
        return None
    length, head = found.get("length"), found.get("head")
    return (length, head) if type(length) is int and length > 0 and isinstance(head, str) else None


def _tip(journal: Journal) -> str:
    return _digest(b"".join((journal.head.encode(), *journal.records)))


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
