"""From the files of a repository to its workloads and services: which document is what, and which are only patches."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from go_release_gate.facts import workload_compose, workload_pods
from go_release_gate.facts.workload_pods import Patch
from go_release_gate.facts.workload_values import kinds
from go_release_gate.facts.workloads import Service, Workload
from go_release_gate.oci.manifests import compose, helm, kustomize
from go_release_gate.oci.manifests.nodes import Node, UnreadableError, pieces, read
from go_release_gate.oci.manifests.scan import is_template

_LOOK = re.compile(
    r"^(?:[ \t]*-[ \t]+|[ \t]{,4})[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?(?:Deployment|StatefulSet|DaemonSet|ReplicaSet"
    r"|Job|CronJob|Pod|Service|Kustomization|Component|\w*List)\b|[{,][ \t]*[\"']?kind[\"']?[ \t]*:",
    re.MULTILINE,
)
_CHANGE = re.compile(r"^[ \t]*-?[ \t]*[\"']?op[\"']?[ \t]*:|[\"']op[\"'][ \t]*:", re.MULTILINE)
_PATCH_KEYS = ("patches", "patchesStrategicMerge", "patchesJson6902")


@dataclass(slots=True)
class Found:
    """What the files gave so far.

    `drawn`: paths of patches that kustomizations name → the target they name beside it. `has_kustomization`: only
    with one can a document be a patch for another.
    """

    workloads: list[Workload] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    documents: dict[str, list[Node]] = field(default_factory=dict)
    drawn: dict[str, Node] = field(default_factory=dict)
    patches: list[Patch] = field(default_factory=list)
    renamed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    has_kustomization: bool = False


def look(path: str, text: str) -> bool:
    """Whether a file, or a document of it, is worth reading: most YAML of a repository holds no workload."""
    name = posixpath.basename(path)
    return name in kustomize.NAMES or "compose" in name.lower() or _LOOK.search(text) is not None or _is_change(text)


def _is_change(text: str) -> bool:
    """Whether it may be a list of operations for a kustomization."""
    return "/containers/" in text and _CHANGE.search(text) is not None


def scan(texts: Mapping[str, str], charts: Collection[str] = ()) -> Found:
    """Everything in the files (path → text). Never raises for what is in a text.

    `charts`: directories with a Chart.yaml.
    """
    found = Found()
    for path, text in texts.items():
        for document in _documents(path, text, charts):
            if kustomize.is_kustomization(path, document):
                found.has_kustomization = True
                _kustomization(path, document, found)
            else:
                found.documents.setdefault(path, []).append(document)
    for path, documents in found.documents.items():
        for document in documents:
            _read(path, document, found)
    found.workloads = [workload_pods.patched(one, found.patches) for one in found.workloads]
    return found


def _documents(path: str, text: str, charts: Collection[str]) -> Iterator[Node]:
    for before, piece in pieces(text):
        if not look(path, piece) or helm.is_values(path) or is_template(path, piece, charts):
            continue
        try:
            documents = read(piece, before)
        except UnreadableError:  # the rules about images say so
            continue
        yield from documents


def _kustomization(path: str, document: Node, found: Found) -> None:
    directory = posixpath.dirname(path)
    for key in _PATCH_KEYS:
        for one in document.get(key).items:
            name, text = one.get("path").text or one.text, one.get("patch").text
            if "\n" in name or text:
                _inline(one.get("target"), text or name, found)
            elif name:
                found.drawn[posixpath.normpath(posixpath.join(directory, name))] = one.get("target")
    for one in document.get("images").items:
        name, new = one.get("name").text, one.get("newName").text
        if name and new:
            found.renamed[name] = (*found.renamed.get(name, ()), new)


def _inline(target: Node, text: str, found: Found) -> None:
    try:
        documents = read(text)
    except UnreadableError:
        return
    for document in documents:
        found.patches += workload_pods.operations(target, document)
        found.patches += workload_pods.patches(document, target)


def _read(path: str, document: Node, found: Found) -> None:
    target = found.drawn.get(path)
    if target is not None:
        found.patches += workload_pods.operations(target, document)
        found.patches += workload_pods.patches(document, target)
        return
    if compose.is_compose(path, document):
        found.workloads += workload_compose.services(path, document)
        return
    for one in kinds(document):
        if workload_pods.kind_of(one):
            if workload_pods.is_patch(one, is_alone=not found.has_kustomization):
                found.patches += workload_pods.patches(one)
            else:
                found.workloads.append(workload_pods.workload(path, one))
        elif one.get("kind").text == "Service" and one.get("apiVersion").text == "v1" and one.get("spec").has("ports"):
            found.services.append(workload_pods.service(path, one))
