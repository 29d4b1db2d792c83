"""How much of an image is read: whatever somebody packs into a layer, the run ends, within its memory.

What exceeds a bound is told in a sentence; it is neither a crash nor taken as read.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from go_release_gate.facts.images.source import ImageError

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one image.

    Attributes:
        blob: bytes of one layer as it is stored. unpacked: bytes of all layers, unpacked.
        ratio: how many times larger than stored a layer may be, counted from `ratio_from` unpacked bytes on (deflate
            reaches 1032 with zeros: https://www.zlib.net/zlib_tech.html).
        entries: of all layers. names: bytes of all names, and of all folders' names.
        path: bytes of one name (Linux's PATH_MAX). depth: folders above one file.
        special: bytes of an extended header, as Go's archive/tar has it.
        window: bytes a zstd frame may look back.
        layers: of one platform. platforms: entries of an index. nesting: indexes in indexes.
        manifest: bytes of a manifest or index. config: bytes of a configuration.
        program: bytes of a program that is read. spool: bytes of all of them, on disk for a while.
        programs: of one platform that are told. same: paths that are told of one program, beside those that are
            started: hard links and copies of the same bytes say nothing new.
        links: symbolic links followed on the way to one file, as Linux follows them.
    """

    blob: int = 16 * GIB
    unpacked: int = 16 * GIB
    ratio: int = 150
    ratio_from: int = GIB
    entries: int = 500_000
    names: int = 64 * MIB
    path: int = 4096
    depth: int = 256
    special: int = MIB
    window: int = 128 * MIB
    layers: int = 500
    platforms: int = 200
    nesting: int = 4
    manifest: int = 4 * MIB
    config: int = 8 * MIB
    program: int = GIB
    spool: int = 4 * GIB
    programs: int = 1000
    same: int = 8
    links: int = 40


@dataclass(slots=True)
class Budget:
    """What is left of the bounds that all layers share."""

    limits: Limits
    entries: int = 0
    names: int = 0
    unpacked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def entry(self, length: int) -> None:
        """One more entry. Raises ImageError."""
        self.entries += 1
        if self.entries > self.limits.entries:
            raise ImageError(f"its layers have more than {self.limits.entries} entries, which is the limit here")
        self.name(length)

    def name(self, length: int) -> None:
        """One more name. Raises ImageError."""
        self.names += length
        if self.names > self.limits.names:
            raise ImageError(f"its names have more than {self.limits.names} bytes, which is the limit here")

    def unpack(self, length: int) -> None:
        """So many more bytes are unpacked; several threads may say so. Raises ImageError."""
        with self._lock:
            self.unpacked += length
        if self.unpacked > self.limits.unpacked:
            raise ImageError(f"its layers unpack to more than {self.limits.unpacked} bytes, which is the limit here")
