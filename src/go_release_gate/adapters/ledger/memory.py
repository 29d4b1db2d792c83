"""What was believed of a ledger, kept in the user's cache, so that ten thousand signatures are not verified each time.

The file is believed in nothing but that its entries were judged: it must lie in a place that only the user writes to,
be bound to the same ledger, signers and keys, and end in the very bytes that git has at its tip; whoever reads it
follows the digests up to there, and judges the last entry again. Everything else is as if there were no file.
Keys that gpg was told to distrust since are noticed with the next new signer or program version, or without the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from go_release_gate.ledger.store import Records

SCHEMA = 1
SIZE_LIMIT = 1 << 30
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def binding_of(*parts: Any) -> str:
    """A digest of what judged the entries (JSON values): settings, keys, the program's version, the place."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def memory_path(environ: Mapping[str, str], repository: Path, ref: str) -> Path | None:
    """Where a clone's memory of a ledger lies; None: the user has no place for it."""
    home, cache = Path(environ.get("HOME", "")), Path(environ.get("XDG_CACHE_HOME", ""))
    base = cache if cache.is_absolute() else home / ".cache"
    name = hashlib.sha256(f"{repository}\0{ref}".encode()).hexdigest()[:32]
    return base / "go-release-gate" / "ledger" / f"{name}.jsonl" if base.is_absolute() else None


class FileMemory:
    """A memory in one file, see ledger.store.Memory: a line that says what it is, then the entries' bytes.

    Args:
        path: the file. binding: what `binding_of` gave for this run.
        at: the bytes of the entry at a commit, as git has them here; empty: it has none.
    """

    def __init__(self, path: Path, binding: str, at: Callable[[str], bytes]) -> None:
        self._path = path
        self._binding = binding
        self._at = at

    def load(self) -> Records | None:
        """The records; None where anything is not as it should be."""
        try:
            lines = _read(self._path).splitlines(keepends=True)
        except OSError:
            return None
        tip = self._tip(lines[0]) if len(lines) > 1 else ""
        if not tip or lines[-1] != self._at(tip):
            return None
        return Records(tuple(lines[1:]), tip)

    def save(self, records: Records) -> None:
        """Replace the file in one step; entries that are no lines are not kept."""
        if not records.tip or any(data.find(b"\n") != len(data) - 1 for data in records.records):
            return
        head = {"schema": SCHEMA, "kind": "release-memory", "binding": self._binding, "tip": records.tip}
        data = json.dumps(head, sort_keys=True).encode() + b"\n" + b"".join(records.records)
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(self._path, data)

    def _tip(self, line: bytes) -> str:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return ""
        if not isinstance(found, dict) or (found.get("schema"), found.get("kind")) != (SCHEMA, "release-memory"):
            return ""
        tip = found.get("tip")
        is_ours = found.get("binding") == self._binding and isinstance(tip, str) and _COMMIT.fullmatch(tip)
        return str(tip) if is_ours else ""


def _read(path: Path) -> bytes:
    """The content of a regular file that nobody but us can write. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        is_ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
        if not is_ours or found.st_size > SIZE_LIMIT:
            raise OSError("not ours")
        return file.read()


def _replace(path: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
