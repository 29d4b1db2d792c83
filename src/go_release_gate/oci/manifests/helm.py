"""Images of a chart: its values, by the shapes that charts have in common, and plain lines of its templates.

There is no schema of values: what is taken for an image is a mapping under a key that ends in `image`, one with
`repository` and `tag`, and a text under a key that ends in `image`. A tag that is not there is the chart's own
(`appVersion`, by convention); nothing is said about it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import HELM, ImageUse, Part

_VALUES = re.compile(r"(?:.*[-_.])?values(?:[-_.].*)?\.ya?ml")
_IMAGE_KEY = re.compile(r"(?:.*[a-z0-9_-])?Image|(?:.*[_-])?image")
_LINE = re.compile(
    r"""^[ \t]*(?:-[ \t]+)?["']?image["']?[ \t]*:[ \t]*(?P<quote>["']?)(?P<text>[^\s"'{}\[\]#&*|>!%@`]+)(?P=quote)"""
    r"[ \t]*(?:#.*)?\r?"
)


def is_values(path: str) -> bool:
    """Whether a file's name is that of a chart's values."""
    return _VALUES.fullmatch(posixpath.basename(path)) is not None


def images(path: str, document: Node) -> Iterator[ImageUse]:
    """The images in values."""
    waiting: list[tuple[str, str, Node]] = [("", "", document)]
    seen: set[Node] = set()
    while waiting:
        place, key, node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        use = _of_text(path, place, key, node) if node.part else _of_mapping(path, place, key, node)
        if use:
            yield use
        below = [(f"{place}.{name}" if place else name, name, child) for name, child in node.entries()]
        waiting += reversed(below)


def _of_text(path: str, place: str, key: str, node: Node) -> ImageUse | None:
    if node.part is None or not node.text or not _IMAGE_KEY.fullmatch(key):
        return None
    return ImageUse(path, HELM, node.part, field=place, can_default=True)


def _of_mapping(path: str, place: str, key: str, node: Node) -> ImageUse | None:
    repository = node.get("repository").part
    if repository is None and _IMAGE_KEY.fullmatch(key) and node.get("tag").part:
        repository = node.get("name").part
    if repository is None or not repository.text or not (_IMAGE_KEY.fullmatch(key) or node.get("tag").part):
        return None
    digest = _digest(node)
    registry, tag = node.get("registry").text, node.get("tag").part
    return ImageUse(path, HELM, repository, registry, tag, digest, place, can_default=True)


def _digest(node: Node) -> Part | None:
    part = node.get("digest").part
    return part if part and part.text else None


def template_images(path: str, text: str, before: int, where: str = HELM) -> Iterator[ImageUse]:
    """Images on lines `image: …` of a text that is no YAML before it is rendered; values with actions are left out."""
    for number, source in enumerate(text.split("\n"), before + 1):
        match = _LINE.fullmatch(source) if "image" in source else None
        if match:
            part = Part(match["text"], number, match.start("text") + 1, f"{source}\n")
            yield ImageUse(path, where, part, field="image", can_default=True)


def with_overrides(uses: Iterable[ImageUse]) -> list[ImageUse]:
    """The uses, those marked whose tag another values file of the same directory pins under the same key."""
    listed = list(uses)
    pinned: dict[tuple[str, str], set[str]] = {}
    for use in listed:
        if use.where == HELM and (use.digest or (use.tag and use.tag.text not in ("", "latest"))):
            pinned.setdefault((posixpath.dirname(use.path), use.field), set()).add(use.path)
    return [use.overridden() if _is_pinned_beside(use, pinned) else use for use in listed]


def _is_pinned_beside(use: ImageUse, pinned: dict[tuple[str, str], set[str]]) -> bool:
    return use.where == HELM and bool(pinned.get((posixpath.dirname(use.path), use.field), set()) - {use.path})
