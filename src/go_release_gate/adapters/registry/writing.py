"""Writing to registries: manifests put under tags, taken away, and small blobs.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#push. No registry that was tried compares
before it sets a tag (opencontainers/distribution-spec#250), so that who may write when is decided elsewhere: here every
write can be repeated, and is looked at afterwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.errors import AbsentError, DeniedError, RegistryError
from go_release_gate.adapters.registry.wire import Ask
from go_release_gate.errors import RefusedError
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference

OCTETS = "application/octet-stream"
BLOB_LIMIT = 1 << 20  # bytes of a blob that is written in one piece
_FIXED = re.compile(r"immutab|overwrit|TAG_INVALID|locked|protected|is disallowed", re.IGNORECASE)
"""How ECR, Harbor, GitLab, Quay, Artifact Registry, Docker Hub and a locked repository of ACR say it."""
_PARTS = frozenset({"MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Put:
    """A manifest that was put: its digest, and whether the registry took note of its `subject` (OCI-Subject)."""

    digest: str
    knows_subject: bool = False


def put_manifest(registries: Registries, reference: Reference, content: bytes, media_type: str) -> str:
    """Put these bytes under a tag (or their digest), look at it again, and give the digest.

    Raises:
        RefusedError: the tag may not move, a part of the image is not there, or the registry takes no writes.
        DeniedError: no login that may write. RegistryError: no usable answer, or another digest stands there now.
    """
    return put(registries, reference, content, media_type).digest


def put(registries: Registries, reference: Reference, content: bytes, media_type: str) -> Put:
    """As `put_manifest`, and what the registry said of the subject."""
    digest = digests.of(content)
    if reference.digest not in ("", digest) or not (reference.digest or reference.tag):
        raise RegistryError(f"{reference} is not where a manifest with the digest {digest} can stand")
    url = f"manifests/{reference.digest or reference.tag}"
    try:
        answer = registries.send(reference, Ask("PUT", url, {"Content-Type": media_type}, content))
    except DeniedError as error:
        if _FIXED.search(error.said):
            raise _fixed(reference, error.said) from None
        raise
    if 400 <= answer.status < 500 and answer.status not in (408, 429):
        raise _refusal(reference, answer)
    _look_again(registries, reference, digest, answer)
    return Put(digest, answer.headers.get("oci-subject", "") != "")


def delete_manifest(registries: Registries, reference: Reference) -> bool:
    """Take a manifest away, with every tag that names it; False: it was not there (any more).

    Raises:
        RefusedError: the registry deletes nothing, or not this. DeniedError, RegistryError.
    """
    if not reference.digest:
        raise RegistryError(f"{reference} names no digest: a tag alone is never deleted")
    try:
        answer = registries.send(reference, Ask("DELETE", f"manifests/{digests.parse(reference.digest)}"))
        registries.check(reference, answer)
    except AbsentError:
        return False
    except DeniedError as error:
        if _FIXED.search(error.said):
            raise RefusedError(f"{reference.domain} does not let {reference} be deleted: {error.said}") from None
        raise
    except RegistryError:
        if answer.status in (400, 405, 409, 412, 501):
            raise RefusedError(
                f"{reference.domain} does not delete {reference}: {answer.said}",
                "deleting may be switched off there (Distribution: REGISTRY_STORAGE_DELETE_ENABLED=true)",
            ) from None
        raise
    return True


def blob_exists(registries: Registries, reference: Reference, digest: str) -> bool:
    """Whether a repository has a blob; nothing of it is read.

    Raises:
        RegistryError: the answer is no registry's; absence is believed from what speaks as one alone.
    """
    url = f"blobs/{digests.parse(digest)}"
    answer = registries.send(reference, Ask("HEAD", url, {"Accept": "*/*"}))
    if answer.status == 200:
        return True
    if answer.status in (0, 429) or answer.status >= 500:
        registries.check(reference, answer)
    # an answer to HEAD has no words; and some stores sign their addresses for GET alone
    answer = registries.send(reference, Ask("GET", url, {"Accept": "*/*", "Range": "bytes=0-0"}, is_stream=True))
    if answer.stream is not None:
        answer.stream.close()
        return True
    try:
        registries.check(reference, answer)
    except AbsentError:
        return False
    return True


def put_blob(registries: Registries, reference: Reference, content: bytes) -> str:
    """Put a small blob, where it is not there yet; gives its digest. It can be repeated."""
    digest = digests.of(content)
    if len(content) > BLOB_LIMIT:
        raise RegistryError(f"a blob of {len(content)} bytes is not written in one piece; at most {BLOB_LIMIT} are")
    if blob_exists(registries, reference, digest):
        return digest
    opened = registries.send(reference, Ask("POST", "blobs/uploads/", body=b""))
    registries.check(reference, opened)
    place = urljoin(opened.url, opened.headers.get("location", ""))
    joint = "&" if urlsplit(place).query else "?"
    ask = Ask("PUT", f"{place}{joint}digest={digest}", {"Content-Type": OCTETS}, content)
    answer = registries.send(reference, ask)
    if not 200 <= answer.status < 300 and not blob_exists(registries, reference, digest):
        registries.check(reference, answer)
    return digest


def _look_again(registries: Registries, reference: Reference, digest: str, answer: Answer) -> None:
    """A lost answer is no failure where the tag shows the digest; a success is none where it does not."""
    try:
        seen = registries.look(reference).digest
    except AbsentError:
        seen = ""
    if seen == digest:
        return
    registries.check(reference, answer)
    raise RegistryError(
        f"{reference} shows {seen or 'nothing'} behind the write of {digest}",
        "somebody else writes to it, or the registry answers from a cache: look, then run it again",
    )


def _refusal(reference: Reference, answer: Answer) -> RefusedError | RegistryError:
    if _FIXED.search(answer.said):
        return _fixed(reference, answer.said)
    if _PARTS.intersection(answer.codes):
        return RefusedError(f"{reference.domain} misses a part of the image: {answer.said}")
    if answer.status in (400, 405, 409, 412, 415, 423):
        return RefusedError(f"{reference.domain} does not take the manifest at {reference}: {answer.said}")
    return RegistryError(f"{reference.domain} gave no usable answer: {answer.said}")


def _fixed(reference: Reference, said: str) -> RefusedError:
    return RefusedError(
        f"the registry does not let this tag move: {reference} ({said})",
        "exempt the channel's tag from the rule for immutable tags there, or use another kind of target",
    )
