"""Rules about images that files name."""

from __future__ import annotations

import pytest

from go_release_gate.facts.image_uses import ImageUse, ImageUses
from go_release_gate.oci.manifests.scan import combined, scan
from go_release_gate.rules.image import invalid_image_reference, tag_and_digest, unpinned_image
from go_release_gate.rules.image.invalid_image_reference import lowered

POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"


def uses(*images: str, path: str = "pod.yaml") -> ImageUses:
    """A pod's images as the fact."""
    return ImageUses(tuple(combined([scan(path, POD + "".join(f"    - image: {image}\n" for image in images))])))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme/Shop:V1", "acme/shop:V1"),
        ("ghcr.io/Acme/Shop@sha256:AB", "ghcr.io/acme/shop@sha256:AB"),
        ("GHCR.io/Acme/shop", "GHCR.io/acme/shop"),
        ("HOST:5000/A/b:X", "HOST:5000/a/b:X"),
        ("Shop", "shop"),
    ],
)
def test_only_the_repository_is_lowered(text: str, expected: str) -> None:
    """A real host, a tag and a digest keep their letters."""
    assert lowered(text) == expected


@pytest.mark.parametrize("image", ["Acme/sh op", "ghcr.io/Acme/shop:a+b", "ghcr.io/Acme//shop"])
def test_no_correction_that_would_not_do(image: str) -> None:
    """Where lower case alone does not make a name, no fix is offered."""
    (draft,) = invalid_image_reference.check(uses(image))
    assert draft.fix is None


def test_places_of_the_same_name_are_told_apart_or_gathered() -> None:
    """A wrong name is a finding each time, with a key of its own; an unpinned one is one finding with its places."""
    wrong = list(invalid_image_reference.check(uses("Acme/shop", "Acme/shop")))
    assert len({draft.key for draft in wrong}) == len({draft.location.line for draft in wrong}) == 2
    (moving,) = unpinned_image.check(uses("acme/shop", "acme/shop"))
    assert [related.location and related.location.line for related in moving.related] == [6]


def test_a_use_that_cannot_be_read_is_one_rules_matter() -> None:
    """The other rules are silent about it."""
    found = uses("ghcr.io/Acme/shop:latest@sha256:1")
    assert list(unpinned_image.check(found)) == list(tag_and_digest.check(found)) == []


def test_an_overridden_name_is_not_judged() -> None:
    """What kustomize replaces may be any word."""
    (use,) = uses("Not/a Name").uses
    assert isinstance(use, ImageUse)
    assert list(invalid_image_reference.check(ImageUses((use.overridden(),)))) == []
