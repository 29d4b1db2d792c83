"""The digest over what a module is built from."""

from __future__ import annotations

import hashlib

import pytest

from go_release_gate.facts.module import Module
from go_release_gate.facts.snapshot import build_lines, snapshot_digest, snapshot_of
from go_release_gate.gomod.modfile import Replace
from support.modulefacts import module


def shop(**more: object) -> Module:
    """A module with two requirements, both hashed."""
    requires = {"example.com/b": "v1.2.0", "example.com/a": "v0.1.0"}
    sums = {
        "example.com/b@v1.2.0": "h1:b2",
        "example.com/b@v1.1.0": "h1:b1",
        "example.com/b@v1.2.0/go.mod": "h1:bm",
        "example.com/a@v0.1.0": "h1:a",
        "example.com/c@v1.0.0": "h1:c",
    }
    return module(**{"requires": requires, "sums": sums, **more})  # type: ignore[arg-type]


def test_digest_is_the_published_definition() -> None:
    """Lines sorted by their bytes, each ended by a line feed, hashed by SHA-256; order and repetition do not count."""
    expected = hashlib.sha256(b"B v1 h1:x\na v1 h1:y\n").hexdigest()
    assert snapshot_digest(["a v1 h1:y", "B v1 h1:x", "a v1 h1:y"]) == f"sha256:{expected}"
    assert snapshot_digest([]) == f"sha256:{hashlib.sha256(b'').hexdigest()}"


def test_lines_are_the_build_list_with_content_hashes() -> None:
    """The versions of go.mod, with the hash of their content; what go.sum keeps beside them does not count."""
    assert build_lines(shop()) == ("example.com/a v0.1.0 h1:a", "example.com/b v1.2.0 h1:b2")


def test_before_go_1_17_the_rest_comes_from_go_sum() -> None:
    """Where go.mod leaves out what others require, the hashed versions of the rest count."""
    assert build_lines(shop(go="1.16")) == (
        "example.com/a v0.1.0 h1:a",
        "example.com/b v1.2.0 h1:b2",
        "example.com/c v1.0.0 h1:c",
    )


def test_replacements_stand_for_what_they_replace() -> None:
    """Another module under its own name and hash, a directory as the commit's own, a missing hash as missing."""
    replaces = (
        Replace("example.com/a", "", "example.com/c", "v1.0.0", 9),
        Replace("example.com/b", "v1.2.0", "../b", "", 10),
    )
    assert build_lines(shop(replaces=replaces)) == ("example.com/b v1.2.0 -", "example.com/c v1.0.0 h1:c")
    assert build_lines(module(requires={"example.com/x": "v1.0.0"})) == ("example.com/x v1.0.0 ?",)


@pytest.mark.parametrize("change", ["version", "hash"])
def test_every_change_of_what_is_built_shows(change: str) -> None:
    """Another version, or the same version with another content, is another snapshot."""
    requires = {"example.com/a": "v0.2.0" if change == "version" else "v0.1.0"}
    sums = {"example.com/a@v0.1.0": "h1:other" if change == "hash" else "h1:a", "example.com/a@v0.2.0": "h1:a"}
    one = module(requires={"example.com/a": "v0.1.0"}, sums={"example.com/a@v0.1.0": "h1:a"})
    assert snapshot_of(one) != snapshot_of(module(requires=requires, sums=sums))


def test_unreadable_files_have_no_snapshot() -> None:
    """Nothing is made up for a module whose go.mod cannot be read."""
    assert snapshot_of(Module(".", "", b"", None)) == ""
