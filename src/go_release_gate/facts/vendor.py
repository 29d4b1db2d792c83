"""The fact whether the vendor tree equals a fresh vendoring, file by file."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.model.outcome import ModuleError, Outcome


@dataclass(frozen=True, slots=True)
class VendorDifference:
    """One file below vendor/ that differs: `kind` is missing, extra or edited; `path` relative to the root."""

    path: str
    kind: str
    line: int | None = None  # first differing line of a text file


@dataclass(frozen=True, slots=True)
class Vendor:
    """Outcome of the comparison. `stale`: modules.txt or the set of packages differs from what go.mod asks for;
    `edited`: files differ although their package is the right one."""

    outcome: Outcome
    stale: tuple[VendorDifference, ...] = ()
    edited: tuple[VendorDifference, ...] = ()
    error: ModuleError | None = None
