"""Semantic versions: equal to node-semver's strict reading."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from go_release_gate.oci import nodesemver

DATA = Path(__file__).parents[2] / "data" / "images" / "versions-observed.json"
OBSERVED = json.loads(DATA.read_text("utf-8"))["versions"]


def answer(text: str) -> list[object] | None:
    """What this package says, in the form of the observed data."""
    found = nodesemver.parse(text)
    if found is None:
        return None
    release = [str(part) for part in (found.major, found.minor, found.patch)]
    lists = [list(found.prerelease), list(found.build)]
    return [found.raw, found.version, *release, *lists, found.loose, bool(found.prerelease)]


def test_observed() -> None:
    """Every generated text is accepted, and has the parts, that node-semver gave."""
    different = [(text, seen, answer(text)) for text, seen, _ in OBSERVED if answer(text) != seen]

    assert different == []
    assert sum(seen is not None for _, seen, _ in OBSERVED) > 200


@pytest.mark.parametrize(
    "text",
    ["v1.2", "V1.2.3", "vv1.2.3", "=v1.2.3", "v01.2.3", "1.2.3-01", "1.2.3rc1", "1.2.3-", "1.2.3+", "1.2.\u0663", ""],
)
def test_what_is_no_version(text: str) -> None:
    """Neither short, nor padded, nor decorated forms are versions."""
    assert not nodesemver.is_valid(text)


@pytest.mark.parametrize(
    ("text", "is_version"),
    [
        ("9007199254740991.0.0", True),
        ("9007199254740992.0.0", False),
        ("1.0.0-" + "a" * 250, True),
        ("1.0.0-" + "a" * 251, False),
        (" " * 251 + "1.0.0", True),
        (" " * 252 + "1.0.0", False),
        ("1" * 10**6, False),
    ],
)
def test_limits(text: str, is_version: bool) -> None:
    """256 characters with their white space, and 2^53 - 1 in each part of the release."""
    assert nodesemver.is_valid(text) is is_version


def test_fields_are_what_a_pattern_can_name() -> None:
    """The peer's object has these own properties, `raw` with its prefix and `version` without build."""
    version = nodesemver.parse("v1.2.3-rc.1+build.5")

    assert version is not None
    assert version.fields() == {
        "options": {"loose": True},
        "loose": True,
        "includePrerelease": False,
        "raw": "v1.2.3-rc.1+build.5",
        "major": 1,
        "minor": 2,
        "patch": 3,
        "prerelease": ["rc", 1],
        "build": ["build", "5"],
        "version": "1.2.3-rc.1",
    }


ORDER = ["1.0.0-0", "1.0.0-1", "1.0.0-1.a", "1.0.0-10", "1.0.0--", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta"]
ORDER += ["1.0.0-rc.1", "1.0.0", "1.0.1-a", "1.0.1", "1.1.0", "2.0.0", "10.0.0"]


@pytest.mark.parametrize(("left", "right"), list(product(range(len(ORDER)), repeat=2)))
def test_order(left: int, right: int) -> None:
    """Versions stand in the order of SemVer 2.0.0, section 11, and builds do not move them."""
    one, two = nodesemver.parse(ORDER[left]), nodesemver.parse(f"v{ORDER[right]}+build")

    assert one is not None
    assert two is not None
    assert nodesemver.compare(one, two) == (left > right) - (left < right)


def test_long_numbers_compare_as_the_peer_compares_them() -> None:
    """Two identifiers that are one number in floating point are equal, and end the comparison (observed)."""
    one, two = nodesemver.parse("1.0.0-9007199254740993.1"), nodesemver.parse("1.0.0-9007199254740992.2")

    assert one is not None
    assert two is not None
    assert nodesemver.compare(one, two) == 0
