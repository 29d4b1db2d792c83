"""A finished image is larger than its program needs, and what makes it so.

## What it finds

- Layers that are larger than 300 MB together, as they are pulled, with the largest ones and what made them.
- What lies in the layers to no use, with its bytes: the cache of modules or of builds, package lists of apt and apk, a
  `.git` folder, files that a later layer replaces or removes; from 5 MB on.

## Why

Every node pulls every byte at every release, and a rollback waits for it. Caches and repositories in an image are also
what an intruder looks for.

## Fix

Copy the program alone into a last stage. Keep caches in cache mounts (`RUN --mount=type=cache,target=/go/pkg/mod`), and
remove what a command leaves behind in the same `RUN`: a later one hides it, and takes nothing away.

## Limits

A note for the whole, a warning for caches and repositories. What a base image brings along counts, too.

## References

- https://docs.docker.com/build/building/best-practices/
- https://docs.docker.com/build/cache/optimize/
- https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import Ballast, ImageContent, PlatformImage
from go_release_gate.model.finding import Related
from go_release_gate.model.severity import Severity
from go_release_gate.model.sizes import size_text
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image import Said, drafts
from go_release_gate.rules.build._image_programs import TOOLCHAIN

RULE = Rule(
    id="large-image",
    summary="the image is larger than its program needs",
    severity=Severity.WARNING,
    since="0.1",
    needs=(),
)

LARGE = 300_000_000  # bytes to pull
LITTLE = 5_000_000  # bytes that nobody changes a Dockerfile for
MOST_NAMED = 3  # layers
_MILD = frozenset({"package lists", "duplicate"})


@RULE.check_of(ImageContent)
def check(image: ImageContent) -> Iterator[Draft]:
    """One draft for the whole, and one per kind of ballast."""
    return drafts(image, _of_platform)


def _of_platform(platform: PlatformImage) -> Iterator[Said]:
    total = sum(layer.size for layer in platform.layers)
    if total > LARGE:
        largest = sorted(enumerate(platform.layers, 1), key=lambda pair: -pair[1].size)[:MOST_NAMED]
        named = tuple(
            Related(f"layer {number}: {size_text(layer.size)}{_made(layer.created_by)}") for number, layer in largest
        )
        said = f"{size_text(total)} are pulled by every node; the largest layers are named beside this"
        yield Said("total", said, Severity.NOTE, related=named)
    kinds = dict.fromkeys(one.kind for one in platform.ballast if one.kind != TOOLCHAIN)
    for kind in kinds:
        found = [one for one in platform.ballast if one.kind == kind]
        size = sum(one.size for one in found)
        if size >= LITTLE:
            severity = Severity.NOTE if kind in _MILD else None
            yield Said(f"ballast {kind}", _told(kind, size, found), severity, related=tuple(map(_place, found)))


def _told(kind: str, size: int, found: list[Ballast]) -> str:
    files = sum(one.files for one in found)
    said = f"{size_text(size)} in {files} {'file' if files == 1 else 'files'}"
    if kind == "duplicate":
        return (
            f"{said} lie in layers though a later layer replaces or removes them; change them in the layer they are of"
        )
    return f"{said} are {kind}, of no use to a running program; keep it out of the last stage"


def _place(one: Ballast) -> Related:
    path = f" below {one.path}" if one.path else ""
    return Related(f"layer {one.layer + 1}: {size_text(one.size)}{path}")


def _made(created_by: str) -> str:
    return f" by {created_by[:100]}" if created_by else ""
