"""A required version that its author has retracted.

## What it finds

A requirement of go.mod, after replace directives, whose version the `retract` directives of that module's latest
version name; with the author's reason.

## Why

Authors retract versions that were published by mistake, are broken or unsafe. Go keeps serving them, and
`go mod tidy` says nothing: a release can be built on one for years.

## Fix

`go get example.com/lib@latest`, or the version that the reason names, then `go mod tidy`.

## Limits

The answer lies in the newest version of every dependency, so it takes the network and changes with time: the rule
runs by default on tags only, and elsewhere when it is selected by name. One call asks for all modules of the
repository together. Modules that could not be asked are counted and make the answer incomplete, never a pass.
Versions that no go.mod of the repository names are not asked for.

## References

- https://go.dev/ref/mod#go-mod-file-retract
- https://go.dev/ref/mod#go-list-m
- https://github.com/golang/go/issues/73952
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.retractions import Retractions, effective_requirements
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import go_command

RULE = Rule(
    id="retracted-version",
    summary="a required version was retracted by its author",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(Module, Retractions),
    events=(Event.TAG,),
)


@RULE.check
def check(module: Module, retractions: Retractions) -> Iterator[Draft]:
    """One draft per requirement whose version is retracted."""
    for requirement in effective_requirements(module):
        notice = retractions.of(requirement.path, requirement.version)
        if notice is not None and notice.retracted:
            yield Draft(
                location=Location(module.file("go.mod"), requirement.line),
                message=f"{notice.path} {notice.version} was retracted: {'; '.join(notice.rationale)}",
                key=f"{notice.path}@{notice.version}",
                command=go_command(module.dir, "get", f"{requirement.path}@latest"),
            )
