"""Amounts of memory and processors as Kubernetes, compose files and Go write them."""

from __future__ import annotations

import pytest

from go_release_gate.rules.manifest._quantities import compose_bytes, go_bytes, go_text, quantity


@pytest.mark.parametrize(
    ("text", "expected"),
    [("512Mi", 512 << 20), ("1G", 10**9), ("1.5Gi", 3 << 29), ("500m", 0.5), ("2", 2), ("1e3", 1000), ("12E", 12e18)],
)
def test_a_quantity_is_a_number(text: str, expected: float) -> None:
    """Powers of ten and of two, thousandths, exponents."""
    assert quantity(text) == expected


@pytest.mark.parametrize("text", ["", "1 Gi", "1GB", "Gi", "$(X)", "-1"])
def test_what_is_no_quantity(text: str) -> None:
    """Nothing is made of it."""
    assert quantity(text) is None


def test_sizes_of_compose_files() -> None:
    """Units are powers of 1024, in either case."""
    assert [compose_bytes(text) for text in ("512m", "1G", "2kb", "10", "1Gi")] == [512 << 20, 1 << 30, 2048, 10, None]


@pytest.mark.parametrize("text", ["512Mi", "512m", "0.5GiB", "1GB", "1 GiB", "-1", "9223372036854775808", "8388608TiB"])
def test_what_go_cannot_read(text: str) -> None:
    """Go ends the program with `malformed GOMEMLIMIT`."""
    assert go_bytes(text) is None


def test_what_go_reads() -> None:
    """Its five units, and bytes without one."""
    assert [go_bytes(text) for text in ("1", "1B", "2KiB", "460MiB", "1TiB")] == [1, 1, 2048, 460 << 20, 1 << 40]
    assert (go_text(460 << 20), go_text(100)) == ("460MiB", "100B")
