"""Words that select a release of Go outside of go.mod."""

from __future__ import annotations

import pytest

from go_release_gate.gomod.goselect import in_version_file, of_directives, of_range, of_release, of_tag


@pytest.mark.parametrize(
    ("text", "version", "is_exact"),
    [
        ("1.25", "1.25", False),
        ("1.25.x", "1.25", False),
        ("~1.25", "1.25", False),
        ("~1.25.3", "1.25", False),
        ("1.25.3", "1.25.3", True),
        ("go1.25.3", "1.25.3", True),
        ("1.26rc1", "1.26rc1", True),
        ("1.26.0-rc.1", "1.26rc1", True),
    ],
)
def test_a_range_of_one_minor_version_is_told(text: str, version: str, *, is_exact: bool) -> None:
    """What setup-go takes for one minor version or one release is that."""
    found = of_range(text)

    assert found is not None
    assert (found.version, found.is_exact) == (version, is_exact)


@pytest.mark.parametrize("text", ["stable", "oldstable", "latest", "1.x", "1", "^1.21", ">=1.22", ">=1.22 <1.24", ""])
def test_what_moves_with_each_release_is_nothing(text: str) -> None:
    """A range that is open upwards is held against nothing."""
    assert of_range(text) is None


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("1.25", "1.25"),
        ("1.25.3-alpine3.22", "1.25.3"),
        ("1.26rc1-bookworm", "1.26rc1"),
        ("v1.22.4", "1.22.4"),
        ("1", ""),
        ("alpine", ""),
        ("latest", ""),
        ("1-bookworm", ""),
        ("bookworm-1.25", ""),
    ],
)
def test_a_tag_of_an_image(tag: str, version: str) -> None:
    """The version in front of a tag counts, a major version alone says nothing."""
    found = of_tag(tag)

    assert (found.version if found else "") == version


@pytest.mark.parametrize(
    ("selection", "go", "is_older"),
    [
        ("1.24", "1.25", True),
        ("1.25", "1.25.9", False),
        ("1.25.3", "1.25.9", True),
        ("1.25.0", "1.25", False),
        ("1.26rc1", "1.26.0", True),
        ("1.26", "1.25.9", False),
    ],
)
def test_a_minor_version_stands_for_its_newest_patch(selection: str, go: str, *, is_older: bool) -> None:
    """`1.25` is never older than a patch release of 1.25, `1.25.3` is."""
    found = of_range(selection)

    assert found is not None
    assert found.is_older(go) is is_older


def test_the_toolchain_line_counts_from_v6_on() -> None:
    """Older editions of setup-go read the `go` line alone."""
    older = of_directives("1.24", "go1.25.3", reads_toolchain=False)
    newer = of_directives("1.24", "go1.25.3", reads_toolchain=True)

    assert (older and older.version, newer and newer.version) == ("1.24", "1.25.3")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (".go-version", "# ours\n1.25.3\n", ("1.25.3", 2)),
        (".tool-versions", "nodejs 22\ngolang 1.25.3 # ci\n", ("1.25.3", 2)),
        (".tool-versions", "golangci-lint 2.1.0\n", ("", 0)),
        ("mise.toml", '[env]\ngo = "1.2"\n[tools]\nnode = "22"\ngo = "1.25"\n', ("1.25", 5)),
        ("mise.toml", '[tools]\nnode = "22"\n[tasks]\ngo = "x"\n', ("", 0)),
    ],
)
def test_version_files(name: str, text: str, found: tuple[str, int]) -> None:
    """The line of Go is found among those of other tools."""
    assert in_version_file(name, text) == found


def test_no_release_is_none() -> None:
    """Words that are no release give none."""
    assert of_release("system") is None
    assert of_release("1") is None
