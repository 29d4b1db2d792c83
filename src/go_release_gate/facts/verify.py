"""The fact whether the module cache holds what go.sum says, every version hashed once per repository."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.model.outcome import ModuleError, Outcome


@dataclass(frozen=True, slots=True)
class Healed:
    """A damaged cache entry that was removed, downloaded and hashed again."""

    module: str
    version: str
    what: str  # zip, directory or record: what had been damaged


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Content that contradicts go.sum (critical: never retried, never healed)."""

    module: str
    version: str
    line: int
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Outcome of verify for one module.

    `modules`: versions its go.sum gives a content hash for; `verified`: really hashed; `absent`: not in the
    cache; `bytes`: hashed for this module (shared versions count for each module that names them).
    """

    outcome: Outcome
    modules: int = 0
    verified: int = 0
    absent: int = 0
    bytes: int = 0
    healed: tuple[Healed, ...] = ()
    damaged: tuple[Healed, ...] = ()  # damaged and not healed
    mismatches: tuple[Mismatch, ...] = ()
    error: ModuleError | None = None
