"""Images of a kustomization: the entries of `images`, by the repository that is pulled in the end.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from go_release_gate.gitops.document import Node
from go_release_gate.gitops.use import Use
from go_release_gate.oci.manifests.kustomize import NAMES


def is_kustomization(path: str, document: Node) -> bool:
    """Whether a document is one, by its file's name or by its kind."""
    is_named = document.string("kind") in {"Kustomization", "Component"}
    is_kind = is_named and document.string("apiVersion").startswith("kustomize.config.k8s.io/")
    return is_kind or posixpath.basename(path) in NAMES


def uses(path: str, document: Node) -> Iterator[Use]:
    """One for each entry of `images`; `newName`, where there is one, is what counts."""
    entries = document.get("images")
    for number, item in enumerate(entries.items if entries else ()):
        entry = item.resolved
        name = entry.string("newName") or entry.string("name")
        yield Use(
            path,
            entry.line,
            f"images[{number}]",
            (name,),
            tag=entry.get("newTag"),
            digest=entry.get("digest"),
            tag_key="newTag",
        )
