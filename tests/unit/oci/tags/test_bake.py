"""Definitions for bake: one for all images, and one for each."""

from __future__ import annotations

from go_release_gate.oci.tags.answer import Answer
from go_release_gate.oci.tags.bake import bake_files, bake_files_by_image

ANSWER = Answer(
    version="1.2.3",
    images=("ghcr.io/acme/api", "ghcr.io/acme/api-web"),
    tags=("ghcr.io/acme/api:1.2.3", "ghcr.io/acme/api:latest", "ghcr.io/acme/api-web:1.2.3"),
    tag_names=("1.2.3", "latest"),
    labels=(),
    annotations=(),
)


def test_each_image_has_its_own_tags() -> None:
    """An image gets the tags of its own repository, also where its name begins another's."""
    found = bake_files_by_image(ANSWER, "app")

    assert {image: content["target"]["app"]["tags"] for image, content in found.items()} == {
        "ghcr.io/acme/api": ["ghcr.io/acme/api:1.2.3", "ghcr.io/acme/api:latest"],
        "ghcr.io/acme/api-web": ["ghcr.io/acme/api-web:1.2.3"],
    }
    assert found["ghcr.io/acme/api"]["target"]["app"]["args"]["DOCKER_META_IMAGES"] == "ghcr.io/acme/api"


def test_together_they_are_the_one_for_all() -> None:
    """No tag is lost or doubled on the way."""
    whole = bake_files(ANSWER)["bake-file"]["target"]["docker-metadata-action"]["tags"]
    parts = [content["target"]["docker-metadata-action"]["tags"] for content in bake_files_by_image(ANSWER).values()]

    assert [tag for part in parts for tag in part] == whole
