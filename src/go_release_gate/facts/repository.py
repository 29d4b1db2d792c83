"""The fact a repository is: its modules, its workspaces, and what was passed over and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from go_release_gate.facts.module import Module
from go_release_gate.gomod.workfile import WorkFile
from go_release_gate.model.outcome import ModuleError


@dataclass(frozen=True, slots=True)
class Skipped:
    """A directory that was passed over: `reason` is one word of testdata, vendor, underscore, dot, submodule,
    cache, excluded, symlink, nested-repository, boundary, node_modules …"""

    dir: str
    reason: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """A go.work file: `dir` where it lies, `members` its `use` directories relative to the root
    (as written when they leave it)."""

    dir: str
    file: WorkFile | None
    members: tuple[str, ...] = ()
    error: ModuleError | None = None


@dataclass(frozen=True, slots=True)
class Repository:
    """What discovery found below `root` (absolute, real path).

    `modules` are ordered so that a module comes after those it replaces locally; ties by directory. `documents`: paths
    of files that may tell of images (YAML, Dockerfiles), by their names; those in `.github` are not among them, nor
    among `scripts`: shell scripts and Makefiles.
    """

    root: Path
    modules: tuple[Module, ...]
    skipped: tuple[Skipped, ...] = ()
    workspaces: tuple[Workspace, ...] = ()
    documents: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()

    def module_at(self, directory: str) -> Module | None:
        """The module in `directory`, if there is one."""
        return next((module for module in self.modules if module.dir == directory), None)
