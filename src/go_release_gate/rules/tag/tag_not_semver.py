"""A release tag is no version that Go and image tags can name.

## What it finds

The tag that is judged (`check` on a tag, `--tag`), where the part after the module's directory is not a strict
version: `v`, three numbers without leading zeros, and a prerelease if there is one. `1.2.3`, `v1.2`, `V1.2.3`,
`v1.2.3+build`, `nightly`, and what looks like a pseudo-version are found; the message names the nearest valid tag.

## Why

Go takes no other tag for a version: the release exists for people and for no `go get`. docker/metadata-action only
warns about such a tag, makes no image tag of it, and the step after it fails with an error that names neither. Build
metadata is dropped from image tags, so that `v1.2.3+a` and `v1.2.3+b` overwrite each other.

## Fix

Remove the tag and make the nearest valid one. Tags that are no releases (`nightly`, `v1` that moves) are left out of
the workflow's trigger: `tags: ["v[0-9]+.[0-9]+.[0-9]+*"]`.

## Limits

Only where the repository has an image. A tag that exists and is not judged now is not looked at.

## References

- https://go.dev/ref/mod#versions
- https://go.dev/ref/mod#vcs-version
- https://semver.org/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.gomod.ladder import is_release
from go_release_gate.gomod.version import is_incompatible, is_pseudo, parse
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import draft

RULE = Rule(
    id="tag-not-semver",
    summary="a release tag is no version `vMAJOR.MINOR.PATCH`",
    severity=Severity.ERROR,
    since="0.1",
    needs=(ReleaseTable,),
    events=(Event.TAG,),
)

_NEAR = re.compile(r"[vV=.]*(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[-_.]?([A-Za-z][0-9A-Za-z.-]*))?(?:\+.*)?")


@RULE.check
def check(table: ReleaseTable) -> Iterator[Draft]:
    """One draft for a judged tag without a strict version."""
    version = table.version_of(table.pushed)
    if not table.pushed or is_release(version):
        return
    near = nearest(version)
    front = table.pushed.removesuffix(version)
    told = f"; call it {front}{near}" if near else "; expected vMAJOR.MINOR.PATCH"
    yield draft(table, f"the tag {table.pushed} {_why(version)}{told}")


def nearest(version: str) -> str:
    """The valid version that was probably meant; empty: none can be told."""
    found = _NEAR.fullmatch(version)
    if found is None or is_pseudo(version):
        return ""
    numbers = ".".join(str(int(digits or 0)) for digits in found.groups()[:3])
    candidate = f"v{numbers}-{found[4]}" if found[4] else f"v{numbers}"
    return candidate if is_release(candidate) and candidate != version else ""


def _why(version: str) -> str:
    found = parse(version)
    if is_pseudo(version):
        return "looks like a pseudo-version, for which Go takes no tag"
    if is_incompatible(version):
        return "ends in +incompatible, which Go adds itself and takes from no tag"
    if found and found.build:
        return f"has build metadata ({found.build}), which neither Go nor an image tag keeps"
    if found and found.is_short:
        return "is a short form, which Go takes for no version"
    return f"is not a version: {version!r} is not strict SemVer with a leading v"
