"""Paths in .gitmodules."""

from __future__ import annotations

from go_release_gate.engine.gitmodules import submodule_paths


def test_paths_of_sections() -> None:
    """Each section's path is found, whatever its indentation, quotes and line ends."""
    data = (
        b'[submodule "a"]\n\tpath = third_party/a\n\turl = https://example.com/a\n'
        b'[submodule "b"]\r\n  Path=./lib/b/\r\n[submodule "c"]\n\tpath = "with \\"quotes\\""\n'
    )
    assert submodule_paths(data) == {"third_party/a", "lib/b", 'with "quotes"'}


def test_other_keys_and_garbage_are_no_paths() -> None:
    """Comments, other keys, empty values and bytes that are no text name nothing."""
    assert submodule_paths(b"# path = x\npathology = y\npath =\n\x00\xff\xfe") == frozenset()


def test_names_that_are_not_utf8_survive() -> None:
    """A path that is no UTF-8 is the name the file system gives."""
    assert submodule_paths(b"path = l\xff") == {"l\udcff"}
