"""Building an image twice gives two different images.

## What it finds

With `build --with-images --reproducible`: an image whose digest differs when its Dockerfile is built again, without a
cache and from a copy of the tree in another directory. The first part that differs is named: the layer and the path in
it with what differs (content, time, mode, owner), or the key of the configuration.

## Why

Nobody can check that an image was made from a commit when building the commit gives something else each time, and
every rebuild looks like a change to whoever compares digests.

## Fix

Pass the commit's time as `SOURCE_DATE_EPOCH` and build with `rewrite-timestamp=true` (BuildKit 0.13 and newer), which
makes times in layers and the configuration those of the commit. Pin base images by digest and packages by version,
take caches and logs out of layers, and give Go `-trimpath`.

## Limits

What the engine at hand cannot do is part of the answer: without buildx and a builder of its own, times in layers are
those of the build, and the message says so beside what differs. Attestations are left out of both builds. Both builds
happen on one machine with the same engine.

## References

- https://docs.docker.com/build/ci/github-actions/reproducible-builds/
- https://github.com/moby/buildkit/blob/master/docs/build-repro.md
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built_images import BuiltImage, BuiltImages, ImageDifference
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="irreproducible-image",
    summary="building an image twice gives different digests",
    severity=Severity.WARNING,
    since="0.1",
    needs=(BuiltImages,),
)


@RULE.check
def check(built: BuiltImages) -> Iterator[Draft]:
    """One draft for each image that came out differently."""
    for image in built.images:
        if not image.differences:
            continue
        order = image.order
        yield Draft(
            Location(order.path, order.line) if order.path else Location(order.dockerfile),
            f"the image of {order.name} differs when it is built again: {_words(image)}",
            key=f"{order.dockerfile}:{order.target}:{image.differences[0].part}",
            target=Target("image", order.name),
        )


def _words(image: BuiltImage) -> str:
    first, *others = image.differences
    more = f", and {len(others)} more" if others else ""
    limits = f" ({'; '.join(image.limits)})" if image.limits else ""
    return f"first {_part(first)}{more}{limits}"


def _part(one: ImageDifference) -> str:
    where = f"{one.platform} {one.part}".strip()
    path = f" {one.path}" if one.path else ""
    return f"{where}{path}: {one.what}"
