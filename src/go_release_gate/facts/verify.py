"""The fact whether the module cache holds what go.sum says, every version hashed once per repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.model.outcome import ModuleError, Outcome


@dataclass(frozen=True, slots=True)
class Healed:
    """A damaged cache entry that was removed, downloaded and hashed again."""

    module: str
    version: str
    what: str  # zip, directory, record, go.mod: what had been damaged, and how where it is known


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Content that contradicts go.sum (critical: never retried, never healed).

    `version` ends in `/go.mod` where the line names the go.mod file alone; `line`: of the module's own go.sum.
    """

    module: str
    version: str
    line: int
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class SumSite:
    """A line of a go.sum of the repository: the module's directory, the line from 1, the hash it gives."""

    dir: str
    line: int
    hash: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two or more go.sum lines that give one version different hashes; `version` as in Mismatch."""

    module: str
    version: str
    sites: tuple[SumSite, ...]


@dataclass(frozen=True, slots=True)
class Verify:
    """Outcome of verify for one module.

    `modules`: versions its go.sum gives a content hash for; `verified`: really hashed; `absent`: not in the
    cache; `bytes`: hashed for this module (shared versions count for each module that names them);
    `unanchored`: versions that only a `/go.mod` line names.
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
    unanchored: int = 0


@dataclass(frozen=True, slots=True)
class Verification:
    """Verify over a whole repository.

    Attributes:
        by_dir: the outcome for each module's directory.
        contradictions: go.sum files (or lines of one) that contradict each other.
        healed: (path, version) of entries that were healed: modules that name one must be tidied again.
        versions, bytes: distinct versions and content bytes that were hashed, each once.
    """

    by_dir: Mapping[str, Verify] = field(default_factory=dict)
    contradictions: tuple[Contradiction, ...] = ()
    healed: frozenset[tuple[str, str]] = frozenset()
    versions: int = 0
    bytes: int = 0
