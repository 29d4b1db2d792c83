"""A platform that the release promises is not in the finished image.

## What it finds

A platform of the table of images (`images: [{image: …, platforms: […]}]`) or of `--platform` that the image's index
has no entry for. A single image without an index counts for the platform of its configuration.

## Why

Nodes of that platform answer `no matching manifest`, after the release, one cluster at a time. It happens when one job
of a matrix fails silently, or when the jobs push to the same tag one after the other, each replacing the last.

## Fix

Build all platforms in one run (`platforms: linux/amd64,linux/arm64`), or merge what the jobs pushed into one index
(`docker buildx imagetools create`).

## Limits

Only where platforms are told. `linux/arm64/v8` is `linux/arm64`; a variant that is not asked for does not count.

## References

- https://github.com/opencontainers/image-spec/blob/main/image-index.md
- https://docs.docker.com/build/building/multi-platform/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image import Said, draft

RULE = Rule(
    id="missing-platform",
    summary="a platform that the release promises is not in the image",
    severity=Severity.ERROR,
    since="0.1",
    needs=(),
)


@RULE.check_of(ImageContent, Expected)
def check(image: ImageContent, expected: Expected) -> Iterator[Draft]:
    """One draft per platform."""
    there = [_parts(one.platform) for one in image.platforms]
    told = ", ".join(image.offered or (one.platform for one in image.platforms)) or "no platform at all"
    for name in expected.platforms:
        wanted = _parts(name)
        if not any(one[: len(wanted)] == wanted for one in there):
            said = f"{name} is not in the image, which has {told}; build all platforms in one run, or merge them"
            yield draft(image, Said(f"platform {name}", said))


def _parts(platform: str) -> tuple[str, ...]:
    parts = tuple(platform.split("/"))
    return parts[:2] if parts[1:] == ("arm64", "v8") else parts
