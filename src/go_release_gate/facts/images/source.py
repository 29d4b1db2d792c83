"""Where the bytes of an image come from: what adapters give, and bytes that are checked while they are read."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any, Protocol

from go_release_gate.errors import UnavailableError


class ImageError(UnavailableError):
    """Something of an image cannot be read; the message is a sentence for `unreadable`."""


class MissingError(ImageError):
    """A manifest or blob is not where its digest is named."""


@dataclass(frozen=True, slots=True)
class RawManifest:
    """Bytes of an index or manifest. `digest` is empty where nobody but us has seen these bytes (`docker save` of
    old keeps no manifest, so one is made up)."""

    content: bytes
    digest: str
    media_type: str = ""


class Reader(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; empty at the end."""
        ...

    def close(self) -> None:
        """Let go of file or connection."""
        ...


class Source(Protocol):
    """An image's manifests and blobs. Threads may read blobs at the same time."""

    @property
    def name(self) -> str:
        """What was asked for."""
        ...

    @property
    def is_partial(self) -> bool:
        """Whether manifests of an index may be absent for good reason (`docker save` of one platform)."""
        ...

    def manifest(self, digest: str = "") -> RawManifest:
        """The manifest with this digest; without one, what the name stands for. Its bytes have their digest.

        Raises:
            MissingError: it is not there. UnavailableError: it cannot be had.
        """
        ...

    def blob(self, digest: str, size: int) -> Reader:
        """The blob with this digest, of this size, which nobody has checked yet: read it through `Checked`.

        Raises:
            MissingError: it is not there. UnavailableError: it cannot be had.
        """
        ...

    def close(self) -> None:
        """Let go of the file that holds it; nothing is read after this."""
        ...


class Checked(io.RawIOBase):
    """A blob's bytes, as many as were announced and with the announced digest: else the last read raises ImageError.

    Args:
        inner: where they come from. digest: `sha256:…`. size: bytes, -1: not known. limit: bytes at most.
    """

    def __init__(self, inner: Reader, digest: str, size: int = -1, limit: int = 1 << 62) -> None:
        super().__init__()
        self._inner, self._digest, self._size, self._limit = inner, digest, size, limit
        self._hash = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; empty at the end, which is checked then."""
        data = self._inner.read(size if size >= 0 else 1 << 20)
        self.count += len(data)
        if self.count > self._limit:
            raise ImageError(f"the blob {self._digest} has more than {self._limit} bytes, which is the limit here")
        if self.count > self._size >= 0:
            raise ImageError(f"the blob {self._digest} is longer than the {self._size} bytes its manifest announces")
        if data:
            self._hash.update(data)
        else:
            self._check()
        return data

    def readinto(self, buffer: Any, /) -> int:
        """Fill a part of `buffer`."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def drain(self) -> None:
        """Read what is left, so that the end is checked."""
        while self.read(1 << 20):
            pass

    def close(self) -> None:
        """Let go of what lies below."""
        self._inner.close()
        super().close()

    def _check(self) -> None:
        if self.count < self._size:
            raise ImageError(f"the blob {self._digest} ends after {self.count} of {self._size} bytes")
        if f"sha256:{self._hash.hexdigest()}" != self._digest:
            raise ImageError(f"the blob {self._digest} has bytes with another digest")


def content(source: Source, digest: str, size: int, limit: int) -> bytes:
    """A small blob as a whole, checked. Raises ImageError: it is larger than `limit`, or not what it should be."""
    if size > limit:
        raise ImageError(f"the blob {digest} is announced with {size} bytes, more than the {limit} that are read")
    stream = Checked(source.blob(digest, size), digest, size, limit)
    try:
        return b"".join(iter(lambda: stream.read(1 << 16), b""))
    finally:
        stream.close()
