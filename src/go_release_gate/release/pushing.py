"""A finished image brought to a registry as it lies there: every byte the same, the tags last.

What was built and judged once is what is released: nothing is built or converted on the way, so that the digest that
one job has tested is the digest that another deploys. Nothing stands under a tag before all of the image is there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import in_parallel
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.adapters.registry.sending import send_blob
from go_release_gate.adapters.registry.writing import put_manifest
from go_release_gate.errors import RefusedError, UsageError
from go_release_gate.facts.images import manifests
from go_release_gate.facts.images.source import ImageError, RawManifest, Source, content
from go_release_gate.model.progress import Progress, Silence
from go_release_gate.oci import attestations
from go_release_gate.oci.reference import Reference

DEPTH = 3  # indexes in indexes
MANIFESTS = 500  # of one image
STATEMENT_LIMIT = 64 << 20  # bytes of one attestation
_FIXED = re.compile(r"(?:[A-Za-z0-9_.-]*[-_])?v?\d+\.\d+\.\d+([-+_.].*)?|(sha-)?[0-9a-f]{7,64}")
"""Names of one release (`1.4.2`, `api-v1.4.2`) or commit,
as opposed to `1.4`, `latest` and `main`, which are there to be moved."""


@dataclass(frozen=True, slots=True)
class Part:
    """A manifest and the blobs it names; the image's own is the last of a `Load`."""

    manifest: RawManifest
    media_type: str
    blobs: tuple[manifests.Descriptor, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """Everything that an image consists of, manifests in the order in which a registry takes them."""

    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        """The image's."""
        return self.parts[-1].manifest.digest


@dataclass(frozen=True, slots=True)
class TagState:
    """A tag before the push: `before` is the digest it had, empty for none."""

    reference: Reference
    before: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push: the image, its tags as they were, and how much had to be sent."""

    digest: str
    media_type: str
    tags: tuple[TagState, ...]
    sent: int
    sent_bytes: int
    present: int


def load_of(source: Source, expected: str = "") -> Load:
    """All manifests of an image; every one has its digest's bytes.

    Args:
        expected: the digest it must have; empty: whatever it has.

    Raises:
        RefusedError: it has another. UsageError: what holds it keeps no manifests. ImageError: a part is missing.
    """
    top = source.manifest()
    if not top.digest:
        raise UsageError(
            f"{source.name} keeps no manifest of its image, so that its digest is not known",
            "save it as an OCI layout: `docker buildx build --output type=oci,dest=image.tar`",
        )
    if expected not in ("", top.digest):
        raise RefusedError(
            f"{source.name} holds {top.digest}, and {expected} was to be pushed",
            "push what was tested: the digest that an earlier job gave",
        )
    found: dict[str, Part] = {}
    _collect(source, top, DEPTH, found)
    return Load(tuple(found.values()))


def lacking(source: Source, load: Load, wanted: Collection[str]) -> tuple[str, ...]:
    """What an image should carry and does not: a sentence for each platform without an attestation that holds.

    Args:
        wanted: of `sbom` and `provenance`.

    Raises:
        ImageError: an attestation's bytes are not there, or not those of its digest.
    """
    top = manifests.parts(load.parts[-1].manifest.content).manifests
    images = [one for one in top if not one.is_attestation]
    if not images:
        return (f"{source.name} is a single manifest; attestations lie beside it in an index",) if wanted else ()
    return tuple(said for image in images for said in _lacking(source, load, image, wanted))


def before(registries: Registries, tags: Sequence[Reference], digest: str, movable: Collection[str]) -> list[TagState]:
    """The tags as they are; `movable`: those that may go from one digest to another although they name a release.

    Raises:
        RefusedError: one of them stands at another digest and must not move. RegistryError: it could not be asked.
    """
    found = in_parallel(tags, lambda one: TagState(one, _now(registries, one)))
    stuck = [one for one in found if one.before not in ("", digest) and not _may_move(one.reference.tag, movable)]
    if stuck:
        first = stuck[0]
        raise RefusedError(
            f"{first.reference} is there already, with {first.before}: a release's tag never moves",
            f"release a new version, or allow it: --may-move {first.reference.tag}",
        )
    return found


def push(
    source: Source, load: Load, registries: Registries, tags: Sequence[TagState], progress: Progress | None = None
) -> Pushed:
    """Send what the registry lacks, then put every tag, names of releases first.

    Raises:
        ImageError: a blob is not what its digest says. RefusedError, DeniedError, RegistryError: the registry's no.
    """
    progress = progress or Silence()
    sent = sent_bytes = present = 0
    for repository in dict.fromkeys(replace(one.reference, tag="", digest="") for one in tags):
        blobs = list({blob.digest: blob for part in load.parts for blob in part.blobs}.values())
        progress.phase(f"push {repository.name}", len(blobs))
        answers = in_parallel(blobs, lambda blob: _carried(source, registries, repository, blob, progress))  # noqa: B023
        sent += sum(answers)
        sent_bytes += sum(blob.size for blob, is_sent in zip(blobs, answers, strict=True) if is_sent)
        present += len(blobs) - sum(answers)
        for part in load.parts:
            place = replace(repository, digest=part.manifest.digest)
            put_manifest(registries, place, part.manifest.content, part.media_type)
    top = load.parts[-1]
    for one in sorted(tags, key=lambda one: _FIXED.fullmatch(one.reference.tag) is None):
        put_manifest(registries, one.reference, top.manifest.content, top.media_type)
    return Pushed(load.digest, top.media_type, tuple(tags), sent, sent_bytes, present)


def _collect(source: Source, raw: RawManifest, depth: int, found: dict[str, Part]) -> None:
    """Put a manifest behind its children, each once."""
    read = manifests.parts(raw.content)
    if read.manifests and not depth:
        raise ImageError(f"{source.name} has indexes more than {DEPTH} deep")
    for child in read.manifests:
        if child.digest not in found:
            _collect(source, _child(source, child), depth - 1, found)
        if len(found[child.digest].manifest.content) != child.size:
            raise ImageError(f"an index says that {child.digest} has {child.size} bytes, which engines would refuse")
    document = manifests.object_of(raw.content, "the manifest")
    told = document.get("mediaType")
    found[raw.digest] = Part(raw, told if isinstance(told, str) else raw.media_type, read.blobs)
    if len(found) > MANIFESTS:
        raise ImageError(f"{source.name} has more than {MANIFESTS} manifests")


def _child(source: Source, child: manifests.Descriptor) -> RawManifest:
    return replace(source.manifest(child.digest), media_type=child.media_type)


def _lacking(source: Source, load: Load, image: manifests.Descriptor, wanted: Collection[str]) -> Iterator[str]:
    reasons = dict.fromkeys(wanted, "it has none")
    for one in manifests.parts(load.parts[-1].manifest.content).manifests:
        if one.is_attestation and one.annotations.get(attestations.REFERENCE_DIGEST) == image.digest:
            reasons.update(_attested(source, load, one.digest, image.digest))
    for kind in wanted:
        if reasons[kind]:
            yield f"no {kind} of {image.platform or image.digest}: {reasons[kind]}"


def _attested(source: Source, load: Load, digest: str, image: str) -> Iterator[tuple[str, str]]:
    """Kind and flaw (empty: none) of each statement in a manifest of attestations."""
    part = next(one for one in load.parts if one.manifest.digest == digest)
    for blob in part.blobs:
        kind = attestations.kind_of(blob.annotations.get(attestations.PREDICATE, ""))
        if kind:
            statement = content(source, blob.digest, blob.size, STATEMENT_LIMIT)
            yield kind, attestations.flaw(statement, blob.annotations[attestations.PREDICATE], image)


def _carried(
    source: Source, registries: Registries, repository: Reference, blob: manifests.Descriptor, progress: Progress
) -> bool:
    is_sent = send_blob(registries, repository, blob.digest, blob.size, lambda: source.blob(blob.digest, blob.size))
    progress.step(blob.digest, "sent" if is_sent else "there")
    return is_sent


def _now(registries: Registries, tag: Reference) -> str:
    try:
        return registries.look(tag).digest
    except AbsentError:
        return ""


def _may_move(tag: str, movable: Collection[str]) -> bool:
    return tag in movable or _FIXED.fullmatch(tag) is None
