"""A vendor directory that does not hold what go.mod asks for.

## What it finds

A `vendor/modules.txt` that is missing or disagrees with go.mod, and packages that a fresh `go mod vendor` would add
or drop. One finding per module, with the first files by name.

## Why

With a vendor directory Go builds from it and nothing else. If it lags behind go.mod, the build stops with
"inconsistent vendoring", or worse: with `-mod=mod` on one machine and vendor on another, two different programs
carry one version.

## Fix

Run the command of the finding and commit the directory.

## Limits

The comparison needs a tidy module whose dependencies can be downloaded; otherwise the answer is unavailable. A
vendor directory of a workspace (`go work vendor`) is not compared. Packages whose files alone differ are reported
by modified-vendor.

## References

- https://go.dev/ref/mod#vendoring
- https://go.dev/ref/mod#go-mod-vendor
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.vendor import Vendor, VendorDifference
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import bounded, counted, go_command, listing, vendor_command

RULE = Rule(
    id="stale-vendor",
    summary="vendor does not hold what go.mod asks for",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module, Vendor),
    uses=(Repository,),
)


@RULE.check
def check(module: Module, vendor: Vendor, repository: Repository | None) -> Iterator[Draft]:
    """One draft for the whole vendor directory, at its first line that differs."""
    if not vendor.stale:
        return
    files = sorted(vendor.stale, key=lambda item: (not item.path.endswith("/modules.txt"), item.path))
    yield Draft(
        location=_place(module, files),
        message=f"vendor is out of step with go.mod, {counted(len(files), 'file')}: {listing(_names(files), 3)}",
        key="vendor",
        command=_command(module, repository, files),
        related=bounded([Related(f"{item.kind}: {item.path}", _location(item)) for item in files]),
    )


def _command(module: Module, repository: Repository | None, files: Sequence[VendorDifference]) -> str:
    """A vendor tree beside go.work is made for the whole workspace."""
    top, _, _ = files[0].path.rpartition("vendor/") if files else ("", "", "")
    of_module = any(item.path.startswith(module.file("vendor") + "/") for item in files)
    return vendor_command(module, repository) if of_module else go_command(top.rstrip("/") or ".", "work", "vendor")


def _names(files: Sequence[VendorDifference]) -> list[str]:
    return [f"{item.path} ({item.kind})" for item in files]


def _place(module: Module, files: Sequence[VendorDifference]) -> Location:
    """The first differing file that is there; go.mod when all of them are missing."""
    return next((place for item in files if (place := _location(item))), Location(module.file("go.mod"), 1))


def _location(item: VendorDifference) -> Location | None:
    return None if item.kind == "missing" else Location(item.path, item.line or 1)
