"""The rule about images that come out differently."""

from __future__ import annotations

from go_release_gate.facts.built_images import BuiltImage, BuiltImages, ImageDifference, ImageOrder
from go_release_gate.rules.build.irreproducible_image import check

ORDER = ImageOrder("app/Dockerfile", path=".github/workflows/release.yml", line=9)


def test_the_first_part_is_named_with_what_the_engine_cannot_do() -> None:
    """One draft at the place that asks for the image."""
    differences = (
        ImageDifference("linux/amd64", "layer 2", "app/shop", "mtime 1 against 2"),
        ImageDifference("linux/amd64", "config", "created", "a against b"),
    )
    image = BuiltImage(ORDER, is_reproduced=False, differences=differences, limits=("it sets no times",))
    (draft,) = check(BuiltImages((image,)))
    assert (draft.location.path, draft.location.line) == (".github/workflows/release.yml", 9)
    assert draft.message == (
        "the image of app/Dockerfile differs when it is built again: first linux/amd64 layer 2 app/shop: "
        "mtime 1 against 2, and 1 more (it sets no times)"
    )


def test_what_is_the_same_or_not_tried_says_nothing() -> None:
    """No draft for a reproduced image, for one built once, for one that failed."""
    images = (BuiltImage(ORDER, is_reproduced=True), BuiltImage(ORDER), BuiltImage(ORDER, failure="no"))
    assert list(check(BuiltImages(images))) == []
