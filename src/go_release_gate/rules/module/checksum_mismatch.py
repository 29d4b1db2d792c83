"""Content of a dependency that contradicts go.sum, or two go.sum files that contradict each other.

## What it finds

A module version whose zip, extracted directory or go.mod has another hash than go.sum says, at the line of go.sum;
and one version for which two modules of the repository record different hashes.

## Why

go.sum is the only thing that ties a release to the bytes that were reviewed. If they differ, either the author moved
a tag, or a proxy, a cache or somebody in between serves other content. Both are reasons to stop.

## Fix

None that a machine may choose. Find out which of the two is genuine: compare with the checksum database, with the
author's repository, with another machine. Then correct go.sum by a reviewed commit, or require another version. The
finding is never retried and never mended by `--fix`.

## Limits

Only content that is in the module cache or that Go had to download can be compared; `verify.absent` counts the
versions that were not there. Hashes of go.mod files alone are compared under `verify: both`.

## References

- https://go.dev/ref/mod#go-sum-files
- https://go.dev/ref/mod#authenticating
- https://go.dev/ref/mod#checksum-database
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.vendor import Vendor
from go_release_gate.facts.verify import Contradiction, Mismatch, SumSite, Verification, Verify
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.outcome import ModuleError
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import draft_of, faults

RULE = Rule(
    id="checksum-mismatch",
    summary="a dependency's content contradicts go.sum",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module,),
    uses=(Tidy, Verify, Vendor, Verification),
)


@RULE.check
def check(
    module: Module,
    tidy: Tidy | None,
    verify: Verify | None,
    vendor: Vendor | None,
    whole: Verification | None,
) -> Iterator[Draft]:
    """Mismatches that verify saw, errors of that class, then contradictions; each version once per module."""
    mismatches = verify.mismatches if verify else ()
    errors = list(faults(RULE.id, (module, tidy, verify, vendor)))
    for mismatch in mismatches:
        yield _mismatch_draft(module, mismatch)
    named = {_name(mismatch) for mismatch in mismatches}
    unnamed = [error for error in errors if not any(_speaks_of(error, name) for name in named)]
    for error in unnamed:
        yield draft_of(error, module)
    for contradiction in whole.contradictions if whole else ():
        name = _name(contradiction)
        if name not in named and not any(_speaks_of(error, name) for error in unnamed):
            yield from _contradiction_draft(module, contradiction)


def _name(found: Mismatch | Contradiction) -> str:
    return f"{found.module}@{found.version}"


def _speaks_of(error: ModuleError, name: str) -> bool:
    return f"{name}:" in error.message


def _mismatch_draft(module: Module, mismatch: Mismatch) -> Draft:
    name = _name(mismatch)
    return Draft(
        location=Location(module.file("go.sum"), mismatch.line),
        message=f"content of {name} contradicts go.sum: expected {mismatch.expected}, found {mismatch.found}",
        key=name,
    )


def _contradiction_draft(module: Module, contradiction: Contradiction) -> Iterator[Draft]:
    """A draft at this module's first line that contradicts the first one of all, by directory and line."""
    first, *others = sorted(contradiction.sites, key=lambda site: (site.dir, site.line))
    ours = next((site for site in others if site.dir == module.dir and site.hash != first.hash), None)
    if ours is None:
        return
    name, place = _name(contradiction), _place(first)
    yield Draft(
        location=_place(ours),
        message=f"go.sum files contradict each other about {name}: {ours.hash} here, {first.hash} in {place.path}",
        key=name,
        related=(Related(f"{first.hash} here", place),),
    )


def _place(site: SumSite) -> Location:
    return Location("go.sum" if site.dir == "." else f"{site.dir}/go.sum", site.line)
