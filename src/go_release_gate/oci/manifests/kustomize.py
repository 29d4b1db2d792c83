"""What a kustomization says about images: new names, tags and digests for the images of what it draws in.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import KUSTOMIZE, ImageUse

NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_DRAWN = ("resources", "bases", "components", "patchesStrategicMerge", "patches", "patchesJson6902")


@dataclass(frozen=True, slots=True)
class Kustomization:
    """One file: the directory it lies in, what it draws in (relative to the root), the image names it replaces.

    `components`: those of `draws` whose replacements hold for everything this one draws in.
    """

    directory: str
    draws: frozenset[str] = frozenset()
    components: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def is_kustomization(path: str, document: Node) -> bool:
    """Whether a document is one, by its file's name or by its kind."""
    kind, version = document.get("kind").text, document.get("apiVersion").text
    if posixpath.basename(path) in NAMES:
        return True
    return kind in {"Kustomization", "Component"} and version.startswith("kustomize.config.k8s.io/")


def images(path: str, document: Node) -> Iterator[ImageUse]:
    """One use for each entry of `images` that names something to pull."""
    for number, entry in enumerate(document.get("images").items):
        name = entry.get("newName").part or entry.get("name").part
        tag, digest = entry.get("newTag").part, entry.get("digest").part
        if name:
            is_pattern = entry.get("newName").part is None
            place = f"images[{number}]"
            yield ImageUse(path, KUSTOMIZE, name, tag=tag, digest=digest, field=place, is_pattern=is_pattern)


def kustomization(path: str, document: Node) -> Kustomization:
    """What it draws in and what it pins."""
    directory = posixpath.dirname(path) or "."
    return Kustomization(
        directory,
        frozenset(_joined(directory, text) for text in _drawn(document, _DRAWN)),
        frozenset(_joined(directory, text) for text in _drawn(document, ("components",))),
        frozenset(one.get("name").text for one in document.get("images").items if _replaces(one)),
    )


def _replaces(entry: Node) -> bool:
    return any(entry.get(key).text for key in ("newName", "newTag", "digest"))


def _drawn(document: Node, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        for one in document.get(key).items:
            text = one.text or one.get("path").text
            if text and "\n" not in text and "://" not in text:
                yield text


def _joined(directory: str, text: str) -> str:
    return posixpath.normpath(posixpath.join(directory, text))


def with_overrides(uses: Iterable[ImageUse], all_of_them: Iterable[Kustomization]) -> list[ImageUse]:
    """The uses, those marked that some kustomization renames or pins before they are deployed."""
    named = _names_by_path({one.directory: one for one in all_of_them})
    return [use.overridden() if _is_named(use, named) else use for use in uses]


def _is_named(use: ImageUse, named: Mapping[str, set[str]]) -> bool:
    if use.where == KUSTOMIZE:
        return False
    return bare(use.name.text) in named.get(use.path, ())


def bare(text: str) -> str:
    """The name without tag and digest, as kustomize compares it."""
    text = text.partition("@")[0]
    head, colon, last = text.rpartition(":")
    return head if colon and "/" not in last else text


def _names_by_path(kustomizations: Mapping[str, Kustomization]) -> dict[str, set[str]]:
    """File → names that a kustomization above it replaces, through other kustomizations too."""
    named: dict[str, set[str]] = {}
    for top in kustomizations.values():
        beside = (kustomizations[one].names for one in top.components if one in kustomizations)
        names = top.names.union(*beside)
        for place in _below(top.directory, kustomizations) if names else ():
            named.setdefault(place, set()).update(names)
    return named


def _below(directory: str, kustomizations: Mapping[str, Kustomization]) -> set[str]:
    """Files and directories that a kustomization draws in, however indirectly."""
    waiting, seen = [directory], set[str]()
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting += kustomizations[place].draws if place in kustomizations else ()
    return seen
