"""Images of Kubernetes objects: every list of containers, wherever a kind keeps it, and image volumes.

Kinds are not enumerated: custom resources keep pod templates at paths of their own. A description of a custom
resource (CustomResourceDefinition) names no image, whatever its schema looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import KUBERNETES, ImageUse

_LISTS = frozenset({"containers", "initContainers", "ephemeralContainers"})
# API groups whose objects run images elsewhere too: keys of lists, keys of single ones.
_MORE_LISTS = {"tekton.dev": {"steps", "sidecars"}, "argoproj.io": {"sidecars"}}
_SINGLES = {"argoproj.io": {"container", "script"}, "tekton.dev": {"stepTemplate"}}
_PATCHED = re.compile(r".*/(?:containers|initContainers)/(?:\d+|-)(/image)?")
_NOT_DEPLOYED = frozenset({"CustomResourceDefinition", "Kustomization", "Component"})


def is_object(document: Node) -> bool:
    """Whether a document is a Kubernetes object, or a list of patches (RFC 6902) for one."""
    return bool(document.get("apiVersion").text and document.get("kind").text) or _is_patch(document)


def images(path: str, document: Node) -> Iterator[ImageUse]:
    """The images that an object, a List of objects or a JSON patch names."""
    if _is_patch(document):
        yield from _patched(path, document)
    elif document.get("kind").text not in _NOT_DEPLOYED:
        group = document.get("apiVersion").text.partition("/")[0]
        lists, singles = _LISTS | _MORE_LISTS.get(group, set()), _SINGLES.get(group, set())
        yield from _walk(path, document, lists, singles)


def _walk(path: str, top: Node, lists: frozenset[str], singles: set[str]) -> Iterator[ImageUse]:
    """In the order of the file; each node is entered once, by whatever aliases it is named."""
    waiting: list[tuple[str, Node]] = [("", top)]
    seen: set[Node] = set()
    while waiting:
        place, node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.get("kind").text in _NOT_DEPLOYED and node.get("apiVersion").text:
            continue
        for key, child in node.pairs.items():
            here = f"{place}.{key}" if place else key
            held = child.items if key in lists else [child] if key in singles else []
            yield from (use for one in held if (use := _container(path, here, one)))
            if key == "volumes":
                yield from _volumes(path, here, child)
        below = [(f"{place}.{key}" if place else key, child) for key, child in node.entries()]
        waiting += reversed([(name, child) for name, child in below if child.part is None])


def _container(path: str, field: str, container: Node) -> ImageUse | None:
    image = container.get("image").part
    if image is None:
        return None
    is_local = container.get("imagePullPolicy").text == "Never"
    return ImageUse(path, KUBERNETES, image, field=f"{field}.image", is_local=is_local)


def _volumes(path: str, field: str, volumes: Node) -> Iterator[ImageUse]:
    for volume in volumes.items:
        image = volume.get("image", "reference").part
        if image:
            yield ImageUse(path, KUBERNETES, image, field=f"{field}.image.reference")


def _is_patch(document: Node) -> bool:
    return bool(document.items) and all(one.get("op").text and one.get("path").text for one in document.items)


def _patched(path: str, document: Node) -> Iterator[ImageUse]:
    for operation in document.items:
        match = _PATCHED.fullmatch(operation.get("path").text)
        if match and operation.get("op").text in {"add", "replace"}:
            value = operation.get("value") if match[1] else operation.get("value", "image")
            if value.part:
                yield ImageUse(path, KUBERNETES, value.part, field=operation.get("path").text)
