"""Two builds of the same: whether they are the same bytes, and the first part that is not. Pure but for reading."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from go_release_gate.binary.buildinfo import build_info_of
from go_release_gate.binary.headers import Headers, read_headers
from go_release_gate.binary.window import BinaryError, Window
from go_release_gate.facts.binary import BuildInfo
from go_release_gate.facts.built import Difference

_CHUNK = 1 << 16
_MOST = 4096  # differing places that are looked at: the first that is no build id is what counts
_IDS = (".note.go.buildid", ".note.gnu.build-id", ".go.fipsinfo")


def first_difference(one: Path, other: Path, places: Sequence[str] = ()) -> Difference | None:
    """The first part in which two files differ, build ids apart where anything else does; None: they are the same.

    Args:
        places: directories of the builds, by which a path in the program is known.
    """
    first, second = one.read_bytes(), other.read_bytes()
    if first == second:
        return None
    headers, pair = _headers(first), (first, second)
    named = _recorded_difference(pair, headers) or _directory(pair, headers, places)
    if named:
        return named
    found = list(_differences(first, second))
    at = next((at for at in found if _section(headers, at) not in ("", *_IDS)), found[0])
    section = _section(headers, at)
    return Difference(_what(pair, at, section), section, at)


def _recorded_difference(pair: tuple[bytes, bytes], headers: Headers | None) -> Difference | None:
    """What Go recorded differently; everything behind it is moved by that."""
    one, other = (_recorded(data) for data in pair)
    section = headers.section(".go.buildinfo") if headers else None
    if one is None or other is None or one == other:
        return None
    return Difference(_setting(one, other), section.name if section else "", section.offset if section else 0)


def _directory(pair: tuple[bytes, bytes], headers: Headers | None, places: Sequence[str]) -> Difference | None:
    """A directory of the builds that one program knows and the other does not."""
    for place in filter(None, places):
        at = [data.find(place.encode()) for data in pair]
        if (at[0] < 0) != (at[1] < 0):
            section = _section(headers if at[0] >= 0 else _headers(pair[1]), max(at))
            return Difference("the directory it was built in", section, max(at))
    return None


def _differences(first: bytes, second: bytes) -> Iterator[int]:
    """Offsets where the files begin to differ again, at most so many."""
    count, common = 0, min(len(first), len(second))
    for start in range(0, common, _CHUNK):
        if first[start : start + _CHUNK] == second[start : start + _CHUNK]:
            continue
        is_apart = False
        for at in range(start, min(start + _CHUNK, common)):
            if first[at] == second[at]:
                is_apart = False
            elif not is_apart:
                is_apart = True
                yield at
                count += 1
                if count >= _MOST:
                    return
    if len(first) != len(second) and not count:
        yield common


def _what(pair: tuple[bytes, bytes], at: int, section: str) -> str:
    if section.startswith((".debug_", ".zdebug_")):
        return "debug information"
    if section in _IDS:
        return "a build id that is made anew for every build"
    one, other = (_text_at(data, at) for data in pair)
    if one and other:
        return f"a text: {one!r} against {other!r}"
    return "the size of the file" if at >= min(map(len, pair)) else "its bytes"


def _setting(one: BuildInfo, other: BuildInfo) -> str:
    """What Go recorded differently: a setting, or a module."""
    for key in sorted({*one.settings, *other.settings}):
        if one.settings.get(key) != other.settings.get(key):
            kind = "the stamp of version control" if key.startswith("vcs") else "the build setting"
            return f"{kind} {key}: {one.settings.get(key, 'none')} against {other.settings.get(key, 'none')}"
    return "the modules that Go recorded"


def _text_at(data: bytes, at: int) -> str:
    """The printable text around an offset, empty where there is none to speak of."""
    start, end = at, at
    while start > 0 and at - start < 40 and 0x20 <= data[start - 1] < 0x7F:
        start -= 1
    while end < len(data) and end - at < 40 and 0x20 <= data[end] < 0x7F:
        end += 1
    return data[start:end].decode("ascii") if end - start >= 6 else ""


def _headers(data: bytes) -> Headers | None:
    try:
        return read_headers(Window(io.BytesIO(data), len(data)))
    except BinaryError:
        return None


def _recorded(data: bytes) -> BuildInfo | None:
    headers = _headers(data)
    try:
        return build_info_of(Window(io.BytesIO(data), len(data)), headers) if headers else None
    except BinaryError:
        return None


def _section(headers: Headers | None, at: int) -> str:
    found = headers.section_at(at) if headers else None
    return found.name if found else ""
