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
from go_release_gate.model.outcome import ModuleError
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
    """Mismatches that verify saw, errors of that class, then contradictions; each version once per module."""
    mismatches = verify.mismatches if verify else ()
    errors = list(faults(RULE.id, (module, tidy, verify, vendor)))
    for mismatch in mismatches:
        yield _mismatch_draft(module, mismatch)
    named = {_name(mismatch) for mismatch in mismatches}
    unnamed = [error for error in errors if not any(_speaks_of(error, name) for name in named)]
    for error in unnamed:
        yield draft_of(error, module)
    for draft in _contradictions(module, repository):
        if draft.key not in named and not any(_speaks_of(error, draft.key) for error in unnamed):
            yield draft


def _name(mismatch: Mismatch) -> str:
    return f"{mismatch.module}@{mismatch.version}"


def _speaks_of(error: ModuleError, name: str) -> bool:
    return f"{name}:" in error.message


def _mismatch_draft(module: Module, mismatch: Mismatch) -> Draft:
    name = _name(mismatch)
    return Draft(
        location=Location(module.file("go.sum"), mismatch.line),
        message=f"content of {name} contradicts go.sum: expected {mismatch.expected}, found {mismatch.found}",
        key=name,
    )


def _contradictions(module: Module, repository: Repository) -> Iterator[Draft]:
    """Lines of this go.sum that contradict an earlier one: of a module that comes first by directory, or its own."""
    ours: dict[tuple[str, str, bool], SumLine] = {}
    for line in module.sum.lines if module.sum else ():
        first = ours.setdefault((line.path, line.version, line.is_mod), line)
        if _contradict(first, line):
            yield _contradiction_draft(module, line, module, first)
    for other in sorted(repository.modules, key=lambda candidate: candidate.dir):
        if other.dir >= module.dir or not ours:
            return
        for theirs in other.sum.lines if other.sum else ():
            line = ours.get((theirs.path, theirs.version, theirs.is_mod), theirs)
            if _contradict(line, theirs):
                del ours[(line.path, line.version, line.is_mod)]
                yield _contradiction_draft(module, line, other, theirs)


def _contradict(one: SumLine, other: SumLine) -> bool:
    """Two hashes of one algorithm that differ; those of different algorithms cannot be compared."""
    return one.hash != other.hash and one.hash.partition(":")[0] == other.hash.partition(":")[0]


def _contradiction_draft(module: Module, ours: SumLine, other: Module, theirs: SumLine) -> Draft:
    name = f"{ours.path}@{ours.version}{'/go.mod' if ours.is_mod else ''}"
    place = Location(other.file("go.sum"), theirs.line)
    return Draft(
        location=Location(module.file("go.sum"), ours.line),
        message=f"go.sum files contradict each other about {name}: {ours.hash} here, {theirs.hash} in {place.path}",
        key=name,
        related=(Related(f"{theirs.hash} here", place),),
    )
