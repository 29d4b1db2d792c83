"""Globs over directories."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.engine.globs import matcher
from go_release_gate.errors import UsageError

CASES = [
    ("examples", "examples", True),
    ("examples", "examples/a/b", True),
    ("examples", "examples2", False),
    ("examples", "a/examples", False),
    ("./examples/", "examples/a", True),
    ("examples/**", "examples", True),
    ("examples/**", "examples/a", True),
    ("examples/*", "examples", False),
    ("examples/*", "examples/a/b", True),
    ("**/fixtures", "fixtures", True),
    ("**/fixtures", "a/b/fixtures/c", True),
    ("**/fixtures", "a/myfixtures", False),
    ("a/**/z", "a/z", True),
    ("a/**/z", "a/b/c/z", True),
    ("a/**/**/z", "a/b/z", True),
    ("a/**/z", "b/a/z", False),
    ("a*c", "abc", True),
    ("a*c", "a/c", False),
    ("a?c", "a/c", False),
    ("a[bx]c", "abc", True),
    ("a[!b]c", "abc", False),
    ("a[!b]c", "a/c", False),
    ("a[b", "a[b", True),
    ("v1.2", "v1x2", False),
    ("*", "a", True),
    ("*", ".", False),
    ("?", ".", False),
    ("**", ".", True),
    (".", "a/b", True),
    (".*", ".github/tools", True),
    (".*", ".", False),
    ("a\nb", "a\nb/c", True),
    ("*", "a\nb", True),
    ("*", "\udcff", True),
]


@pytest.mark.parametrize(("glob", "directory", "expected"), CASES)
def test_matches(glob: str, directory: str, expected: bool) -> None:
    """A glob matches the folder it names and all below, and nothing beside."""
    assert matcher([glob])(directory) is expected


def test_no_glob_matches_nothing() -> None:
    """Without globs no directory is meant, not even the root."""
    assert not matcher([])(".")


def test_any_of_several_globs() -> None:
    """One of several globs is enough."""
    is_match = matcher(["a", "b/*"])
    assert [is_match(one) for one in ("a", "b", "b/c", "c")] == [True, False, True, False]


@pytest.mark.parametrize("glob", ["", " ", "/abs", "../up", "a/../b"])
def test_refuses_what_matches_nothing(glob: str) -> None:
    """A glob that can match nothing is a mistake its author hears of."""
    with pytest.raises(UsageError, match="can match nothing"):
        matcher([glob])


def test_many_stars_are_no_trap() -> None:
    """Stars in a row cost no more than one."""
    started = time.perf_counter()
    assert not matcher(["/".join(["**"] * 40) + "/z", "*" * 60 + "z"])("a/" * 60 + "a" * 200)
    assert time.perf_counter() - started < 1


@given(st.text(st.sampled_from("a.*?[]!^-/\\|(){}&~ü\n"), min_size=1, max_size=12), st.text("ab./\n", max_size=8))
def test_never_raises_but_usage(glob: str, directory: str) -> None:
    """Any text is a glob or a usage error, never a broken pattern."""
    try:
        is_match = matcher([glob])
    except UsageError:
        return
    assert is_match(directory) in (True, False)
