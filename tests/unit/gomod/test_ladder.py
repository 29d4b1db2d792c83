"""The ladder of releases: highest, lines, moving names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.gomod.ladder import (
    covers,
    highest_stable,
    holder,
    is_moving,
    is_release,
    is_stable,
    line_of,
    moving_names,
)
from go_release_gate.gomod.version import compare

VERSIONS = st.builds(
    "v{}.{}.{}{}".format,
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 12),
    st.sampled_from(["", "", "-rc.1", "-rc.2"]),
)


@pytest.mark.parametrize(
    ("text", "release", "stable"),
    [
        ("v1.2.3", True, True),
        ("v1.2.3-rc.1", True, False),
        ("v1.2", False, False),
        ("1.2.3", False, False),
        ("v2.0.0+incompatible", False, False),
        ("v1.2.3+build", False, False),
        ("v0.0.0-20210102030405-abcdefabcdef", False, False),
        ("v01.2.3", False, False),
        ("nightly", False, False),
    ],
)
def test_what_a_release_is(text: str, release: bool, stable: bool) -> None:
    """A canonical version without build metadata that is no pseudo-version; stable without a prerelease."""
    assert (is_release(text), is_stable(text)) == (release, stable)


def test_the_highest_stable_release() -> None:
    """By precedence, not by text; prereleases and other tags do not count."""
    assert highest_stable(["v1.9.0", "v1.10.0", "v2.0.0-rc.1", "v3", "nightly"]) == "v1.10.0"
    assert highest_stable(["v1.0.0-rc.1", "x"]) == ""


@pytest.mark.parametrize(
    ("version", "others", "line"),
    [
        ("v1.8.4", ["v1.8.3", "v1.9.0", "v2.0.0"], ("v1.8.3",)),
        ("v1.10.0", ["v1.8.3", "v1.9.0", "v2.0.0"], ("v1.8.3", "v1.9.0")),
        ("v3.0.0", ["v1.8.3", "v2.0.0"], ()),
        ("v1.8.3", ["v1.8.3", "v1.80.0"], ("v1.80.0",)),
        ("v1.0.0", ["v1.0.0-rc.1", "v1", "v1.0.0+a"], ("v1.0.0-rc.1",)),
        ("nightly", ["v1.0.0"], ()),
    ],
)
def test_lines(version: str, others: list[str], line: tuple[str, ...]) -> None:
    """A patch follows its minor line, a new minor line its major one, a new major one nothing."""
    assert line_of(version, others) == line


def test_moving_names() -> None:
    """Three for a stable release, none for a prerelease or what is no release."""
    assert moving_names("v1.2.3") == ("latest", "1", "1.2")
    assert moving_names("v1.2.3-rc.1") == moving_names("nightly") == ()


def movable_names(version: str, others: list[str]) -> tuple[str, ...]:
    """The moving names that nobody higher keeps from `version`."""
    return tuple(name for name in moving_names(version) if not holder(name, version, others))


@pytest.mark.parametrize(
    ("version", "others", "names"),
    [
        ("v1.9.1", ["v2.0.1", "v1.9.0"], ("1", "1.9")),
        ("v1.8.4", ["v2.0.1", "v1.9.0", "v1.8.3"], ("1.8",)),
        ("v1.8.2", ["v1.8.3"], ()),
        ("v2.0.0", ["v1.9.0", "v3.0.0-rc.1"], ("latest", "2", "2.0")),
        ("v1.2.3", [], ("latest", "1", "1.2")),
        ("v1.2.3", ["v1.2.3"], ("latest", "1", "1.2")),
        ("v1.1.0", ["v11.2.0"], ("1", "1.1")),
    ],
)
def test_names_a_release_may_take(version: str, others: list[str], names: tuple[str, ...]) -> None:
    """Each only by the highest stable release it covers."""
    assert movable_names(version, others) == names


@given(version=VERSIONS, others=st.lists(VERSIONS))
def test_the_highest_takes_all_and_nobody_passes_a_higher_one(version: str, others: list[str]) -> None:
    """Whoever may take `latest` may take the others too; a higher stable release of the same line forbids them."""
    names = movable_names(version, others)

    assert "latest" not in names or names == moving_names(version)
    for name in names:
        assert not [one for one in others if is_stable(one) and covers(name, one) and compare(one, version) > 0]
    if is_stable(version) and highest_stable([*others, version]) == version:
        assert names == moving_names(version)


def test_who_keeps_a_name() -> None:
    """The release that holds a moving tag is named; a `v` in front of the tag changes nothing."""
    assert holder("latest", "v1.9.1", ["v2.0.1", "v2.0.0"]) == "v2.0.1"
    assert holder("v1", "v1.8.4", ["v1.9.0", "v2.0.0"]) == "v1.9.0"
    assert holder("1.8", "v1.8.4", ["v1.9.0"]) == ""


def test_which_tags_move() -> None:
    """`latest` and shortened versions do, whole versions and words do not."""
    assert [name for name in ("latest", "1", "v1", "1.2", "v1.2", "1.2.3", "edge", "01", "") if is_moving(name)] == [
        "latest",
        "1",
        "v1",
        "1.2",
        "v1.2",
    ]
    assert covers("v1", "v1.2.3")
    assert not covers("1", "v11.2.3")
