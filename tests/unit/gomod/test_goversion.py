"""Go's own releases: what is one, their order, and toolchain names."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.gomod import goversion
from support.gooracle import GoOracle

against_go = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = st.sampled_from(["0", "1", "2", "9", "20", "21", "22", "100", "01", "", "9" * 30])
near_releases = st.builds(
    lambda core, kind, pre: ".".join(core) + kind + pre,
    st.lists(numbers, min_size=1, max_size=4),
    st.sampled_from(["", "", "", "rc", "beta", "alpha", "-", "RC"]),
    st.one_of(st.just(""), numbers),
)


@against_go
@given(
    left=near_releases.filter(lambda text: "-" not in text), right=near_releases.filter(lambda text: "-" not in text)
)
def test_go_orders_releases_the_same(oracle: GoOracle, left: str, right: str) -> None:
    """go/version.Compare: 1.21 < 1.21rc1 < 1.21.0, 1.20 = 1.20.0, rubbish before all."""
    assert goversion.compare(left, right) == oracle.ask("releases", left, right)


@against_go
@given(text=near_releases.filter(lambda text: "-" not in text))
def test_go_finds_the_same_language(oracle: GoOracle, text: str) -> None:
    """Validity and language version."""
    assert {"valid": goversion.is_valid(text), "language": goversion.language(text)} == oracle.ask("release", text)


def test_order_by_example() -> None:
    """One ascending row."""
    row = [
        "rubbish",
        "1",
        "1.9",
        "1.20rc1",
        "1.20",
        "1.20.1",
        "1.21",
        "1.21rc1",
        "1.21rc2",
        "1.21.0",
        "1.21.10",
        "1.26.8",
    ]
    mixed = sorted(row, key=len)
    assert sorted(mixed, key=goversion.key) == row
    assert goversion.compare("1.20", "1.20.0") == 0
    assert goversion.compare("1.21", "1.21.0") < 0


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("go1.21.3", "1.21.3"),
        ("go1.21.3-custom", "1.21.3"),
        ("go1.26rc1", "1.26rc1"),
        ("go1.26.8 X:boringcrypto", "1.26.8"),
        ("default", ""),
        ("1.21.3", ""),
        ("go1.21.3/../x", ""),
        ("gofast", ""),
        ("", ""),
    ],
)
def test_toolchain_names(name: str, release: str) -> None:
    """The release a toolchain is, with or without a vendor's suffix."""
    assert goversion.from_toolchain(name) == release


def test_lax_go_lines() -> None:
    """What Go makes of odd go lines of dependencies."""
    odd = {"1.21": "1.21", "1.21.0rc1": "1.21.0rc1", "v1.20.1": "1.20", "1.18-beta": "1.18", "v1.20": "", "one": ""}
    assert {text: goversion.lax_directive(text) for text in odd} == odd
