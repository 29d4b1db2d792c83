"""go.work: the grammar of https://go.dev/ref/mod#go-work-file, with the line of every directive."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.gomod.modfile import Directive, Replace


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A parsed go.work; `uses` are directories as written."""

    go: Directive | None = None
    toolchain: Directive | None = None
    uses: tuple[Directive, ...] = ()
    replaces: tuple[Replace, ...] = ()
    godebugs: tuple[Directive, ...] = ()


def parse(data: bytes) -> WorkFile:
    """Parse go.work. Raises SyntaxProblemError where Go would refuse the file."""
    raise NotImplementedError
