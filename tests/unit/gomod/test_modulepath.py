"""Module paths: major version suffix, agreement with a version, names in the module cache."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.gomod import modulepath
from support.gooracle import GoOracle

against_go = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

elements = st.one_of(
    st.sampled_from(
        ["example.com", "gopkg.in", "a", "A", "v2", "v1", "v0", "v02", "v2.1", "a.v1", "a.v2-unstable", "a.v0", "a.v0x"]
    ),
    st.sampled_from(
        ["", ".", "..", "a.", ".a", "-a", "con", "CON.x", "lpt1", "a~1", "a~1.b", "a+b", "a!b", "é", "a b"]
    ),
    st.text("aBv2./-~!é", max_size=6),
)
near_paths = st.lists(elements, min_size=1, max_size=4).map("/".join)
near_versions = st.one_of(
    st.sampled_from(
        ["v0.0.0", "v1.2.3", "v2.0.0", "v2.0.0+incompatible", "v0.0.0-20240102030405-abcdefabcdef", "main"]
    ),
    st.text("v1.0-RCé!+@/ ", max_size=8),
)


@against_go
@given(path=near_paths)
def test_go_splits_paths_the_same(oracle: GoOracle, path: str) -> None:
    """Major suffix, and whether the path is one at all."""
    said = oracle.ask("path", path)
    split = modulepath.split_major(path)
    assert (split is not None) == said["ok"]
    assert split is None or list(split) == [said["prefix"], said["major"]]
    assert (modulepath.problem(path) == "") == said["valid"]


@against_go
@given(path=near_paths, version=near_versions.filter(lambda text: not text.startswith("v0.0.0-") or len(text) == 34))
def test_go_sees_the_same_agreement(oracle: GoOracle, path: str, version: str) -> None:
    """module.CheckPathMajor."""
    assert modulepath.agrees(path, version) == oracle.ask("agrees", path, version)


@against_go
@given(path=near_paths, version=near_versions)
def test_go_escapes_the_same(oracle: GoOracle, path: str, version: str) -> None:
    """Names in the module cache, and what has none."""
    assert {"path": escaped(path), "version": escaped_version(version)} == oracle.ask("escape", path, version)


def escaped(path: str) -> str | None:
    """The escaped path, None for a refusal."""
    try:
        return modulepath.escape_path(path)
    except modulepath.InvalidPathError:
        return None


def escaped_version(version: str) -> str | None:
    """The escaped version, None for a refusal."""
    try:
        return modulepath.escape_version(version)
    except modulepath.InvalidPathError:
        return None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("example.com/m", ""),
        ("example.com/m/v2", "v2"),
        ("gopkg.in/yaml.v3", "v3"),
        ("gopkg.in/x.v2-unstable", "v2"),
        ("example.com/m/v1", ""),
    ],
)
def test_expected_major(path: str, expected: str) -> None:
    """What the versions of a path begin with."""
    assert modulepath.expected_major(path) == expected


def test_upper_case_is_escaped() -> None:
    """The cache's names survive file systems that fold case."""
    assert modulepath.escape_path("github.com/Azure/SDK") == "github.com/!azure/!s!d!k"
    assert modulepath.escape_version("v1.0.0-RC1") == "v1.0.0-!r!c1"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "example.com/../x", "example.com//x", "example.com/a\n", ""])
def test_nothing_escapes_the_cache(path: str) -> None:
    """A path that would leave the cache's directory is refused, with the reason in words."""
    with pytest.raises(modulepath.InvalidPathError, match="no module path"):
        modulepath.escape_path(path)
