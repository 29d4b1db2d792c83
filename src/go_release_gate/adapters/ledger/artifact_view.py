"""A view of the ledger beside the images: each entry as an OCI artifact that refers to the image it is about.

It is written after the ledger and never believed: whoever has the image alone can read what was said of it, and a
ledger that was cut short is noticed, since the view still has what is missing there.
https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from go_release_gate.adapters.ledger.difference import Difference
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import at
from go_release_gate.adapters.registry.errors import RegistryError
from go_release_gate.adapters.registry.referring import attach, referrers
from go_release_gate.adapters.registry.writing import put_blob
from go_release_gate.errors import GateError, RefusedError
from go_release_gate.facts.images import manifests
from go_release_gate.ledger.canonical import SIZE_LIMIT, decoded, encoded
from go_release_gate.ledger.codec import InvalidEntryError, timestamp
from go_release_gate.ledger.entry import Entry
from go_release_gate.ledger.state import State

TYPE = "application/vnd.go-release-gate.ledger-entry.v1+json"
EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
EMPTY = b"{}"
MOST = 1000  # entries of one image


def subject_of(entry: Entry) -> str:
    """The digest that an entry is about; empty: none (a hold of a whole environment, a pruning)."""
    return entry.after or entry.digest or (entry.image.digest if entry.image else "")


def show(registries: Registries, state: State, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Attach entries that were written to the images they are about, at their first location.

    Doing it twice is the same as once. Gives a notice for each that could not be attached; nothing is raised for it,
    since the ledger has it already.
    """
    notices: list[str] = []
    for entry in entries:
        digest = subject_of(entry)
        release = state.release(entry.service, digest)
        image = release.image if release else entry.image
        if digest in state.pruned or not digest or image is None or not image.locations:
            continue
        try:
            write(registries, image.locations[0], digest, entry)
        except GateError as error:
            notices.append(f"entry {entry.seq} is in the ledger and not beside its image: {error.message}")
    return tuple(dict.fromkeys(notices))


def write(registries: Registries, repository: str, digest: str, entry: Entry) -> str:
    """Attach one entry to a digest of a repository; gives the artifact's digest.

    Raises:
        RefusedError, DeniedError, RegistryError: the registry does not take it, or was not reached.
    """
    subject = at(repository, digest)
    content = encoded(entry)
    config, layer = put_blob(registries, subject, EMPTY), put_blob(registries, subject, content)
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": TYPE,
        "config": {"mediaType": EMPTY_TYPE, "digest": config, "size": len(EMPTY)},
        "layers": [{"mediaType": TYPE, "digest": layer, "size": len(content)}],
        "annotations": {"org.opencontainers.image.created": timestamp(entry.time)},
    }
    return attach(registries, subject, document)


def read(registries: Registries, repository: str, digest: str) -> tuple[bytes, ...]:
    """The entries that are attached to a digest, in no certain order; nothing says that they are true.

    Raises:
        RefusedError: more of them than are read. DeniedError, RegistryError: it could not be asked.
    """
    subject = at(repository, digest)
    found = [one for one in referrers(registries, subject) if one.artifact == TYPE]
    if len(found) > MOST:
        raise RefusedError(f"{subject} has {len(found)} entries beside it, at most {MOST} are read")
    entries: list[bytes] = []
    for one in found:
        parts = manifests.parts(registries.manifest(replace(subject, digest=one.digest)).content)
        layer = next((blob.digest for blob in parts.blobs if blob.media_type == TYPE), "")
        if parts.subject != digest or not layer:
            raise RegistryError(f"{subject.name}@{one.digest} says it is an entry of the ledger, and is none")
        entries.append(registries.blob(subject, layer, SIZE_LIMIT))
    return tuple(entries)


def compare(view: Iterable[bytes], ledger: Sequence[bytes], digest: str) -> tuple[Difference, ...]:
    """Where a view of one image and the ledger's records disagree, in the order of the entries. Pure.

    `ledger` are the bytes of all entries, oldest first; only those about `digest` are looked for in the view.
    """
    shown = set(view)
    known = set(ledger)
    found = [_foreign(data, len(ledger)) for data in sorted(shown - known)]
    for number, data in enumerate(ledger, 1):
        if data not in shown and digest.encode() in data and _is_about(data, digest):
            found.append(Difference(number, f"entry {number} is not beside its image", is_gap=True))
    return tuple(sorted(found, key=lambda one: (one.seq, one.what)))


def _foreign(data: bytes, length: int) -> Difference:
    try:
        entry = decoded(data)
    except InvalidEntryError as error:
        return Difference(0, f"something beside the image is no entry of a ledger: {error}")
    if entry.seq > length:
        return Difference(entry.seq, f"entry {entry.seq} is beside its image, the ledger ends with entry {length}")
    return Difference(entry.seq, f"entry {entry.seq} is another one beside its image than in the ledger")


def _is_about(data: bytes, digest: str) -> bool:
    try:
        return subject_of(decoded(data)) == digest
    except InvalidEntryError:
        return False
