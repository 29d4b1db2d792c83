"""The tables of programs for Windows (PE) and macOS (Mach-O), as far as what Go recorded is found by them.

https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h
https://github.com/golang/go/blob/master/src/debug/buildinfo/buildinfo.go (peExe, machoExe)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from go_release_gate.binary.headers import SECTIONS, SEGMENTS, Headers, SectionHeader, Segment
from go_release_gate.binary.window import BinaryError, Window

MACH_O = b"\xcf\xfa\xed\xfe"  # of 64 bits, little endian: all that Go builds today
_COFF = struct.Struct("<4sHHIIIHH")
_PE_SECTION = struct.Struct("<8sIIIIIIHHI")
_MACH_SEGMENT = struct.Struct("<16sQQQQIIII")
_MACH_SECTION = struct.Struct("<16s16sQQI")
_SEGMENT_64, _MAY_WRITE = 0x19, 2  # LC_SEGMENT_64, VM_PROT_WRITE
_IS_WRITABLE = 0x80000000  # IMAGE_SCN_MEM_WRITE


def foreign_headers(window: Window) -> Headers:
    """The tables of a PE or Mach-O file. Raises BinaryError for anything else, and what cannot be believed."""
    head = window.exactly(0, 4)
    if head[:2] == b"MZ":
        return Headers("PE", 0, True, (), tuple(_pe(window)))
    if head == MACH_O:
        return _mach(window)
    raise BinaryError("it is neither a PE file nor a Mach-O file of 64 bits")


def _pe(window: Window) -> Iterator[Segment]:
    (start,) = struct.unpack("<I", window.exactly(0x3C, 4))
    mark, _, count, _, _, _, optional, _ = _COFF.unpack(window.exactly(start, _COFF.size))
    if mark != b"PE\0\0" or count > SECTIONS:
        raise BinaryError("its PE headers cannot be believed")
    table = window.exactly(start + _COFF.size + optional, count * _PE_SECTION.size)
    for _, _, address, size, offset, _, _, _, _, flags in _PE_SECTION.iter_unpack(table):
        yield Segment("PT_LOAD", offset, size, address, bool(flags & _IS_WRITABLE))


def _mach(window: Window) -> Headers:
    count, size = struct.unpack("<II", window.exactly(16, 8))
    if count > SEGMENTS:
        raise BinaryError(f"it claims {count} load commands")
    sections: list[SectionHeader] = []
    segments: list[Segment] = []
    at = 32
    for _ in range(count):
        kind, length = struct.unpack("<II", window.exactly(at, 8))
        if length < 8 or at + length > 32 + size:
            raise BinaryError("its load commands cannot be believed")
        if kind == _SEGMENT_64:
            _mach_segment(window.exactly(at + 8, length - 8), segments, sections)
        at += length
    return Headers("Mach-O", 64, True, tuple(sections), tuple(segments))


def _mach_segment(data: bytes, segments: list[Segment], sections: list[SectionHeader]) -> None:
    if len(data) < _MACH_SEGMENT.size:
        raise BinaryError("its load commands cannot be believed")
    _, address, _, offset, size, _, protection, count, _ = _MACH_SEGMENT.unpack_from(data)
    segments.append(Segment("PT_LOAD", offset, size, address, bool(protection & _MAY_WRITE)))
    rows = range(_MACH_SEGMENT.size, len(data) - _MACH_SECTION.size + 1, 80)  # bytes of struct section_64
    for row in rows[: min(count, SECTIONS)]:
        name, _, place, length, start = _MACH_SECTION.unpack_from(data, row)
        called = name.rstrip(b"\0").decode("ascii", "replace")
        sections.append(SectionHeader(called.replace("__go_buildinfo", ".go.buildinfo"), "", start, length, place))
