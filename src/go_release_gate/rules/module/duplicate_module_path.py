"""Two modules of one repository with the same module path.

## What it finds

go.mod files in different directories that declare one path. Modules under a path that nobody can fetch (its first
part has no dot, like `module main`) are only a note, unless one workspace lists both.

## Why

A module path is an address. Only one of the two can be what consumers get; replace directives, workspaces and
version tags cannot tell them apart, and Go refuses a workspace that lists both. Usually one is a copy whose module
line was forgotten.

## Fix

Give the copy its own path: `go mod edit -module=example.com/shop/services/new`, and correct the imports in it.

## Limits

Modules that discovery skipped (testdata, excluded directories) are not compared.

## References

- https://go.dev/ref/mod#module-path
- https://go.dev/ref/mod#go-mod-file-module
- https://go.dev/ref/mod#vcs-dir
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="duplicate-module-path",
    summary="two modules of the repository declare the same path",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(Repository,),
)


@RULE.check
def check(repository: Repository) -> Iterator[Draft]:
    """One draft for every module after the first with its path, ordered by directory."""
    first: dict[str, Module] = {}
    for module in sorted(repository.modules, key=lambda item: item.dir):
        if not module.path:
            continue
        earlier = first.setdefault(module.path, module)
        if earlier is not module:
            yield _draft(repository, module, earlier)


def _draft(repository: Repository, module: Module, earlier: Module) -> Draft:
    fetchable = "." in module.path.partition("/")[0]
    matters = fetchable or any({module.dir, earlier.dir} <= set(work.members) for work in repository.workspaces)
    return Draft(
        location=_place(module),
        message=f"module path {module.path} is already that of {earlier.file('go.mod')}",
        key=module.path,
        related=(Related("first declared here", _place(earlier)),),
        module=module.dir,
        target=Target("module", module.dir),
        severity=None if matters else Severity.NOTE,
    )


def _place(module: Module) -> Location:
    return Location(module.file("go.mod"), module.mod.path_line if module.mod else 1)
