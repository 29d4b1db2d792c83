"""Images of Helm values, by the shapes that charts have in common, and a chart's `appVersion`.

There is no schema of values: an image is a mapping with `repository` and a tag or a digest (or below a key that ends
in `image`), or a text below such a key. Its registry stands beside it or in `global`.
https://helm.sh/docs/chart_best_practices/values/, https://helm.sh/docs/topics/charts/#the-appversion-field
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from go_release_gate.gitops.document import Node
from go_release_gate.gitops.use import Use
from go_release_gate.oci.manifests.kustomize import bare

CHART = "Chart.yaml"
_IMAGE_KEY = re.compile(r"(?:.*[a-z0-9_-])?Image|(?:.*[_-])?image")
_GLOBAL = (("global", "imageRegistry"), ("global", "image", "registry"), ("global", "registry"), ("imageRegistry",))


def uses(path: str, document: Node) -> Iterator[Use]:
    """The images in values."""
    registries = tuple(text for keys in _GLOBAL if (text := document.string(*keys)))
    seen: set[Node] = set()
    for place, written in document.walk():
        node = written.resolved
        is_image = _IMAGE_KEY.fullmatch(place.rpartition(".")[2]) is not None
        if node in seen or node.kind == "sequence":
            continue
        if node.kind == "mapping":
            seen.add(node)
            yield from _apart(path, place, node, registries, is_image=is_image)
        elif is_image and node.value:
            names = bare(node.value)
            yield Use(path, node.line, place, _named(names, "", registries), whole=node)


def app_version(path: str, document: Node) -> Node | None:
    """The scalar of a chart's `appVersion`; None: it is no chart, or has none."""
    return document.get("appVersion") if posixpath.basename(path) == CHART else None


def _apart(path: str, place: str, node: Node, registries: tuple[str, ...], *, is_image: bool) -> Iterator[Use]:
    tag, digest = node.get("tag"), node.get("digest")
    repository = node.get("repository") or (node.get("name") if is_image and (tag or digest) else None)
    if repository is None or not repository.value or not (is_image or tag or digest):
        return
    names = _named(repository.value, node.string("registry"), registries)
    if bare(repository.value) != repository.value and not (tag or digest):  # `repository: ghcr.io/acme/shop@sha256:…`
        yield Use(path, repository.line, f"{place}.repository", tuple(map(bare, names)), whole=repository)
    else:
        yield Use(path, repository.line, place, names, tag=tag, digest=digest)


def _named(name: str, registry: str, registries: tuple[str, ...]) -> tuple[str, ...]:
    """What the repository may mean: the registry beside it counts, else it is whole, or below a global one."""
    return (f"{registry}/{name}",) if registry else (name, *(f"{one}/{name}" for one in registries))
