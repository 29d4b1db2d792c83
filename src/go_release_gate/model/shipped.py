"""Which programs a change of the repository changes: each program held against that of the base commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

UNCHANGED = "unchanged"
CHANGED = "changed"
ADDED = "added"
REMOVED = "removed"
UNKNOWN = "cannot compare"

OUTCOMES = (CHANGED, ADDED, REMOVED, UNKNOWN, UNCHANGED)


@dataclass(frozen=True, slots=True)
class FunctionChange:
    """A function that differs: bytes of its code before and after, None where it is not there."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section of the program that differs: its bytes before and after, 0 where it is not there."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ModuleChange:
    """A module that a program is built from in another version; empty: not at all.

    `is_in_it`: whether a function that differs is of this module, which makes it the likely cause.
    """

    path: str
    before: str
    after: str
    is_in_it: bool = False


@dataclass(frozen=True, slots=True)
class ShippedChange:
    """What a change of the repository does to one program.

    Attributes:
        outcome: one of OUTCOMES. why: in words, empty where the outcome says it all.
        functions: the first of those that differ; `more_functions`: how many beside them.
        sections: where the files differ. modules, files: what the program is built from and is not as it was; files
            are relative to the root, the first of them; `more_files`: how many beside them.
    """

    service: str
    platform: str
    outcome: str
    why: str = ""
    functions: tuple[FunctionChange, ...] = ()
    more_functions: int = 0
    sections: tuple[SectionChange, ...] = ()
    modules: tuple[ModuleChange, ...] = ()
    files: tuple[str, ...] = ()
    more_files: int = 0


@dataclass(frozen=True, slots=True)
class ShippedChanges:
    """Every program of either commit. `problem`: why nothing could be compared, empty: it could."""

    base: str
    programs: tuple[ShippedChange, ...] = ()
    problem: str = ""

    def of(self, *outcomes: str) -> Iterator[ShippedChange]:
        """The programs with one of these outcomes."""
        yield from (one for one in self.programs if one.outcome in outcomes)

    @property
    def services(self) -> tuple[str, ...]:
        """Services that need a release, those of which nobody can tell among them: one too many does no harm."""
        found = sorted({one.service for one in self.of(CHANGED, ADDED, UNKNOWN)})
        return tuple(found)
