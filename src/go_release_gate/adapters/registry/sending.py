"""Blobs of any size, sent to registries piece by piece from where they lie.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#post-then-put
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from urllib.parse import urljoin, urlsplit

from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.wire import Ask
from go_release_gate.adapters.registry.writing import OCTETS, blob_exists
from go_release_gate.facts.images.source import Checked, Reader
from go_release_gate.oci.reference import Reference

TRIES = 3
SLOWEST = 100 << 10  # bytes a second: an upload that is slower is given up
STORING = 120.0  # seconds that a registry may take to store a blob after its last byte


def send_blob(
    registries: Registries, reference: Reference, digest: str, size: int, opened: Callable[[], Reader]
) -> bool:
    """Send a blob to a repository, where it is not there yet; False: it was there.

    Args:
        digest: `sha256:…`. size: its bytes. opened: opens it from its first byte, for each try anew.

    Raises:
        ImageError: its bytes have another digest or size. DeniedError: no login that may write.
        RegistryError: no usable answer, after several tries.
    """
    if blob_exists(registries, reference, digest):
        return False
    for _ in range(TRIES):
        answer = _sent(registries, reference, digest, size, opened)
        if 200 <= answer.status < 300 or blob_exists(registries, reference, digest):
            return True
    with closing(Checked(opened(), digest, size)) as body:
        body.drain()  # bytes that are not what their digest says are our fault, whatever the registry calls it
    registries.check(reference, answer)
    return True


def _sent(registries: Registries, reference: Reference, digest: str, size: int, opened: Callable[[], Reader]) -> Answer:
    """One upload session, from its beginning: a login that expired, or a lost answer, wants a new one."""
    begun = registries.send(reference, Ask("POST", "blobs/uploads/", body=b""))
    registries.check(reference, begun)
    place = urljoin(begun.url, begun.headers.get("location", ""))
    joint = "&" if urlsplit(place).query else "?"
    headers = {"Content-Type": OCTETS, "Content-Length": str(size)}
    with closing(Checked(opened(), digest, size)) as body:
        ask = Ask("PUT", f"{place}{joint}digest={digest}", headers, body, patience=STORING + size / SLOWEST)
        return registries.send(reference, ask)
