"""The fact which images the repository's files name: manifests, values, compose files, workflows, Dockerfiles."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.oci.manifests.use import ImageUse

__all__ = ["ImageUse", "ImageUses"]


@dataclass(frozen=True, slots=True)
class ImageUses:
    """Every image that is named, in the order of paths and lines; placeholders and templates are left out.

    `unreadable`: files (or documents in them) that were not read, as `path[:line]: why`.
    """

    uses: tuple[ImageUse, ...]
    unreadable: tuple[str, ...] = ()
