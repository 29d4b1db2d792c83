"""A release tag is not newer than the last one of its line.

## What it finds

The judged tag, where its line has a higher version already. A version's line is its minor line (`v1.8`) where that has
releases, else its major line. So `v1.8.4` after `v1.9.0` or `v2.0.0` is fine, `v1.8.2` after `v1.8.3` is not, nor is
`v1.8.0-rc.2` after `v1.8.0`, nor a first `v1.7.0` after `v1.9.0`.

## Why

Whoever asks for the line's newest version keeps getting the higher one: the new release reaches nobody by `go get -u`,
and the image tag of the line moves back to it.

## Fix

Remove the tag and release the next version of the line; the message names it.

## Limits

A tag that was made after the judged one does not count, so that an old release can be built again. Light tags have no
date of their own, their commit's counts. In a shallow checkout other tags are asked of GitHub where a token is there;
else the report says that this was not judged.

## References

- https://go.dev/ref/mod#versions
- https://semver.org/#spec-item-11
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.tags import Tags
from go_release_gate.gomod.ladder import line_of
from go_release_gate.gomod.version import compare, max_version, parse, prerelease
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import draft

RULE = Rule(
    id="version-not-increasing",
    summary="a release tag is not newer than the last one of its line",
    severity=Severity.ERROR,
    since="0.1",
    needs=(ReleaseTable, Tags),
    events=(Event.TAG,),
)


@RULE.check
def check(table: ReleaseTable, tags: Tags) -> Iterator[Draft]:
    """One draft for a judged tag with a higher one before it in its line."""
    modules = table.modules_of(table.pushed)
    if tags.pushed is None or not modules:
        return
    version = table.version_of(table.pushed)
    earlier = [name for name, tag in tags.known.items() if not tag.time or tag.time <= (tags.pushed.time or tag.time)]
    line = line_of(version, table.releases(modules[0].dir, earlier).values())
    last = max_version(line)
    if last and compare(version, last) <= 0:
        front = table.pushed.removesuffix(version)
        yield draft(
            table,
            f"the tag {table.pushed} comes after {front}{last}, which is newer; expected {front}{_next(last)} or newer",
            severity=Severity.WARNING if _is_beside(version, last) else None,
        )


def _is_beside(version: str, last: str) -> bool:
    """Whether both are prereleases of the same version: names with commits or dates in them have no order."""
    return bool(prerelease(version) and prerelease(last)) and version.partition("-")[0] == last.partition("-")[0]


def _next(last: str) -> str:
    """The least release after `last`: the prerelease's own version, else the next patch."""
    found = parse(last)
    if found is None or prerelease(last):
        return last.partition("-")[0]
    return f"v{found.major}.{found.minor}.{found.patch + 1}"
