"""A module below a go.work file that the workspace does not list.

## What it finds

A module whose nearest go.work above it has no `use` line for it.

## Why

Inside the directory of such a module `go build` and `go test` end with "current directory is contained in a module
that is not one of the workspace modules": pipelines that walk the workspace never build it, and its neighbours are
taken from released versions instead of the tree. Most often a new module was forgotten.

## Fix

Run the command of the finding, or leave it out on purpose and say so: `ignore` the rule for that path.

## Limits

Leaving tools and examples out of a workspace is a common choice, hence a note. Modules below directories that Go
itself passes over (testdata, vendor, names that begin with `_` or `.`) are not expected in a workspace.

## References

- https://go.dev/ref/mod#workspaces
- https://go.dev/ref/mod#go-work-use
- https://go.dev/ref/mod#go-work-file-use
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository, Workspace
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import go_command

RULE = Rule(
    id="workspace-unlisted-module",
    summary="a module is not listed in the go.work above it",
    severity=Severity.NOTE,
    since="0.1",
    needs=(Repository,),
)


@RULE.check
def check(repository: Repository) -> Iterator[Draft]:
    """One draft per module that its nearest readable workspace leaves out."""
    for module in repository.modules:
        work = _nearest(repository, module)
        if work and work.file and module.dir not in work.members and not _is_passed_over(module.dir):
            yield _draft(module, work)


def _nearest(repository: Repository, module: Module) -> Workspace | None:
    above = [work for work in repository.workspaces if _is_below(module.dir, work.dir)]
    return max(above, key=lambda work: len(PurePosixPath(work.dir).parts), default=None)


def _is_below(directory: str, top: str) -> bool:
    return top in {".", directory} or directory.startswith(f"{top}/")


def _is_passed_over(directory: str) -> bool:
    """Whether `./...` would never reach the directory (https://go.dev/ref/mod#glos-package-path, go help packages)."""
    return any(part in {"testdata", "vendor"} or part[0] in "_." for part in PurePosixPath(directory).parts)


def _draft(module: Module, work: Workspace) -> Draft:
    relative = PurePosixPath(module.dir).relative_to(work.dir) if work.dir != "." else PurePosixPath(module.dir)
    uses = work.file.uses if work.file else ()
    written = "." if str(relative) == "." else f"./{relative}"
    return Draft(
        location=Location("go.work" if work.dir == "." else f"{work.dir}/go.work", uses[-1].line if uses else 1),
        message=f"go.work does not list module {module.dir}",
        key=module.dir,
        command=go_command(work.dir, "work", "use", written),
        related=(
            Related(
                f"module {module.dir} is declared here",
                Location(module.file("go.mod"), module.mod.path_line if module.mod else 1),
            ),
        ),
        module=module.dir,
        target=Target("module", module.dir),
    )
