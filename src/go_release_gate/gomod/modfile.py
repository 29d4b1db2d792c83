"""go.mod: the grammar of https://go.dev/ref/mod#go-mod-file, with the line of every directive."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Require:
    """`require path version [// indirect]`."""

    path: str
    version: str
    indirect: bool
    line: int


@dataclass(frozen=True, slots=True)
class Replace:
    """`replace path [version] => target [target_version]`; a target without version is a directory."""

    path: str
    version: str  # empty: every version
    target: str
    target_version: str  # empty: `target` is a local directory
    line: int

    @property
    def is_local(self) -> bool:
        """Whether the target is a directory."""
        return not self.target_version


@dataclass(frozen=True, slots=True)
class Exclude:
    """`exclude path version`."""

    path: str
    version: str
    line: int


@dataclass(frozen=True, slots=True)
class Retract:
    """`retract version` or `retract [low, high]`; `rationale` from its comments."""

    low: str
    high: str
    rationale: str
    line: int


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive of one value: go, toolchain, tool, ignore, godebug (`key=value`)."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class ModFile:
    """A parsed go.mod. Every `line` counts from 1."""

    path: str
    path_line: int
    deprecated: str = ""
    go: Directive | None = None
    toolchain: Directive | None = None
    requires: tuple[Require, ...] = ()
    replaces: tuple[Replace, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    retracts: tuple[Retract, ...] = ()
    tools: tuple[Directive, ...] = ()
    ignores: tuple[Directive, ...] = ()
    godebugs: tuple[Directive, ...] = ()


def parse(data: bytes) -> ModFile:
    """Parse go.mod. Raises SyntaxProblemError where Go would refuse the file."""
    raise NotImplementedError
