"""Files that were made to trip their reader."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.binary.read import is_program, read_binary
from go_release_gate.binary.window import BinaryError, Window

changes = st.lists(st.tuples(st.integers(0, 4096), st.binary(min_size=1, max_size=8)), min_size=1, max_size=8)
tail_changes = st.lists(st.tuples(st.integers(0, 2048), st.binary(min_size=1, max_size=8)), max_size=4)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=changes, tail=tail_changes)
def test_changed_bytes_never_crash(
    programs: dict[str, Path], head: list[tuple[int, bytes]], tail: list[tuple[int, bytes]]
) -> None:
    """Whatever is written over headers and section table, an answer comes."""
    data = bytearray(programs["stripped"].read_bytes())
    for at, text in head:
        data[at : at + len(text)] = text
    for back, text in tail:
        at = len(data) - 2048 + back
        data[at : at + len(text)] = text
    found = read_binary("/app", io.BytesIO(bytes(data)), len(data), digest="")
    assert (found is not None) == is_program(bytes(data[:4]))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600))
def test_noise_behind_the_magic_never_crashes(noise: bytes) -> None:
    """Any bytes that begin like an ELF file get an answer."""
    data = b"\x7fELF\x02\x01\x01" + noise
    found = read_binary("/app", io.BytesIO(data), len(data))
    assert found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_cut_gets_an_answer(programs: dict[str, Path], data: st.DataObject) -> None:
    """A file may end anywhere."""
    plain = programs["stripped"].read_bytes()
    end = data.draw(st.integers(4, len(plain)))
    assert read_binary("/app", io.BytesIO(plain[:end]), end, digest="")


def test_an_absurd_number_of_sections(plain: bytes) -> None:
    """More sections than any program has are not walked; what the segments tell is still told."""
    data = bytearray(plain)
    struct.pack_into("<H", data, 0x3C, 0xFFFF)
    found = read_binary("/app", io.BytesIO(bytes(data)), len(data), digest="")
    assert found
    assert "it claims 65535 sections" in found.unreadable
    assert found.elf
    assert found.elf.architecture == "amd64"


def test_sections_counted_in_the_first_one(plain: bytes) -> None:
    """A count that stands in section 0 is held to the same bound."""
    data = bytearray(plain)
    (table,) = struct.unpack_from("<Q", data, 0x28)
    struct.pack_into("<H", data, 0x3C, 0)
    struct.pack_into("<Q", data, table + 32, 1 << 60)
    found = read_binary("/app", io.BytesIO(bytes(data)), len(data), digest="")
    assert found
    assert f"it claims {1 << 60} sections" in found.unreadable


def test_a_string_of_absurd_length(plain: bytes) -> None:
    """Build information that claims a string of terabytes is damaged, and nothing of that size is read."""
    at = plain.index(b"\xff Go buildinf:") + 32
    data = bytearray(plain)
    data[at : at + 8] = b"\xff\xff\xff\xff\xff\xff\xff\x7f"
    found = read_binary("/app", io.BytesIO(bytes(data)), len(data), digest="")
    assert found
    assert found.info is None
    assert "larger than any list of modules" in found.unreadable


@pytest.mark.parametrize(
    "window", [Window(io.BytesIO(b"x" * 100), 100, total=150), Window(io.BytesIO(b"x"), 1, reads=1)]
)
def test_the_budget_ends(window: Window) -> None:
    """Reading the same bytes again and again ends."""
    window.at(0, 100)
    with pytest.raises(BinaryError):
        window.at(0, 100)
