"""A finding: one thing a rule found, where, and how it can be mended."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from go_release_gate.model.severity import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the repository: `path` is relative to its root with `/`; lines and columns count from 1."""

    path: str
    line: int | None = None
    end_line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding: why a line would change, the other of two contradictions."""

    message: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the lines `start_line`..`end_line` (from 1, inclusive) of `path` by `text`.

    `end_line == start_line - 1` inserts before `start_line`. A file that does not exist is created by
    inserting before line 1.
    """

    path: str
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend a finding; `safe` when they cannot change what is built beyond what Go itself demands."""

    safe: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What a finding is about: `kind` module, repository, workspace, workflow, image …; `name` its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule.

    Attributes:
        rule: the rule's id.
        message: one line, lower case: what was found, what was expected, what to run.
        module: directory of the module (`.` for the root), or None when it is about the repository.
        key: what makes the finding the same finding tomorrow; never a line number. Empty: the message.
        command: the one command that mends it, to be run at the repository root; empty if there is none.
        state: `new` or `existing` when compared with a base or baseline, else None.
        identity: the fingerprint, where a saved report gave it: the key it was made from is not in there.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    target: Target
    location: Location
    module: str | None = None
    key: str = ""
    command: str = ""
    help_url: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    state: str | None = None
    owners: tuple[str, ...] = ()
    identity: str = ""

    @property
    def fingerprint(self) -> str:
        """Identity across runs: rule, place and key, without line numbers (32 hex digits)."""
        if self.identity:
            return self.identity
        parts = (self.rule, self.module or "", self.location.path, self.key or self.message)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
