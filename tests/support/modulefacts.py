"""Facts written by hand, for tests of rules without Go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository, Workspace
from go_release_gate.gomod.modfile import Directive, ModFile, Replace, Require
from go_release_gate.gomod.sumfile import SumFile, SumLine
from go_release_gate.gomod.workfile import WorkFile
from go_release_gate.model.outcome import ModuleError


def module(
    directory: str = ".",
    path: str = "example.com/shop",
    *,
    requires: Mapping[str, str] | None = None,
    replaces: tuple[Replace, ...] = (),
    sums: Mapping[str, str] | None = None,
    go: str = "1.21",
    toolchain: str = "",
    outside: tuple[str, ...] = (),
    error: ModuleError | None = None,
) -> Module:
    """A module: `requires` path → version from line 5 on; `sums` `path@version` → hash, one line each."""
    mod = ModFile(
        path=path,
        path_line=1,
        go=Directive(go, 3) if go else None,
        toolchain=Directive(toolchain, 4) if toolchain else None,
        requires=tuple(
            Require(name, version, False, 5 + i) for i, (name, version) in enumerate((requires or {}).items())
        ),
        replaces=replaces,
    )
    lines = tuple(
        SumLine(*key.removesuffix("/go.mod").split("@"), key.endswith("/go.mod"), value, i)  # type: ignore[call-arg]
        for i, (key, value) in enumerate((sums or {}).items(), 1)
    )
    return Module(
        dir=directory,
        path=path,
        mod_bytes=b"module x\n",
        sum_bytes=b"sums\n" if sums is not None else None,
        mod=mod,
        sum=SumFile(lines) if sums is not None else None,
        outside_replaces=outside,
        error=error,
    )


def workspace(directory: str, *members: str) -> Workspace:
    """A go.work with one `use` line per member, from line 3 on."""
    uses = tuple(Directive(f"./{member}", line) for line, member in enumerate(members, 3))
    return Workspace(directory, WorkFile(uses=uses), members)


def repository(*modules: Module, workspaces: tuple[Workspace, ...] = ()) -> Repository:
    """A repository of these modules."""
    return Repository(Path("/nowhere"), modules, workspaces=workspaces)
