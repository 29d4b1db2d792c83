"""A module cache entry that was changed after it was downloaded.

## What it finds

A zip, an extracted directory or a recorded hash in Go's module cache that does not match go.sum while the genuine
content is to be had: somebody edited a file in the cache, a restored cache was cut short, a disk lost bytes. The
entry is removed, downloaded and hashed again, once; a healed entry is a note. One that cannot be healed makes the
modules that need it unavailable, and is a warning.

## Why

Go compares a download with go.sum and then trusts its cache for ever: builds and `go mod tidy` read an edited
directory without a word. In a pipeline that restores its cache, whatever changed it once is built into every later
release.

## Fix

`go clean -modcache`, delete the pipeline's saved cache, and find out what writes there. Dependencies are edited
through a replace directive or a fork, never in the cache.

## Limits

Only versions that a go.sum of the repository gives a content hash for are looked at. Content that contradicts go.sum
after a fresh download is checksum-mismatch. Offline an entry cannot be healed.

## References

- https://go.dev/ref/mod#module-cache
- https://go.dev/ref/mod#go-mod-verify
- https://go.dev/ref/mod#go-clean-modcache
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from go_release_gate.facts.module import Module
from go_release_gate.facts.verify import Healed, Verify
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="modified-module-cache",
    summary="the module cache holds other content than was downloaded",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Module, Verify),
    merge=True,
)


@RULE.check
def check(module: Module, verify: Verify) -> Iterator[Draft]:
    """One draft per damaged entry, a milder one per healed entry."""
    for entry in verify.damaged:
        yield _draft(module, entry, "it could not be replaced")
    for entry in verify.healed:
        yield replace(_draft(module, entry, "it was downloaded again"), command="", severity=Severity.NOTE)


def _draft(module: Module, entry: Healed, end: str) -> Draft:
    name = f"{entry.module}@{entry.version}"
    return Draft(
        location=_place(module, entry),
        message=f"{name} in the module cache is not what was downloaded ({entry.what}); {end}",
        key=f"{name} {entry.what}",
        command="go clean -modcache",
    )


def _place(module: Module, entry: Healed) -> Location:
    """The line of go.sum that the entry contradicts, else the module's first line."""
    line = module.sum.content_hashes().get((entry.module, entry.version)) if module.sum else None
    return Location(module.file("go.sum"), line.line) if line else Location(module.file("go.mod"), 1)
