"""Images of a registry, by tag or digest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.facts.images.source import MissingError, RawManifest, Reader
from go_release_gate.oci.reference import Reference


@dataclass(frozen=True, slots=True)
class RegistryImage:
    """An image of a registry. Where the reference has tag and digest, the digest counts."""

    reference: Reference
    registries: Registries
    name: str = ""
    is_partial: bool = False

    def manifest(self, digest: str = "") -> RawManifest:
        """The manifest at the reference, or with this digest in its repository.

        Raises:
            AbsentError, DeniedError, RegistryError: of what the reference names. MissingError: of an index's entry.
        """
        wanted = replace(self.reference, digest=digest) if digest else self.reference
        try:
            found = self.registries.manifest(wanted)
        except AbsentError as error:
            if not digest:
                raise
            raise MissingError(error.message) from None
        return RawManifest(found.content, found.digest, found.media_type)

    def close(self) -> None:
        """Connections end with their answers."""

    def blob(self, digest: str, size: int) -> Reader:
        """The blob, in a stream that goes on where a connection broke."""
        return self.registries.blob_stream(self.reference, digest, size)
