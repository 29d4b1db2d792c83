"""Images of Kubernetes objects: every list of containers, image volumes, JSON patches of these, Flux' Helm releases.

Kinds are not enumerated: custom resources keep pod templates at paths of their own.
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.gitops import helm
from go_release_gate.gitops.document import Node
from go_release_gate.gitops.use import Use
from go_release_gate.oci.manifests.kustomize import bare

_LISTS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_PATCHED = re.compile(r".*/(?:containers|initContainers)/(?:\d+|-)(/image)?")
_NOT_DEPLOYED = frozenset({"CustomResourceDefinition", "Kustomization", "Component"})


def is_object(document: Node) -> bool:
    """Whether a document is a Kubernetes object, or a list of patches (RFC 6902) for one."""
    return bool(document.string("apiVersion") and document.string("kind")) or _is_patch(document)


def uses(path: str, document: Node) -> Iterator[Use]:
    """The images that an object, a List of objects or a JSON patch names, in the order of the file."""
    kind = document.string("kind")
    if _is_patch(document):
        yield from _patched(path, document)
    elif kind == "HelmRelease":
        values = document.get("spec", "values")
        yield from helm.uses(path, values) if values else ()
    elif kind not in _NOT_DEPLOYED:
        seen: set[Node] = set()
        for place, node in document.walk():
            for name, value in node.pairs:
                yield from _held(path, f"{place}.{name.text}".lstrip("."), name.text, value.resolved, seen)


def _held(path: str, place: str, key: str, node: Node, seen: set[Node]) -> Iterator[Use]:
    """The images of a list below `key`, each list once, by whatever aliases it is named."""
    if node in seen or (key not in _LISTS and key != "volumes"):
        return
    seen.add(node)
    inner = ("image", "reference") if key == "volumes" else ("image",)
    for number, item in enumerate(node.items):
        yield from _use(path, f"{place}[{number}].{'.'.join(inner)}", item.get(*inner))


def _use(path: str, place: str, image: Node | None) -> Iterator[Use]:
    if image and image.value:
        yield Use(path, image.line, place, (bare(image.value),), whole=image)


def _is_patch(document: Node) -> bool:
    return bool(document.items) and all(one.string("op") and one.string("path") for one in document.items)


def _patched(path: str, document: Node) -> Iterator[Use]:
    for operation in document.items:
        match = _PATCHED.fullmatch(operation.string("path"))
        if match and operation.string("op") in {"add", "replace"}:
            image = operation.get("value") if match[1] else operation.get("value", "image")
            yield from _use(path, operation.string("path"), image)
