"""A module that cannot be judged because of what the repository itself says.

## What it finds

A module that Go refuses to load, with the reason told apart: an imported package that exists nowhere
(`missing-package`), a replace directive whose directory is missing or holds no module (`replace-target`), a
dependency that only go.work resolves (`workspace-only-dependency`), a go.mod, go.sum or modules.txt that is no such
file, merge markers included (`malformed-file`), settings committed with the module that change Go's answer
(`go-flags`), a file or path that leaves the repository or is too large (`unsafe-path`).

## Why

Go ends with the same exit code whether a module is untidy, broken, or its host is away. Told to run `go mod tidy`,
people lose time: it cannot help here. Nobody else can build the module either, so this is never "could not check".

## Fix

The finding's hint names the file, line or setting. Generated packages need their generator to run first: the
configuration's `prepare` command. A dependency that only go.work resolves needs a requirement, and a replace
directive as long as it is not released.

## Limits

Trouble of the surroundings (network, credentials, a Go that is too old) is no finding: such a module is reported as
unavailable. The exact fault is told from Go's own words, which may change with a new Go; what is not recognised is
reported as unavailable, never as a pass.

## References

- https://go.dev/ref/mod#resolve-pkg-mod
- https://go.dev/ref/mod#go-mod-file-replace
- https://go.dev/ref/mod#workspaces
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.vendor import Vendor
from go_release_gate.facts.verify import Verify
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import draft_of, faults

RULE = Rule(
    id="broken-module",
    summary="the module cannot be loaded as it was committed",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module,),
    uses=(Tidy, Verify, Vendor),
)


@RULE.check
def check(module: Module, tidy: Tidy | None, verify: Verify | None, vendor: Vendor | None) -> Iterator[Draft]:
    """One draft per distinct fault of the repository's own, unless a rule of its own reports it."""
    for error in faults(RULE.id, (module, tidy, verify, vendor)):
        yield draft_of(error, module)
