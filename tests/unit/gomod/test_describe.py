"""The nearest release below a commit, against git itself where git can say it."""

from __future__ import annotations

import pytest

from go_release_gate.gomod.describe import describe

LINE = {"e": ("d",), "d": ("c",), "c": ("b",), "b": ("a",), "a": ()}


@pytest.mark.parametrize(
    ("releases", "text"),
    [
        ({"v1.0.0": "e"}, "v1.0.0"),
        ({"v1.0.0": "b"}, "v1.0.0-3-ge"),
        ({"v1.0.0": "b", "v0.9.0": "d"}, "v0.9.0-1-ge"),
        ({"v1.0.0": "b", "v1.0.0-rc.1": "b"}, "v1.0.0-3-ge"),
        ({"v1.0": "d", "vnext": "d", "v1.0.0": "a"}, "v1.0.0-4-ge"),
        ({"v1.0.0": "elsewhere"}, "v0.0.0-5-ge"),
        ({}, "v0.0.0-5-ge"),
    ],
)
def test_nearest_release(releases: dict[str, str], text: str) -> None:
    """The nearest counts, not the highest; of two at one commit the higher; what is no release never does."""
    assert describe(LINE, "e", releases).text == text


def test_of_two_branches_the_one_with_fewer_commits_between() -> None:
    """A merge has releases on both sides: the one that lacks fewer commits is named, the higher of equals."""
    merged = {"m": ("l2", "r1"), "l2": ("l1",), "l1": ("root",), "r1": ("root",), "root": ()}
    assert describe(merged, "m", {"v1.0.0": "l2", "v2.0.0": "r1"}).text == "v1.0.0-2-gm"
    assert describe(merged, "m", {"v1.0.0": "l1", "v2.0.0": "r1"}).text == "v2.0.0-3-gm"


def test_dirty_is_said_at_the_end() -> None:
    """A changed tree is no release, at the release either."""
    assert describe(LINE, "e", {"v1.0.0": "e"}, is_dirty=True).text == "v1.0.0-dirty"
    assert describe({}, "0123456789abcdef", {}, is_dirty=True).text == "v0.0.0-1-g0123456-dirty"
