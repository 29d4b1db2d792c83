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
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.vendor import Vendor
from go_release_gate.facts.verify import Mismatch, Verify
from go_release_gate.gomod.sumfile import SumLine
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import draft_of, faults

RULE = Rule(
    id="checksum-mismatch",
    summary="a dependency's content contradicts go.sum",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module, Repository),
    uses=(Tidy, Verify, Vendor),
)


@RULE.check
def check(
    module: Module, repository: Repository, tidy: Tidy | None, verify: Verify | None, vendor: Vendor | None
) -> Iterator[Draft]:
    """Mismatches that verify saw, errors of that class, then contradictions with earlier modules."""
    mismatches = verify.mismatches if verify else ()
    for mismatch in mismatches:
        yield _mismatch_draft(module, mismatch)
    named = {f"{mismatch.module}@{mismatch.version}" for mismatch in mismatches}
    for error in faults(RULE.id, (module, tidy, verify, vendor)):
        if not any(name in error.message for name in named):
            yield draft_of(error, module)
    yield from _contradictions(module, repository)


def _mismatch_draft(module: Module, mismatch: Mismatch) -> Draft:
    name = f"{mismatch.module}@{mismatch.version}"
    return Draft(
        location=Location(module.file("go.sum"), mismatch.line),
        message=f"content of {name} contradicts go.sum: expected {mismatch.expected}, found {mismatch.found}",
        key=name,
    )


def _contradictions(module: Module, repository: Repository) -> Iterator[Draft]:
    """Lines of this go.sum for which a module that comes earlier by directory records another hash."""
    hashes = _own_hashes(module)
    for other in sorted(repository.modules, key=lambda candidate: candidate.dir):
        if other.dir >= module.dir or not hashes:
            return
        for theirs in other.sum.lines if other.sum else ():
            ours = hashes.get((theirs.path, theirs.version, theirs.is_mod))
            if ours is not None and _contradict(ours, theirs):
                del hashes[(ours.path, ours.version, ours.is_mod)]
                yield _contradiction_draft(module, ours, other, theirs)


def _own_hashes(module: Module) -> dict[tuple[str, str, bool], SumLine]:
    lines = module.sum.lines if module.sum else ()
    return {(line.path, line.version, line.is_mod): line for line in lines}


def _contradict(one: SumLine, other: SumLine) -> bool:
    """Two hashes of one algorithm that differ; those of different algorithms cannot be compared."""
    return one.hash != other.hash and one.hash.partition(":")[0] == other.hash.partition(":")[0]


def _contradiction_draft(module: Module, ours: SumLine, other: Module, theirs: SumLine) -> Draft:
    name = f"{ours.path}@{ours.version}{'/go.mod' if ours.is_mod else ''}"
    place = Location(other.file("go.sum"), theirs.line)
    return Draft(
        location=Location(module.file("go.sum"), ours.line),
        message=f"go.sum files contradict each other about {name}: {ours.hash} here, {theirs.hash} in {place.path}",
        key=f"contradiction {name}",
        related=(Related(f"{theirs.hash} here", place),),
    )
