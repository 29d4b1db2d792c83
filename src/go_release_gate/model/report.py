"""The whole answer of `check`, before any form is given to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import ModuleError, Outcome, Verdict
from go_release_gate.model.severity import Severity
from go_release_gate.model.subject import Subject

__all__ = [
    "CheckReport",
    "Comparison",
    "ModuleAnswer",
    "Subject",
    "Suppressed",
    "TidyAnswer",
    "VerifyAnswer",
]


@dataclass(frozen=True, slots=True)
class TidyAnswer:
    """`modules[].tidy`: outcome, kind (`untidy`, `form` or None) and the capped unified diff."""

    outcome: Outcome
    kind: str | None = None
    diff: str = ""


@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """`modules[].verify`. `healed` holds `path@version` strings."""

    outcome: Outcome
    modules: int = 0
    verified: int = 0
    absent: int = 0
    bytes: int = 0
    healed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleAnswer:
    """Everything the report says of one module. `reasons`: how many changed lines have a known reason, and of
    how many."""

    dir: str
    path: str
    tidy: TidyAnswer
    verify: VerifyAnswer
    vendor: Outcome
    error: ModuleError | None = None
    reasons: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that does not count: `by` is `inline` or `baseline`; `reason` as its author gave it."""

    finding: Finding
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings held against those of the base commit: how many are new, known there already, or gone since."""

    base: str
    new: int
    existing: int
    fixed: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The answer of `check`: verdict, per-module answers, findings gravest first."""

    version: str
    go: str
    subject: Subject
    verdict: Verdict
    complete: bool
    modules: tuple[ModuleAnswer, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()  # (directory, reason)
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    comparison: Comparison | None = None  # where only what is new was asked for
    notices: tuple[str, ...] = ()  # said once, beside the findings: "children run as uid 1001"
    timings: Mapping[str, float] = field(default_factory=dict)  # phase → seconds; "total" among them
    patch: str = ""  # one patch for all modules, in dependency order
    mended: tuple[Any, ...] = ()  # the files of the patch (facts.patch.Mended), for whoever writes them

    def count(self, severity: Severity) -> int:
        """How many unsuppressed findings have `severity`."""
        return sum(finding.severity is severity for finding in self.findings)
