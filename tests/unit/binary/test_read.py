"""Program files as a whole: other formats, packed ones, the form of older Go, limits."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import pytest

from go_release_gate.binary.buildinfo import MAGIC
from go_release_gate.binary.headers import read_headers
from go_release_gate.binary.read import read_binary
from go_release_gate.binary.window import Window
from go_release_gate.facts.binary import Binary


def read(data: bytes, limit: int = 1 << 30) -> Binary | None:
    """Read a program from memory."""
    return read_binary("/app", io.BytesIO(data), len(data), limit)


def test_a_program_is_read_whole(plain: bytes) -> None:
    """Size, digest, facts and what Go recorded: nothing stays untold."""
    found = read(plain)
    assert found
    assert (found.path, found.size, found.unreadable) == ("/app", len(plain), "")
    assert found.digest == f"sha256:{hashlib.sha256(plain).hexdigest()}"
    assert found.elf
    assert found.info
    assert found.info.path == "example.com/shop"


@pytest.mark.parametrize(("form", "name"), [("windows", "PE"), ("darwin", "Mach-O")])
def test_other_formats_are_said(form: str, name: str, programs: dict[str, Path]) -> None:
    """A program of another system is said to be no ELF file."""
    found = read(programs[form].read_bytes())
    assert found
    assert (found.elf, found.info, found.unreadable) == (None, None, f"no ELF file: {name}")


@pytest.mark.parametrize("data", [b"", b"#!/bin/sh\n", b"\x7fEL", b"PK\x03\x04"])
def test_what_is_no_program(data: bytes) -> None:
    """A script, an archive, an empty file are no programs."""
    assert read(data) is None


def test_a_variant_is_told(programs: dict[str, Path]) -> None:
    """GOARM=7 is the variant v7; the usual GOAMD64=v1 is none."""
    arm, amd64 = read(programs["arm"].read_bytes()), read(programs["plain"].read_bytes())
    assert arm
    assert arm.elf
    assert arm.elf.variant == "v7"
    assert amd64
    assert amd64.elf
    assert amd64.elf.variant == ""


def test_a_packed_program_hides_what_is_inside(plain: bytes) -> None:
    """UPX's mark behind the headers: nothing of what Go recorded is believed or guessed."""
    packed = bytearray(plain)
    packed[0x3E0:0x3E4] = b"UPX!"
    found = read(bytes(packed))
    assert found
    assert found.elf
    assert found.elf.packed_by == "UPX"
    assert found.info is None
    assert "packed by UPX" in found.unreadable


def test_the_mark_elsewhere_packs_nothing(plain: bytes) -> None:
    """A program that only speaks of UPX is not packed by it."""
    speaking = plain.replace(b"Go buildinf", b"Go buildinf", 1) + b"UPX!"
    found = read(speaking)
    assert found
    assert found.elf
    assert found.elf.packed_by == ""


def test_a_file_over_the_limit_is_not_read(plain: bytes) -> None:
    """Beyond the limit nothing is read, and that is said."""
    found = read(plain, limit=1000)
    assert found
    assert (found.elf, found.digest) == (None, "")
    assert "more than the 1000" in found.unreadable


def test_a_program_without_section_table(plain: bytes) -> None:
    """Build information is found by its segment where the sections are gone."""
    bare = bytearray(plain)
    bare[0x28:0x30] = bytes(8)  # e_shoff
    bare[0x3C:0x40] = bytes(4)  # e_shnum, e_shstrndx
    found = read(bytes(bare))
    assert found
    assert found.info
    assert found.info.path == "example.com/shop"


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_form_of_older_go(order: str, plain: bytes) -> None:
    """Before Go 1.18 the header points to the strings."""
    found = read(_with_pointers(plain, order))
    assert found
    assert found.info
    assert (found.info.go, found.info.path) == ("go1.16.5", "example.com/old")


def test_a_cut_file_is_said(plain: bytes) -> None:
    """Half a program tells its machine and that it is cut off."""
    found = read(plain[: len(plain) // 2])
    assert found
    assert found.elf
    assert found.elf.architecture == "amd64"
    assert "cut off" in found.unreadable


def _with_pointers(plain: bytes, order: str) -> bytes:
    """The program with its build information in the form of older Go, strings behind the header."""
    headers = read_headers(Window(io.BytesIO(plain), len(plain)))
    section = headers.section(".go.buildinfo")
    assert section
    frame = b"0123456789abcde\n"
    modules = b"0" * 16 + b"path\texample.com/old\n" + frame
    at = section.address + 32
    texts = at + 32
    strings = struct.pack(f"{order}QQQQ", texts, 8, texts + 8, len(modules))
    flag = 1 if order == ">" else 0
    header = MAGIC + bytes([8, flag]) + struct.pack(f"{order}QQ", at, at + 16)
    blob = header + strings + b"go1.16.5" + modules
    changed = bytearray(plain)
    changed[section.offset : section.offset + len(blob)] = blob
    return bytes(changed)
