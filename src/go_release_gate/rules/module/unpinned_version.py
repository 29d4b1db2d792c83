"""A requirement that names a branch, a commit or a query instead of a version.

## What it finds

`require example.com/lib master`, `latest`, `v1`, `>=v1.2.0`, a bare commit hash, and the same on the right-hand side
of a replace directive: everything that is not a canonical version (`v1.2.3`, `v1.3.0-rc.1`, a pseudo-version, with
`+incompatible` where it belongs).

## Why

Go resolves such a word when it next runs, to whatever is newest then, and writes the answer into go.mod. Until that
is committed, two builds of one commit can contain different code.

## Fix

Let Go resolve it once and commit the answer: `go mod tidy`, or `go get example.com/lib@master` for a deliberate
commit of a branch; the result is a pseudo-version.

## Limits

The module is not judged further (class `unpinned-version`): its build list is not determined. Whether a
pseudo-version is welcome in a release is another rule's matter.

## References

- https://go.dev/ref/mod#versions
- https://go.dev/ref/mod#version-queries
- https://go.dev/ref/mod#glos-canonical-version
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Tidy
from go_release_gate.gomod.version import is_canonical
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import draft_of, faults, go_command

RULE = Rule(
    id="unpinned-version",
    summary="a requirement names a branch or query instead of a version",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module,),
    uses=(Tidy,),
)


@RULE.check
def check(module: Module, tidy: Tidy | None) -> Iterator[Draft]:
    """One draft per directive; the module's own error where no directive could be read."""
    drafts = list(_drafts(module))
    yield from drafts
    if not drafts:
        for error in faults(RULE.id, (module, tidy)):
            yield draft_of(error, module)


def _drafts(module: Module) -> Iterator[Draft]:
    for path, version, line in _versions(module):
        if not is_canonical(version):
            yield Draft(
                location=Location(module.file("go.mod"), line),
                message=f"{path} is required at `{version}`, which is no version: it can change between two builds",
                key=f"{path} {version}",
                command=go_command(module.dir, *_pinning(module, path, version)),
            )


def _pinning(module: Module, path: str, version: str) -> tuple[str, ...]:
    """A requirement is pinned by `go get`; a replacement by tidy, which writes the version it finds."""
    required = module.mod is not None and any((r.path, r.version) == (path, version) for r in module.mod.requires)
    return ("get", f"{path}@{version}") if required else ("mod", "tidy")


def _versions(module: Module) -> Iterator[tuple[str, str, int]]:
    if module.mod is None:
        return
    for require in module.mod.requires:
        yield require.path, require.version, require.line
    for replacement in module.mod.replaces:
        if not replacement.is_local:
            yield replacement.target, replacement.target_version, replacement.line
