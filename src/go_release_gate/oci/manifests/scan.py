"""From a file's path and text to the images it names: which form it has, document by document."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from go_release_gate.oci.manifests import compose, dockerfile, github, helm, kubernetes, kustomize
from go_release_gate.oci.manifests.nodes import Node, UnreadableError, pieces, read
from go_release_gate.oci.manifests.use import CONFIG, ImageUse, is_placeholder

PASSED_OVER = frozenset(
    {
        "__tests__", "doc", "docs", "documentation", "e2e", "fixtures", "mocks", "site", "test", "testing",
        "tests", "website"
    }
)  # fmt: skip
"""Directories whose YAML is about something else than what is deployed: its images may be wrong on purpose."""

SAMPLES = frozenset(
    {
        "contrib", "demo", "demos", "dev", "development", "example", "examples", "hack", "local",
        "quickstart", "sample", "samples"
    }
)  # fmt: skip
"""Directories of what is shown, tried or developed with, not deployed as it stands."""

CONFIGURATION = ".go-release-gate.yml"

_YAML = (".yml", ".yaml")
_TEMPLATE = ("{{", "{%", "<%")
_OBJECT = re.compile(r"^(?:apiVersion|kind)[ \t]*:", re.MULTILINE)
_DESCRIPTION = re.compile(r"^kind[ \t]*:[ \t]*[\"']?CustomResourceDefinition\b", re.MULTILINE)
_LOCATED = re.compile(r"image|repository|services", re.IGNORECASE)


@dataclass(slots=True)
class Scan:
    """What one file gave: its images, the kustomization in it, image names that a build tool fills in, what was not
    read and why as (line, reason)."""

    uses: list[ImageUse] = field(default_factory=list)
    kustomizations: list[kustomize.Kustomization] = field(default_factory=list)
    built: set[str] = field(default_factory=set)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


def is_passed_over(path: str) -> bool:
    """Whether a file lies in a directory whose images are no part of what is deployed."""
    return not PASSED_OVER.isdisjoint(path.lower().split("/")[:-1])


def is_sample(path: str) -> bool:
    """Whether a file lies among examples and what serves development."""
    return not SAMPLES.isdisjoint(path.lower().split("/")[:-1])


def scan(path: str, text: str, charts: Collection[str] = ()) -> Scan:
    """The images of one file. `charts`: directories with a Chart.yaml. Never raises for what is in `text`."""
    found = Scan()
    if not path.endswith(_YAML):
        found.uses += dockerfile.images(path, text) if "procfile" not in path.lower() else ()
    else:
        for before, piece in pieces(text):
            if _is_worth_reading(path, piece):
                _read_piece(path, piece, before, charts, found)
    found.uses = [use for use in found.uses if not is_placeholder(use.text.replace("[", "").replace("]", ""))]
    return found


def _is_worth_reading(path: str, piece: str) -> bool:
    """A look that spares the parser: most YAML of a repository names no image."""
    if posixpath.basename(path) in kustomize.NAMES:
        return True
    return _LOCATED.search(piece) is not None and _DESCRIPTION.search(piece) is None


def _read_piece(path: str, piece: str, before: int, charts: Collection[str], found: Scan) -> None:
    if is_template(path, piece, charts):
        if len(_OBJECT.findall(piece)) >= 2:
            found.uses += helm.template_images(path, piece, before)
        return
    try:
        for document in read(piece, before):
            _read_document(path, document, found)
    except UnreadableError as error:
        if _OBJECT.search(piece) or helm.is_values(path) or "compose" in path:
            found.unreadable.append((error.line, error.message))


def is_template(path: str, piece: str, charts: Collection[str]) -> bool:
    """Whether a document is no YAML before it is rendered. `charts`: directories with a Chart.yaml."""
    if not any(mark in piece for mark in _TEMPLATE):
        return False
    if path.startswith(f"{github.DIRECTORY}/") or helm.is_values(path):
        return False
    parts = path.split("/")
    is_in_chart = any("/".join(parts[:at]) or "." in charts for at, part in enumerate(parts) if part == "templates")
    return is_in_chart or _is_broken(piece)


def _is_broken(piece: str) -> bool:
    """A template that is YAML all the same (its actions stand in quotes or block texts) is read as YAML."""
    try:
        read(piece)
    except UnreadableError:
        return True
    return False


def _read_document(path: str, document: Node, found: Scan) -> None:
    if path == CONFIGURATION:
        names = (one.get("image").part for one in document.get("images").items)
        found.uses += (ImageUse(path, CONFIG, name, field="images") for name in names if name)
    elif path.startswith(f"{github.DIRECTORY}/"):
        found.uses += github.images(path, document)
    elif kustomize.is_kustomization(path, document):
        found.uses += kustomize.images(path, document)
        found.kustomizations.append(kustomize.kustomization(path, document))
    elif document.get("apiVersion").text.startswith("skaffold/"):
        artifacts = document.get("build", "artifacts").items
        found.built |= {one.get("image").text for one in artifacts} - {""}
    elif kubernetes.is_object(document):
        found.uses += kubernetes.images(path, document)
    elif compose.is_compose(path, document):
        found.uses += compose.images(path, document)
    elif helm.is_values(path):
        found.uses += helm.images(path, document)


def combined(scans: Collection[Scan]) -> Iterator[ImageUse]:
    """The images of all files in order, each place once, marked where another file pins or replaces them."""
    built = set[str]().union(*(one.built for one in scans))
    uses = [use for one in scans for use in one.uses]
    uses = kustomize.with_overrides(uses, [one for scan in scans for one in scan.kustomizations])
    seen: set[tuple[str, int, int]] = set()
    for use in sorted(helm.with_overrides(uses), key=lambda one: (one.path, one.line, one.column)):
        place = (use.path, use.line, use.column)
        if place not in seen:
            seen.add(place)
            yield use.overridden() if kustomize.bare(use.name.text) in built else use
