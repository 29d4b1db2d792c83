"""The table of releases: which tag belongs to which module and image."""

from __future__ import annotations

import pytest

from go_release_gate.facts.release_table import (
    ModuleTags,
    ReleaseTable,
    Row,
    can_hold_version,
    major_in,
    matches_tag,
    tag_prefix,
    version_in,
)
from go_release_gate.model.finding import Location


def module(directory: str, path: str) -> ModuleTags:
    return ModuleTags(directory, path, tag_prefix(directory, path), Location(f"{directory}/go.mod", 1))


def row(directory: str, *patterns: str, image: str = "ghcr.io/acme/shop") -> Row:
    return Row(image, directory, patterns, (), Location(".go-release-gate.yml", 2))


@pytest.mark.parametrize(
    ("directory", "path", "prefix"),
    [
        (".", "example.com/shop", ""),
        (".", "example.com/shop/v2", ""),
        ("v2", "example.com/shop/v2", ""),
        ("v2", "example.com/shop/v3", "v2/"),
        ("services/api", "example.com/shop/services/api", "services/api/"),
        ("services/api", "example.com/shop/services/api/v2", "services/api/"),
        ("services/api/v2", "example.com/shop/services/api/v2", "services/api/"),
        ("services/v2x", "example.com/shop/services/v2x", "services/v2x/"),
        ("api", "gopkg.in/acme/api.v2", "api/"),
        (".v2", "gopkg.in/acme/api.v2", ".v2/"),
    ],
)
def test_prefixes(directory: str, path: str, prefix: str) -> None:
    """The directory comes before the version, but for a last element that only repeats the path's major version."""
    assert tag_prefix(directory, path) == prefix


@pytest.mark.parametrize(
    ("pattern", "tag", "version"),
    [
        ("v*", "v1.2.3", "v1.2.3"),
        ("v1.*", "v1.2.3", "v1.2.3"),
        ("services/api/v*", "services/api/v1.2.3", "v1.2.3"),
        ("api-v*", "api-v1.2.3", "v1.2.3"),
        ("api-*", "api-v1.2.3", "v1.2.3"),
        ("api@v*", "api@v1.2.3", "v1.2.3"),
        ("**/v*", "a/b/v1.2.3", "v1.2.3"),
        ("*", "v1.2.3", "v1.2.3"),
        ("v*", "v1.2", "v1.2"),
        ("dev-v*", "dev-vnext", "vnext"),
    ],
)
def test_the_version_in_a_tag(pattern: str, tag: str, version: str) -> None:
    """What stands where the pattern has room for a version, valid or not."""
    assert matches_tag(pattern, tag)
    assert can_hold_version(pattern)
    assert version_in(pattern, tag) == version


@pytest.mark.parametrize("pattern", ["nightly", "1.*", "dev*", "release", "v1/nightly", "preview*"])
def test_patterns_without_a_version(pattern: str) -> None:
    """No tag that they take can name a version with `v`."""
    assert not can_hold_version(pattern)


def test_the_major_version_of_a_pattern() -> None:
    """Only where each tag has the same."""
    patterns = ("v2.*", "api-v3.1.*", "services/v8/v1.*", "v*", "v2*", "nightly")
    assert [major_in(pattern) for pattern in patterns] == ["v2", "v3", "v1", "", "", ""]


def test_a_tag_finds_its_module_by_directory_and_major() -> None:
    """Where a major version has a directory of its own, both modules' tags look alike and the major decides."""
    table = ReleaseTable(
        rows=(row(".", "v*", image="one"), row("v2", "v*", image="two")),
        modules=(
            module(".", "example.com/shop"),
            module("v2", "example.com/shop/v2"),
            module("api", "example.com/shop/api"),
        ),
    )

    assert [one.image for one in table.rows_of("v1.4.0")] == ["one"]
    assert [one.dir for one in table.modules_of("v2.0.0")] == ["v2"]
    assert [one.dir for one in table.modules_of("api/v0.1.0")] == ["api"]
    assert table.modules_of("web/v0.1.0") == ()
    assert table.releases(".", ["v1.0.0", "v2.0.0", "api/v1.0.0", "v3.0.0"]) == {"v1.0.0": "v1.0.0", "v3.0.0": "v3.0.0"}
    assert table.releases("v2", ["v1.0.0", "v2.0.0"]) == {"v2.0.0": "v2.0.0"}


def test_the_releases_before_a_new_major_version_in_place_are_the_modules_own() -> None:
    """A module that became `/v2` where it lies keeps its first line: it is the same ladder of images."""
    table = ReleaseTable(rows=(row(".", "v*"),), modules=(module(".", "example.com/shop/v2"),))

    assert list(table.releases(".", ["v1.9.0", "v2.0.0", "nightly"])) == ["v1.9.0", "v2.0.0"]


def test_a_scheme_of_its_own_goes_beside_gos() -> None:
    """What the table says comes first; Go's own tags of the module stay its releases."""
    table = ReleaseTable(rows=(row("api", "api-v*"),), modules=(module("api", "example.com/shop/api"),))

    assert table.version_of("api-v1.2.0") == "v1.2.0"
    found = table.releases("api", ["api-v1.2.0", "api/v1.3.0", "v1.0.0"])
    assert found == {"api-v1.2.0": "v1.2.0", "api/v1.3.0": "v1.3.0"}
    assert table.version_of("somewhere/else/v1") == "v1"
    assert table.samples(table.rows[0]) == ("api-v1.2.3",)


def test_an_image_of_no_module() -> None:
    """A row whose module is not there still takes its tags, and fits none."""
    table = ReleaseTable(rows=(row("gone", "v*"),), modules=())

    assert table.modules_of("v1.0.0") == ()
    assert [one.module for one in table.rows_of("v1.0.0")] == ["gone"]
    assert table.module_at("gone") is None
