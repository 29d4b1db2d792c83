"""What BuildKit attests of an image it has built: which platform's manifest has a bill of materials, a provenance.

An index lists, beside each platform's manifest, one of attestations that names it:
https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md. Each of its layers is a statement
of in-toto (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SBOM, PROVENANCE = "sbom", "provenance"
KINDS: Mapping[str, tuple[str, ...]] = {
    SBOM: ("https://spdx.dev/Document", "https://cyclonedx.org/bom"),
    PROVENANCE: ("https://slsa.dev/provenance/",),
}
REFERENCE_DIGEST = "vnd.docker.reference.digest"
PREDICATE = "in-toto.io/predicate-type"
STATEMENT = "application/vnd.in-toto+json"


def kind_of(predicate: str) -> str:
    """`sbom` or `provenance`, by the type of a predicate; empty: neither."""
    return next((kind for kind, starts in KINDS.items() if predicate.startswith(starts)), "")


def flaw(statement: bytes, predicate: str, digest: str) -> str:
    """Why a statement does not say something of the manifest `digest`; empty: it does.

    Args:
        statement: its bytes. predicate: the type that its layer announces.
    """
    document = _object(statement)
    if document is None:
        return "it is no JSON object"
    if document.get("predicateType") != predicate:
        return "its predicate is of another type than its layer announces"
    if not document.get("predicate"):
        return "its predicate is empty"
    subjects = _listed(document.get("subject"))
    if not subjects:  # BuildKit names the image by the names that the build was given, and not at all without one
        return "it names no image, as the build was given no name (`--tag`, or `name=` in `--output`)"
    named = [_sha256(one) for one in subjects]
    if digest.removeprefix("sha256:") not in named:
        return "its subject is another image"
    return ""


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _sha256(subject: Any) -> str:
    digests = subject.get("digest") if isinstance(subject, dict) else None
    found = digests.get("sha256") if isinstance(digests, dict) else None
    return found if isinstance(found, str) else ""
