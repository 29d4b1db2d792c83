"""The whole of an image: whether index, platforms, configurations and layers are all there.

That a tag answers says little: a registry's own garbage collection, or a clean-up of "untagged" versions, takes the
platforms' manifests away from under an index that goes on answering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from go_release_gate.adapters.registry.client import Manifest, Registries
from go_release_gate.adapters.registry.errors import AbsentError, RegistryError
from go_release_gate.adapters.registry.writing import blob_exists
from go_release_gate.errors import RefusedError, UsageError
from go_release_gate.facts.images import manifests
from go_release_gate.facts.images.source import ImageError
from go_release_gate.ledger.entry import Child, Image
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse

T = TypeVar("T")
R = TypeVar("R")
UNKNOWN = "unknown/unknown"  # what BuildKit calls the platform of an attestation
WORKERS = 8  # questions at once
DEPTH = 3  # indexes in indexes
MANIFESTS = 500  # of one image


@dataclass(frozen=True, slots=True)
class _Part:
    """A manifest or blob, and what it belongs to in words."""

    digest: str
    what: str
    owner: str


def missing(registries: Registries, image: Image, location: str = "") -> str:
    """The first part of an image that is not at `location` (by default its first); empty: it is there whole.

    Manifests are read, blobs are asked for once each and not read.

    Raises:
        UnavailableError: it could not be asked, which is never an absence.
    """
    reference = at(location or (image.locations[0] if image.locations else ""), image.digest)
    try:
        top = registries.manifest(reference)
    except AbsentError:
        return f"{reference.name} has no {image.digest} any more"
    return missing_below(registries, reference, top, {child.digest: child.platform for child in image.children})


def missing_below(
    registries: Registries, repository: Reference, top: Manifest, platforms: dict[str, str] | None = None
) -> str:
    """As `missing`, for what a manifest leads to, in a repository that need not have the manifest itself."""
    known = platforms or {}
    level = [(top.content, known.get(top.digest) or _words(top.content))]
    blobs: list[_Part] = []
    seen = {top.digest}
    for _ in range(DEPTH + 1):
        named, found = _parts(level, known)
        blobs += found
        children = [one for one in _once(named) if one.digest not in seen]
        if not children:
            return _missing_blob(registries, repository, _once(blobs))
        seen |= {one.digest for one in children}
        if len(seen) > MANIFESTS:
            break
        level = []
        for part, answer in zip(
            children, in_parallel(children, partial(_manifest, registries, repository)), strict=True
        ):
            if answer is None:
                return f"{repository.name} misses the manifest of {part.owner} ({part.digest})"
            level.append((answer.content, part.owner))
    raise RegistryError(f"{repository.name} has an image of indexes more than {DEPTH} deep, or of too many manifests")


def describe(registries: Registries, reference: Reference) -> Image:
    """What stands at a reference, as the ledger records it.

    `children` are the manifests of an index with their platforms; attestations are among them, as `unknown/unknown`,
    so that they are kept and looked for with the rest, and `platforms` leaves them out. A single manifest is its own
    only child, with the platform of its configuration.

    Raises:
        RefusedError: it is no image. AbsentError, DeniedError, RegistryError.
    """
    top = registries.manifest(reference)
    try:
        read = manifests.parse(top.content, top.media_type)
    except ImageError as error:
        raise RefusedError(f"{reference}: {error.message}", "record the digest of an image or image index") from None
    if isinstance(read, manifests.ImageManifest):
        platform = _configured(registries, reference, read.config.digest)
        children: Sequence[Child] = [Child(platform, top.digest, len(top.content))]
    else:
        children = in_parallel(read.manifests, lambda one: _child(registries, reference, one))
    return Image(top.digest, read.media_type, len(top.content), tuple(children), (reference.name,))


def platforms(image: Image) -> tuple[str, ...]:
    """The platforms that an image runs on, in its order."""
    return tuple(dict.fromkeys(child.platform for child in image.children if child.platform not in ("", UNKNOWN)))


def at(repository: str, digest: str = "") -> Reference:
    """A digest in a repository, or the repository alone. Raises UsageError: the repository is none."""
    try:
        return replace(parse(repository), tag="", digest=digest)
    except InvalidReferenceError as error:
        raise UsageError(f"a repository: {error}", "see `image` and `mirrors` of the service") from None


def _parts(level: Iterable[tuple[bytes, str]], known: dict[str, str]) -> tuple[list[_Part], list[_Part]]:
    """The manifests and the blobs that some manifests name."""
    children: list[_Part] = []
    blobs: list[_Part] = []
    for content, owner in level:
        found = manifests.parts(content)
        for one in found.manifests:
            platform = one.platform or known.get(one.digest, "")
            is_said = platform and platform != UNKNOWN and not one.is_attestation
            children.append(_Part(one.digest, "", platform if is_said else "an attestation or artifact in it"))
        for one in found.blobs:
            what = "the configuration" if "config" in one.media_type else f"a layer of {one.size} bytes"
            blobs.append(_Part(one.digest, what, owner))
    return children, blobs


def _once(found: Iterable[_Part]) -> list[_Part]:
    return list({one.digest: one for one in reversed(list(found))}.values())[::-1]


def _manifest(registries: Registries, repository: Reference, part: _Part) -> Manifest | None:
    try:
        return registries.manifest(replace(repository, tag="", digest=part.digest))
    except AbsentError:
        return None


def _missing_blob(registries: Registries, repository: Reference, wanted: list[_Part]) -> str:
    answers = in_parallel(wanted, lambda part: blob_exists(registries, repository, part.digest))
    gone = next((part for part, is_there in zip(wanted, answers, strict=True) if not is_there), None)
    return f"{repository.name} misses {gone.what} of {gone.owner} ({gone.digest})" if gone else ""


def in_parallel(items: Sequence[T], ask: Callable[[T], R]) -> list[R]:
    """Ask about all, some at a time; the first failure is raised, and nothing more is begun then."""
    if len(items) < 2:
        return [ask(one) for one in items]
    pool = ThreadPoolExecutor(min(WORKERS, len(items)))
    try:
        return list(pool.map(ask, items))
    finally:
        pool.shutdown(cancel_futures=True)


def _words(content: bytes) -> str:
    return "the index" if manifests.parts(content).manifests else "the image"


def _child(registries: Registries, reference: Reference, one: manifests.Descriptor) -> Child:
    platform = one.platform or UNKNOWN
    if not one.platform and not one.is_attestation and one.media_type in manifests.MANIFESTS:
        inner = replace(reference, tag="", digest=one.digest)
        found = manifests.parts(registries.manifest(inner).content)
        config = next((blob.digest for blob in found.blobs if blob.media_type in manifests.CONFIGS), "")
        platform = _configured(registries, inner, config) if config else UNKNOWN
    return Child(UNKNOWN if one.is_attestation else platform, one.digest, one.size)


def _configured(registries: Registries, reference: Reference, digest: str) -> str:
    """The platform that an image's configuration says."""
    return (
        manifests.platform_of(manifests.object_of(registries.blob(reference, digest), "the configuration")) or UNKNOWN
    )
