"""Build ids: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html#note_section, cmd/internal/buildid."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from go_release_gate.binary.headers import Headers
from go_release_gate.binary.window import Window

_MOST = 64 << 10  # bytes of notes that are looked at in one place
_GO, _GO_ID = b"Go\0\0", 4
_GNU, _GNU_ID = b"GNU\0", 3


def build_ids(window: Window, headers: Headers) -> tuple[str, str]:
    """Go's build id, as `go tool buildid` prints it, and GNU's, in hex; empty: none."""
    go_id = gnu_id = ""
    for name, kind, value in _notes(window, headers):
        if (name, kind) == (_GO, _GO_ID) and not go_id:
            go_id = value.rstrip(b"\0").decode("utf-8", "replace")
        elif (name, kind) == (_GNU, _GNU_ID) and not gnu_id:
            gnu_id = value.hex()
    return go_id, gnu_id


def _notes(window: Window, headers: Headers) -> Iterator[tuple[bytes, int, bytes]]:
    places = [(one.offset, one.size) for one in headers.segments if one.kind == "PT_NOTE"]
    places += [(one.offset, one.size) for one in headers.sections if one.kind == "SHT_NOTE"]
    for offset, size in dict.fromkeys(places):
        yield from _read(window.at(offset, min(size, _MOST)), "<" if headers.is_little else ">")


def _read(data: bytes, order: str) -> Iterator[tuple[bytes, int, bytes]]:
    at = 0
    while at + 12 <= len(data):
        name_size, size, kind = struct.unpack_from(f"{order}III", data, at)
        name_at = at + 12
        value_at = name_at + (name_size + 3) // 4 * 4
        yield data[name_at : name_at + name_size], kind, data[value_at : value_at + size]
        at = value_at + (size + 3) // 4 * 4
