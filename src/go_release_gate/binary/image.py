"""A whole program file in memory, with its headers and symbols."""

from __future__ import annotations

from dataclasses import dataclass
from mmap import mmap
from typing import BinaryIO, cast

from go_release_gate.binary.elf import elf_of
from go_release_gate.binary.headers import Headers, SectionHeader, read_headers
from go_release_gate.binary.symbols import Symbols, symbols_of
from go_release_gate.binary.window import BinaryError, Window


@dataclass(frozen=True, slots=True)
class Image:
    """The bytes of an ELF file and how they are laid out. `architecture`: its GOARCH."""

    data: bytes | mmap
    headers: Headers
    symbols: Symbols
    architecture: str

    def content(self, section: SectionHeader) -> bytes:
        """The bytes of a section."""
        return bytes(self.data[section.offset : section.offset + section.size])

    def loaded(self, address: int, size: int) -> bytes:
        """The bytes that are found at an address; fewer or none where the file holds fewer."""
        at = self.headers.offset_of(address)
        return b"" if at is None else bytes(self.data[at : at + size])


def image_of(data: bytes | mmap) -> Image | None:
    """A program's bytes as an image; None: it is no ELF file, or one that cannot be believed."""
    import io

    file = cast("BinaryIO", data if isinstance(data, mmap) else io.BytesIO(data))
    window = Window(file, len(data))
    try:
        headers = read_headers(window)
        return Image(data, headers, symbols_of(data, headers), elf_of(window, headers).architecture)
    except BinaryError:
        return None
