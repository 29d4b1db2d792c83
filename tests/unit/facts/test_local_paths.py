"""Where a directory written in go.mod leads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from go_release_gate.facts.local_paths import Resolver, relative


@pytest.mark.parametrize(
    ("base", "written", "inside", "is_portable"),
    [
        (".", "./a", "a", True),
        ("a/b", "../c/", "a/c", True),
        ("a", "..", ".", True),
        ("a", "../..", None, False),
        ("a", "../../repo/b", "b", True),
        (".", "/nowhere", None, False),
        (".", "C:\\lib", None, False),
        (".", "..\\lib", None, False),
        (".", "./nul\0byte", None, False),
        (".", "./\ud800", None, False),
        (".", "./" + "x" * 5000, "x" * 5000, True),
        (".", "./l\udcff", "l\udcff", True),
    ],
)
def test_leads(tmp_path: Path, base: str, written: str, inside: str | None, is_portable: bool) -> None:
    """A path is joined as Go joins it; what leaves the repository, or is no path at all, lies outside."""
    root = tmp_path / "repo"
    (root / "a/b").mkdir(parents=True)
    target = Resolver(os.path.realpath(root)).resolve(base, written)
    assert (target.dir, target.is_portable) == (inside, is_portable)


def test_absolute_path_into_the_repository(tmp_path: Path) -> None:
    """An absolute path may lead inside here, and still means another directory elsewhere."""
    root = os.path.realpath(tmp_path)
    target = Resolver(root).resolve("a", f"{root}/b")
    assert (target.dir, target.is_portable) == ("b", False)


@pytest.mark.parametrize(
    ("root", "path", "expected"),
    [("/a", "/a", "."), ("/a", "/a/b", "b"), ("/a", "/ab", None), ("/", "/a", "a"), ("/a/b", "/a", None)],
)
def test_relative(root: str, path: str, expected: str | None) -> None:
    """Below means below: a name that only begins alike is beside."""
    assert relative(root, path) == expected
