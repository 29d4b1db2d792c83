"""A go.mod without a `go` line.

## What it finds

A module whose go.mod names no Go version.

## Why

Without the line Go assumes the language of 1.16: newer syntax is refused, the module graph is not pruned, and every
consumer loads more of it than needed. `go mod tidy` then writes the version of whoever runs it first, so the minimum
version of a released module becomes an accident.

## Fix

Decide which Go the module needs at least and write it: `go mod edit -go=1.25`. `go mod tidy` writes the version of
the Go in use, which may be newer than the module's users have.

## Limits

The rule does not judge which version is right. A missing line also makes the module untidy, so that untidy-module
reports it as well.

## References

- https://go.dev/ref/mod#go-mod-file-go
- https://go.dev/ref/mod#graph-pruning
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="missing-go-directive",
    summary="go.mod does not say which Go the module needs",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(Module,),
)


@RULE.check
def check(module: Module) -> Iterator[Draft]:
    """One draft at the module line where the `go` line is missing."""
    if module.mod is None or module.mod.go is not None:
        return
    yield Draft(
        location=Location(module.file("go.mod"), module.mod.path_line or 1),
        message="go.mod has no go line: Go assumes 1.16, and tidy writes whatever Go it runs with",
        key="go",
    )
