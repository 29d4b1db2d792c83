"""The edits that raise a written version of Go."""

from __future__ import annotations

import pytest

from go_release_gate.facts.go_versions import IMAGE, SETUP, GoPlace, Literal
from go_release_gate.gomod.goselect import of_range
from go_release_gate.rules.build._go_wanted import fix_of


def place(kind: str, path: str, source: str, word: str) -> GoPlace:
    """A place whose version stands on one line."""
    return GoPlace(
        kind, path, 3, "written", selection=of_range(word), literal=Literal(path, 3, of_version(word), source)
    )


def of_version(word: str) -> str:
    """The version as the place knows it."""
    selection = of_range(word)
    assert selection is not None
    return selection.version


@pytest.mark.parametrize(
    ("source", "word", "go", "text"),
    [
        ("  go-version: '1.22'", "1.22", "1.24", "  go-version: '1.24'\n"),
        ("  go-version: 1.22.x # pinned", "1.22.x", "1.24", "  go-version: 1.24.x # pinned\n"),
        ("  go-version: 1.20", "1.2", "1.24", "  go-version: 1.24\n"),
        ("  go-version: 1.20", "1.2", "1.20", "  go-version: '1.20'\n"),
        ("  go-version: [1.20]", "1.2", "1.30", "  go-version: ['1.30']\n"),
        ('  go-version: "1.21"\r', "1.21", "1.30", '  go-version: "1.30"\r\n'),
        ("  go-version: 1.21.3", "1.21.3", "1.24", "  go-version: 1.24.0\n"),
    ],
)
def test_step(source: str, word: str, go: str, text: str) -> None:
    """The version is replaced as a whole, keeps what stands around it, and is no number that would lose its zero."""
    fix = fix_of(place(SETUP, "ci.yml", source, word), go)
    assert fix is not None
    assert [edit.text for edit in fix.edits] == [text]


@pytest.mark.parametrize(
    "source", ["FROM golang:1.22-alpine3.19", "FROM golang:1.22 AS go1.22", "FROM golang:1.22.4", "FROM golang:11.22"]
)
def test_no_edit(source: str) -> None:
    """Nothing is offered where the version is not written once, or the new tag may not exist."""
    assert fix_of(place(IMAGE, "Dockerfile", source, "1.22"), "1.24") is None
