"""Images in OCI's layout, whatever holds its files: `index.json` and `blobs/sha256/…`.

https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from go_release_gate.errors import UsageError
from go_release_gate.facts.images.source import ImageError, MissingError, RawManifest, Reader
from go_release_gate.oci import digest as digests

LIMIT = 4 << 20  # bytes of an index or manifest
NAME = "org.opencontainers.image.ref.name"  # https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
FULL_NAME = "io.containerd.image.name"
INDEX = "application/vnd.oci.image.index.v1+json"
_SHOWN = 10


class Files(Protocol):
    """A folder or archive that holds files by name."""

    def open(self, name: str) -> Reader:
        """The file's bytes. Raises MissingError, ImageError."""
        ...

    def close(self) -> None:
        """Let go of what holds them."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """An image of a layout.

    Attributes:
        name: as asked for. files: what holds it. wanted: a tag, a full name or a digest; empty: the only image.
        is_partial: see Source.
    """

    name: str
    files: Files
    wanted: str = ""
    is_partial: bool = False

    def manifest(self, digest: str = "") -> RawManifest:
        """The manifest with this digest; without one, the image that is wanted."""
        media_type = ""
        if not digest:
            if digests.is_valid(self.wanted):
                digest = self.wanted
            else:
                chosen = self._chosen()
                digest, media_type = chosen["digest"], str(chosen.get("mediaType", ""))
        content = whole(self.files.open(_place(digest)), digest)
        if digests.of(content) != digest:
            raise ImageError(f"the manifest {digest} has bytes with another digest")
        return RawManifest(content, digest, media_type)

    def close(self) -> None:
        """Let go of the archive."""
        self.files.close()

    def blob(self, digest: str, size: int) -> Reader:  # noqa: ARG002 - of the protocol
        """The blob's bytes, unchecked."""
        return self.files.open(_place(digest))

    def _chosen(self) -> Mapping[str, Any]:
        content = whole(self.files.open("index.json"), "index.json")
        entries = _entries(content)
        found = [one for one in entries if not self.wanted or self.wanted in _names(one)]
        if len({one["digest"] for one in found}) == 1:
            return found[0]
        there = sorted({name for one in entries for name in (_names(one) or {str(one["digest"])})})
        listed = ", ".join(there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
        if not found:
            wanted = f"no image {self.wanted}" if self.wanted else "no image"
            raise UsageError(f"{self.name} holds {wanted}" + (f" (there is {listed})" if there else ""))
        raise UsageError(f"{self.name} holds {len(found)} images: {listed}", "name one: PATH:TAG or PATH@sha256:…")


@dataclass(frozen=True, slots=True)
class Folder:
    """Files of a folder; links that lead out of it are not followed."""

    root: Path

    def close(self) -> None:
        """A folder is held by nobody."""

    def open(self, name: str) -> Reader:
        """The file's bytes."""
        path = self.root / name
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise ImageError(f"{name} is a link out of the folder")
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise MissingError(f"{name} is not in the folder") from None
        except OSError as error:
            raise ImageError(f"{name} cannot be opened: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise ImageError(f"{name} is no regular file")
        return os.fdopen(handle, "rb", buffering=0)


def whole(reader: Reader, name: str) -> bytes:
    """A small file as a whole. Raises ImageError: it is larger than a manifest may be."""
    found = bytearray()
    try:
        while len(found) <= LIMIT and (piece := reader.read(1 << 16)):
            found += piece
    finally:
        reader.close()
    if len(found) > LIMIT:
        raise ImageError(f"{name} has more than the {LIMIT} bytes that are read")
    return bytes(found)


def _place(digest: str) -> str:
    return f"blobs/sha256/{digests.parse(digest).partition(':')[2]}"


def _entries(content: bytes) -> list[dict[str, Any]]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    found = document.get("manifests") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise ImageError("index.json is no index of images")
    return [one for one in found if isinstance(one, dict) and digests.is_valid(str(one.get("digest", "")))]


def _names(entry: Mapping[str, Any]) -> set[str]:
    """The tag and the full name an entry has."""
    told = entry.get("annotations")
    told = told if isinstance(told, dict) else {}
    names = {name for key in (NAME, FULL_NAME) if isinstance(name := told.get(key), str) and name}
    return names | {name.rpartition(":")[2] for name in names if "/" not in name.rpartition(":")[2]}
