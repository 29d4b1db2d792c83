"""Program files as a whole: other formats, packed ones, the form of older Go, limits."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import subprocess
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


@pytest.mark.parametrize(("form", "machine"), [("windows", "amd64"), ("darwin", "arm64")])
def test_what_go_recorded_for_other_systems(form: str, machine: str, programs: dict[str, Path]) -> None:
    """Of programs for Windows and macOS it is told as `go version -m` tells it, and nothing of their linking."""
    found = read(programs[form].read_bytes())
    assert found
    assert found.info
    assert (found.elf, found.unreadable) == (None, "")
    assert (found.info.settings["GOOS"], found.info.settings["GOARCH"]) == (form, machine)
    told = subprocess.run(["go", "version", "-m", programs[form]], capture_output=True, text=True, check=True).stdout
    for name, value in found.info.settings.items():
        assert f"\tbuild\t{name}={value}\n" in told
    assert f": {found.info.go}\n\tpath\t{found.info.path}\n" in told


@pytest.mark.parametrize("form", ["windows", "darwin"])
@pytest.mark.parametrize("cut", [4, 24, 63, 64, 200, 600, 5000, 400_000])
def test_cut_programs_for_other_systems(form: str, cut: int, programs: dict[str, Path]) -> None:
    """One that was cut off is read without a failure, and holds nothing."""
    found = read(programs[form].read_bytes()[:cut])
    assert found
    assert found.info is None


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("form", ["windows", "darwin"])
def test_damaged_programs_for_other_systems(form: str, seed: int, programs: dict[str, Path]) -> None:
    """Headers that say anything at all make no failure, and cost no time."""
    data = bytearray(programs[form].read_bytes())
    data[8:1024] = random.Random(seed).randbytes(1016)  # noqa: S311
    assert read(bytes(data))


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\0asm\1\0\0\0", "no ELF file: WebAssembly"), (b"\xfe\xed\xfa\xce" + bytes(99), "no ELF file: Mach-O")],
)
def test_other_formats_are_said(data: bytes, said: str) -> None:
    """What has none of these forms is said to be no ELF file."""
    found = read(data)
    assert found
    assert (found.elf, found.info, found.unreadable) == (None, None, said)


def test_a_packed_program_for_windows(programs: dict[str, Path]) -> None:
    """UPX leaves its mark in the headers, and hides the rest."""
    data = programs["windows"].read_bytes()
    found = read(data[:0x300] + b"UPX!" + data[0x304:])
    assert found
    assert found.unreadable == "packed by UPX: what is inside cannot be told"


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
