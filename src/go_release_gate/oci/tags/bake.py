"""What later steps read: the JSON output, and definitions for `docker buildx bake`.

https://docs.docker.com/build/bake/reference/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from go_release_gate.oci.tags.answer import Answer
from go_release_gate.oci.tags.labels import label_table

DEFAULT_TARGET = "docker-metadata-action"
"""The peer's name, so that bake files which inherit from it stay as they are."""


def json_output(answer: Answer) -> dict[str, Any]:
    """The output `json`."""
    return {
        "tags": list(answer.tags),
        "tag-names": list(answer.tag_names),
        "labels": label_table(answer.labels),
        "annotations": list(answer.annotations),
    }


def bake_files(answer: Answer, target: str = DEFAULT_TARGET) -> dict[str, dict[str, Any]]:
    """Output → definition of one target: all of `bake-file`, `-tags`, `-labels` and `-annotations`."""
    tags, arguments = list(answer.tags), _arguments(answer)
    labels = label_table(answer.labels)
    contents: dict[str, dict[str, Any]] = {
        "bake-file": {"tags": tags, "labels": labels, "args": arguments},
        "bake-file-tags": {"tags": tags, "args": arguments},
        "bake-file-labels": {"labels": labels},
        "bake-file-annotations": {"annotations": list(answer.annotations)},
    }
    return {name: {"target": {target: content}} for name, content in contents.items()}


def bake_files_by_image(answer: Answer, target: str = DEFAULT_TARGET) -> dict[str, dict[str, Any]]:
    """Image → a definition of its own, for repositories that build each image by a target of its own."""
    found = {}
    for image in answer.images:
        tags = tuple(tag for tag in answer.tags if tag.startswith(f"{image}:"))
        found[image] = bake_files(replace(answer, tags=tags, images=(image,)), target)["bake-file"]
    return found


def _arguments(answer: Answer) -> dict[str, str]:
    images = {"DOCKER_META_IMAGES": ",".join(answer.images)}
    return {**images, "DOCKER_META_VERSION": answer.version} if answer.version else images
