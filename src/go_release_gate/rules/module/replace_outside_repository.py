"""A replace directive whose directory lies outside the repository.

## What it finds

`replace example.com/lib => ../../lib` where the real path of the target, symbolic links followed, is not below the
repository's root; an absolute path too.

## Why

The directory exists on one machine, or next to one checkout, and belongs to no commit of this repository. Everybody
else's build fails or, where something lies at that path, builds other code under the same version. A release made
that way cannot be repeated.

## Fix

Require a released version and drop the directive (`go mod edit -dropreplace=example.com/lib`), bring the module into
the repository, or keep the directive out of the commit: a go.work file that is not committed does the same.

## Limits

Replacing by another module (`=> example.com/fork v1.2.3`) and by a directory of the same repository is fine here. A
pull request from a fork is not judged at all with such a directive: the module is refused, class `unsafe-path`.

## References

- https://go.dev/ref/mod#go-mod-file-replace
- https://go.dev/ref/mod#workspaces
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Tidy
from go_release_gate.gomod.modfile import Replace
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import draft_of, faults, go_command

RULE = Rule(
    id="replace-outside-repository",
    summary="a replace directive points outside the repository",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(Module,),
    uses=(Tidy,),
)


@RULE.check
def check(module: Module, tidy: Tidy | None) -> Iterator[Draft]:
    """The module's refusal where there is one, else one draft per directive."""
    refusals = list(faults(RULE.id, (module, tidy)))
    for error in refusals:
        yield replace(draft_of(error, module), severity=Severity.ERROR)
    if not refusals:
        for directive in module.mod.replaces if module.mod else ():
            if directive.is_local and directive.target in module.outside_replaces:
                yield _draft(module, directive)


def _draft(module: Module, directive: Replace) -> Draft:
    name = f"{directive.path}@{directive.version}" if directive.version else directive.path
    return Draft(
        location=Location(module.file("go.mod"), directive.line),
        message=f"{name} is replaced by {directive.target}, which is outside the repository",
        key=f"{name} => {directive.target}",
        command=go_command(module.dir, "mod", "edit", f"-dropreplace={name}"),
    )
