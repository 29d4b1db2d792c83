"""The inputs of docker/metadata-action, as texts, and its variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a step is given.

    Attributes:
        images, tags, flavor, labels, annotations: lists of lines.
        short_sha_length: the variable DOCKER_METADATA_SHORT_SHA_LENGTH; empty: 7.
        annotation_levels: the variable DOCKER_METADATA_ANNOTATIONS_LEVELS, separated by commas; empty: manifest.
    """

    images: str = ""
    tags: str = ""
    flavor: str = ""
    labels: str = ""
    annotations: str = ""
    short_sha_length: str = ""
    annotation_levels: str = ""

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of annotations, not trimmed."""
        return tuple((self.annotation_levels or "manifest").split(","))
