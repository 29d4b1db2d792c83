"""A file below vendor that is not what its module contains.

## What it finds

Every vendored file whose bytes differ from a fresh vendoring although its package is the right one, and files that
were added to a vendored package or taken from it. Beyond twenty files it is one finding per module.

## Why

Nobody looks below vendor: reviewers skip it, `go mod verify` never reads it, and the next `go mod vendor` silently
throws a local patch away. A change there is built into the release without standing in go.mod or go.sum.

## Fix

If the change was an accident, run the command of the finding. If it was meant, move it where it can be seen: a fork
and a replace directive.

## Limits

Line endings converted by a checkout count as a change: give `vendor/** -text` in .gitattributes. The rule does not
mend by itself, because that would throw a deliberate patch away.

## References

- https://go.dev/ref/mod#vendoring
- https://github.com/golang/go/issues/27348
- https://go.dev/ref/mod#go-mod-file-replace
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.vendor import Vendor, VendorDifference
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import bounded, vendor_command

RULE = Rule(
    id="modified-vendor",
    summary="a vendored file differs from the module it was copied from",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module, Vendor),
    uses=(Repository,),
)

_SINGLY = 20  # up to so many files have a finding each
_WORDS = {
    "edited": "differs from its module",
    "extra": "is not part of its module",
    "missing": "is missing although its package is vendored",
}


@RULE.check
def check(module: Module, vendor: Vendor, repository: Repository | None) -> Iterator[Draft]:
    """One draft per file, or one for all when there are many."""
    files = sorted(vendor.edited, key=lambda item: item.path)
    if len(files) > _SINGLY:
        yield _summary(module, repository, files)
        return
    for item in files:
        yield Draft(
            location=_place(module, item),
            message=f"vendored file {item.path} {_WORDS[item.kind]}",
            key=f"{item.kind} {item.path}",
            command=vendor_command(module, repository),
        )


def _summary(module: Module, repository: Repository | None, files: list[VendorDifference]) -> Draft:
    return Draft(
        location=_place(module, files[0]),
        message=f"{len(files)} vendored files differ from their modules, {files[0].path} the first of them",
        key="vendor",
        command=vendor_command(module, repository),
        related=bounded([Related(f"{item.path} {_WORDS[item.kind]}", _place(module, item)) for item in files]),
    )


def _place(module: Module, item: VendorDifference) -> Location:
    return (
        Location(module.file("vendor/modules.txt"), 1)
        if item.kind == "missing"
        else Location(item.path, item.line or 1)
    )
