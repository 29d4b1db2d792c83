"""Filter patterns, by the cheat sheet of GitHub's documentation."""

from __future__ import annotations

import pytest

from go_release_gate.workflow.patterns import example, matches, selects


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("feature/*", ["feature/my-branch", "feature/"], ["feature/a/b", "feature"]),
        ("feature/**", ["feature/a/b", "feature/a"], ["feature"]),
        ("*", ["main", "v1.2"], ["a/b"]),
        ("**", ["main", "all/the/branches", ""], []),
        ("*feature", ["mona-feature", "feature"], ["feature-x", "a/feature"]),
        ("v2*", ["v2", "v2.0", "v2.9"], ["v1", "av2"]),
        ("v[12].[0-9]+.[0-9]+", ["v1.10.1", "v2.0.0"], ["v3.1.1", "v1.1.", "v1x1.1"]),
        ("*.jsx?", ["page.js", "page.jsx"], ["page.jsxx", "page.jx"]),
        ("**/docs", ["docs", "a/docs", "a/b/docs"], ["docs/a"]),
        ("v\\*", ["v*"], ["v1"]),
        ("[!a]x", ["bx"], ["ax", "/x"]),
        ("[CB]at", ["Cat", "Bat"], ["Rat"]),
        ("a[", ["a["], ["a"]),
        ("+a", ["+a"], ["a"]),
    ],
)
def test_patterns(pattern: str, yes: list[str], no: list[str]) -> None:
    """Each pattern matches the names it should and no other."""
    assert [name for name in yes if not matches(pattern, name)] == []
    assert [name for name in no if matches(pattern, name)] == []


def test_order_of_patterns_decides() -> None:
    """The last pattern that matches decides; a list of exclusions alone selects nothing."""
    assert selects(["releases/**", "!releases/**-alpha"], "releases/10")
    assert not selects(["releases/**", "!releases/**-alpha"], "releases/beta/3-alpha")
    assert selects(["!v1", "v*"], "v1")
    assert not selects(["!v1"], "v2")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("v*", "v1.2.3"),
        ("**", "1.2.3"),
        ("v*.*.*", "v1.2.3.1.1"),
        ("services/api/v*", "services/api/v1.2.3"),
        ("v[0-9]+.[0-9]+.[0-9]+", "v1.1.1"),
        ("main", "main"),
        ("release-?", "release-"),
        ("", ""),
    ],
)
def test_examples(pattern: str, name: str) -> None:
    """A pattern has an example that it matches, the likely one where there is one."""
    assert example(pattern) == name
