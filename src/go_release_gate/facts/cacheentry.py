"""One version in the module cache: where its parts lie, what hashing found, and what that means against go.sum.

Layout: https://go.dev/ref/mod#module-cache. The judgement is pure.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum

from go_release_gate.facts.hashing import ABSENT, Hashed, Work

# what Go's own escaping refuses, as far as it could leave the cache or name another module's place
_ODD = re.compile(r"(?:^|/)\.{0,2}(?:/|$)|[\\\x00-\x20\x7f:!]")


@dataclass(frozen=True, slots=True)
class Entry:
    """Paths of the parts of one version: zip, its record (`.ziphash`), go.mod file, extracted directory, marks."""

    path: str
    version: str
    stem: str  # everything in cache/download begins with it
    dir: str

    @property
    def zip(self) -> str:
        """The zip as it was downloaded."""
        return f"{self.stem}.zip"

    @property
    def record(self) -> str:
        """Go's own note of the zip's hash."""
        return f"{self.stem}.ziphash"

    @property
    def mod(self) -> str:
        """The go.mod file."""
        return f"{self.stem}.mod"

    @property
    def partial(self) -> str:
        """The mark of an extraction under way, or ended early: Go does not use the directory then."""
        return f"{self.stem}.partial"

    @property
    def lock(self) -> str:
        """The file Go locks while it writes this version."""
        return f"{self.stem}.lock"

    def works(self) -> tuple[Work, ...]:
        """What to hash for the content: the zip, and the directory unless it is a partial one."""
        whole = Work("zip", self.zip), Work("dir", self.dir, f"{self.path}@{self.version}")
        return whole[:1] if os.path.lexists(self.partial) else whole


def entry_of(modcache: str, path: str, version: str) -> Entry | None:
    """Where a version lies below `modcache`; None for a path or version that no cache can hold."""
    if _ODD.search(path) or _ODD.search(version) or "/" in version:
        return None
    name, label = _escape(path), _escape(version)
    return Entry(path, version, f"{modcache}/cache/download/{name}/@v/{label}", f"{modcache}/{name}@{label}")


def read_record(entry: Entry) -> Hashed:
    """Go's note of the hash, as if it had been hashed."""
    try:
        fd = os.open(entry.record, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ABSENT
    except OSError as error:
        return Hashed(problem=f"it cannot be read: {os.strerror(error.errno or 0).lower()}")
    try:
        text = os.read(fd, 200).decode("ascii", "replace").strip()
    except OSError as error:
        return Hashed(problem=f"it cannot be read: {os.strerror(error.errno or 0).lower()}")
    finally:
        os.close(fd)
    return Hashed(text) if text else Hashed(problem="it is empty")


class State(StrEnum):
    """What a version in the cache is, against one hash of go.sum."""

    ABSENT = "absent"
    VERIFIED = "verified"
    DAMAGED = "damaged"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Observed:
    """What was found of one version."""

    zip: Hashed = ABSENT
    dir: Hashed = ABSENT
    record: Hashed = ABSENT

    @property
    def content(self) -> tuple[tuple[str, Hashed], ...]:
        """The two parts that hold the content, with their names."""
        return ("zip", self.zip), ("directory", self.dir)

    @property
    def bytes(self) -> int:
        """Content bytes that were hashed."""
        return self.zip.bytes + self.dir.bytes


@dataclass(frozen=True, slots=True)
class Judgement:
    """`what`: the damaged parts in words; `found`: the hash that contradicts go.sum."""

    state: State
    what: str = ""
    found: str = ""


def judge(observed: Observed, expected: str) -> Judgement:
    """Judge one version against the hash go.sum gives it.

    Damage is what another part of the cache or plain unreadability proves to be damage. Content for which the
    cache vouches (zip and directory agree, or Go's record agrees with what is there) contradicts go.sum.
    """
    present = [(name, part) for name, part in observed.content if not part.is_absent]
    if not present:
        return Judgement(State.ABSENT)
    wrong = [(name, part) for name, part in present if part.hash != expected]
    if len(wrong) == len(present) and (found := _vouched_for(observed)):
        return Judgement(State.MISMATCH, found=found)
    if _is_record_wrong(observed, expected):
        wrong.append(("record", observed.record))
    if wrong:
        return Judgement(State.DAMAGED, "; ".join(_say(name, part) for name, part in wrong))
    return Judgement(State.VERIFIED)


def _vouched_for(observed: Observed) -> str:
    """The hash on which two of zip, directory and record agree, none of them being unreadable; else empty."""
    hashes = [part.hash for _, part in observed.content if not part.is_absent]
    if "" in hashes:
        return ""
    if observed.record.hash in hashes:
        return observed.record.hash
    return hashes[0] if len(hashes) == 2 and hashes[0] == hashes[1] else ""


def _is_record_wrong(observed: Observed, expected: str) -> bool:
    """A directory without zip and record is what a trimmed cache looks like; Go downloads it again when needed."""
    if observed.record.is_absent:
        return not observed.zip.is_absent
    return observed.record.hash != expected


def _say(name: str, part: Hashed) -> str:
    if part.is_absent:
        return f"{name} missing"
    return f"{name} damaged ({part.problem})" if part.problem else f"{name} modified"


def _escape(text: str) -> str:
    return re.sub("[A-Z]", lambda match: "!" + match.group().lower(), text)
