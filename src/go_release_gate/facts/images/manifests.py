"""Index, manifest and configuration: JSON to values, in the media types of OCI and of Docker. Pure.

https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md, image-index.md, config.md;
https://distribution.github.io/distribution/spec/manifest-v2-2/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from go_release_gate.facts.images.source import ImageError
from go_release_gate.oci import digest as digests

INDEXES = frozenset(
    {"application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"}
)
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFESTS = frozenset({OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v2+json"})
CONFIGS = frozenset({OCI_CONFIG, "application/vnd.docker.container.image.v1+json"})
LAYERS = ("application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs.")
_ELSEWHERE = (".foreign.", ".nondistributable.")  # image-spec v1.1.1, layer.md#non-distributable-layers
# https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
REFERENCE_TYPE = "vnd.docker.reference.type"
_DECIDING = frozenset({"mediatype", "manifests", "config", "layers", "blobs", "digest", "size"})  # keys, folded


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What names a blob or manifest. `platform`: `os/architecture[/variant]`, empty: not said."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    artifact: str = ""

    @property
    def is_attestation(self) -> bool:
        """Whether it says something of another entry, and is no image itself."""
        return REFERENCE_TYPE in self.annotations


@dataclass(frozen=True, slots=True)
class Index:
    """An index (of OCI) or manifest list (of Docker)."""

    media_type: str
    manifests: tuple[Descriptor, ...]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImageManifest:
    """The manifest of one image."""

    media_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str]


def parse(content: bytes, told: str = "") -> Index | ImageManifest:
    """An index or manifest; `told`: the media type that came with it.

    Raises:
        ImageError: it is neither, or an artifact (a chart, a signature, …) and no image.
    """
    document = _object(content, "the manifest")
    media_type = _text(document, "mediaType") or told
    if media_type in INDEXES or (media_type not in MANIFESTS and "manifests" in document):
        found = tuple(_descriptor(each) for each in _list(document, "manifests"))
        return Index(media_type or "application/vnd.oci.image.index.v1+json", found, strings(document, "annotations"))
    if document.get("schemaVersion") == 1 or "fsLayers" in document:
        raise ImageError("the manifest has Docker's schema 1, which engines no longer read; build the image anew")
    if "config" not in document or "layers" not in document:
        raise ImageError(f"the manifest is of the type {_shown(media_type)}, and neither an image nor an index")
    config = _descriptor(document["config"])
    artifact = _text(document, "artifactType") or ("" if config.media_type in CONFIGS else config.media_type)
    if artifact:
        raise ArtifactError(f"the manifest is an artifact of the type {_shown(artifact)}, and no image")
    layers = tuple(_descriptor(each) for each in _list(document, "layers"))
    foreign = next((one.media_type for one in layers if not one.media_type.startswith(LAYERS)), "")
    if foreign:
        raise ArtifactError(f"the manifest has a layer of the type {_shown(foreign)}, and is no image")
    return ImageManifest(media_type or OCI_MANIFEST, config, layers, strings(document, "annotations"))


@dataclass(frozen=True, slots=True)
class Parts:
    """What any manifest leads to, an artifact's too: other manifests, blobs that the registry has to hold."""

    manifests: tuple[Descriptor, ...] = ()
    blobs: tuple[Descriptor, ...] = ()
    subject: str = ""


def parts(content: bytes) -> Parts:
    """What a manifest leads to; layers that lie elsewhere by their own word (`urls`, foreign layers) are left out.

    Raises:
        ImageError: it is no manifest, or names something without digest or size.
    """
    document = _object(content, "the manifest")
    named = [document["config"]] if "config" in document else []
    named += [*_list(document, "layers"), *_list(document, "blobs")]
    blobs = [_descriptor(each) for each in named if not (isinstance(each, dict) and each.get("urls"))]
    subject = document.get("subject")
    return Parts(
        tuple(_descriptor(each) for each in _list(document, "manifests")),
        tuple(one for one in blobs if not any(word in one.media_type for word in _ELSEWHERE)),
        _descriptor(subject).digest if subject is not None else "",
    )


class ArtifactError(ImageError):
    """A manifest that is no image's."""


def object_of(content: bytes, what: str) -> dict[str, Any]:
    """A JSON object. Raises ImageError."""
    return _object(content, what)


def strings(document: Mapping[str, Any], key: str) -> dict[str, str]:
    """A member of texts by texts; what is none is left out."""
    found = document.get(key)
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: value for name, value in pairs if isinstance(value, str)}


def words(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A member that lists texts."""
    found = document.get(key)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def platform_of(document: Any) -> str:
    """`os/architecture[/variant]`, empty where there is no such thing."""
    if not isinstance(document, dict) or not _text(document, "architecture"):
        return ""
    parts = (_text(document, "os"), _text(document, "architecture"), _text(document, "variant"))
    if parts[1:] == ("arm64", "v8"):  # one platform has two names; this is what engines make of it
        parts = (parts[0], "arm64", "")
    return "/".join(part for part in parts if part)


def _descriptor(document: Any) -> Descriptor:
    if not isinstance(document, dict):
        raise ImageError("the manifest names something without a digest")
    digest, size = document.get("digest"), document.get("size")
    if not isinstance(digest, str) or not digests.is_valid(digest):
        raise ImageError("the manifest names something by a digest that is no sha256 digest")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ImageError(f"the manifest names {digest} without its size")
    return Descriptor(
        _text(document, "mediaType"),
        digest,
        size,
        strings(document, "annotations"),
        platform_of(document.get("platform")),
        _text(document, "artifactType"),
    )


def _object(content: bytes, what: str) -> dict[str, Any]:
    try:
        document = json.loads(content, object_pairs_hook=_unambiguous)
    except _AmbiguousError as error:
        raise ImageError(f"{what} has the key `{error}` twice; programs differ in which one counts") from None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ImageError(f"{what} is no JSON object")
    return document


class _AmbiguousError(Exception):
    """A key that stands twice in one object."""


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose meaning does not depend on who reads it: to Go's decoder `Manifests` is `manifests`, too."""
    told = [name for key, _ in pairs if (name := key.casefold()) in _DECIDING]
    twice = next((name for name in told if told.count(name) > 1), "")
    if twice:
        raise _AmbiguousError(twice)
    return dict(pairs)


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    found = document.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ImageError(f"the manifest's {key} are no list")
    return found


def _text(document: Mapping[str, Any], key: str) -> str:
    found = document.get(key)
    return found if isinstance(found, str) else ""


def _shown(text: str) -> str:
    return "".join(char for char in text[:100] if char.isprintable()) or "(none)"
