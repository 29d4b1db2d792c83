"""What refers to an image: signatures, attestations, entries of the ledger, by the interface or by the fallback tag.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers and
#referrers-tag-schema. The fallback tag is read, changed and written back: of two writers at once, one may be lost,
which is why the ledger itself lies elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.errors import AbsentError, RegistryError
from go_release_gate.adapters.registry.links import next_page
from go_release_gate.adapters.registry.wire import Ask
from go_release_gate.adapters.registry.writing import put, put_manifest
from go_release_gate.facts.images import manifests
from go_release_gate.facts.images.manifests import Descriptor
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference

INDEX = "application/vnd.oci.image.index.v1+json"
PAGES = 20
LIMIT = 4 << 20  # bytes of a page
_NOT_KNOWN = frozenset({400, 404, 405, 406, 501})  # what registries without this interface answer


def fallback_tag(digest: str) -> str:
    """The tag that names what refers to a digest: `sha256-…`."""
    return digests.parse(digest).replace(":", "-")


def referrers(registries: Registries, subject: Reference) -> tuple[Descriptor, ...]:
    """Everything that refers to a manifest, by its digest: what the interface lists and what the fallback tag does.

    Raises:
        DeniedError, RegistryError: it could not be asked.
    """
    found = [*_listed(registries, subject), *_tagged(registries, subject)]
    return tuple({one.digest: one for one in reversed(found)}.values())[::-1]


def attach(registries: Registries, subject: Reference, document: Mapping[str, Any]) -> str:
    """Put an artifact's manifest that refers to `subject`; gives its digest. Doing it twice is the same as once.

    Raises:
        AbsentError: the subject is not there. RefusedError, DeniedError, RegistryError: the registry does not take it.
    """
    about = registries.look(subject)
    size = len(registries.manifest(subject).content)
    named = {"mediaType": about.media_type, "digest": about.digest, "size": size}
    content = json.dumps({**document, "subject": named}, sort_keys=True, separators=(",", ":")).encode()
    media_type = str(document["mediaType"])
    digest = digests.of(content)
    made = put(registries, replace(subject, tag="", digest=digest), content, media_type)
    if not made.knows_subject:
        _note(registries, subject, {**_described(document, media_type), "digest": digest, "size": len(content)})
    return digest


def _described(document: Mapping[str, Any], media_type: str) -> dict[str, Any]:
    kept = {name: document[name] for name in ("artifactType", "annotations") if name in document}
    return {"mediaType": media_type, **kept}


def _note(registries: Registries, subject: Reference, descriptor: dict[str, Any]) -> None:
    """Add a descriptor to the index at the fallback tag."""
    place = replace(subject, digest="", tag=fallback_tag(subject.digest))
    document: dict[str, Any] = {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}
    try:
        found = json.loads(registries.manifest(place).content)
    except AbsentError:
        found = document
    known = found.get("manifests")
    if not isinstance(known, list):
        raise RegistryError(f"{place} is no index of referrers: somebody else uses this tag")
    if any(isinstance(one, dict) and one.get("digest") == descriptor["digest"] for one in known):
        return
    content = json.dumps({**found, "manifests": [*known, descriptor]}, separators=(",", ":")).encode()
    put_manifest(registries, place, content, INDEX)


def _listed(registries: Registries, subject: Reference) -> tuple[Descriptor, ...]:
    """What the interface lists; nothing where there is none."""
    found: list[Descriptor] = []
    url = f"referrers/{digests.parse(subject.digest)}"
    for _ in range(PAGES):
        answer = registries.send(subject, Ask("GET", url, {"Accept": INDEX}, limit=LIMIT))
        if answer.status in _NOT_KNOWN and not found:
            return ()
        registries.check(subject, answer)
        found += manifests.parts(answer.body).manifests
        url = next_page(answer.headers.get("link", ""), answer.url)
        if not url:
            return tuple(found)
    raise RegistryError(f"{subject.domain} lists referrers without an end: stopped after {PAGES} pages")


def _tagged(registries: Registries, subject: Reference) -> tuple[Descriptor, ...]:
    """What the index at the fallback tag names."""
    try:
        found = registries.manifest(replace(subject, digest="", tag=fallback_tag(subject.digest)))
    except AbsentError:
        return ()
    return manifests.parts(found.content).manifests
