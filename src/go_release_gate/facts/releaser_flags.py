"""The fact which linker flags GoReleaser's files give to builds: https://goreleaser.com/customization/builds/go/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.workflow.tree import InvalidDocumentError, Node, Scalar, Sequence, child, read_tree, texts_of


@dataclass(frozen=True, slots=True)
class ReleaserFlag:
    """One entry of `ldflags`: where it stands, its text, the line as it lies in the file, the build's id."""

    path: str
    line: int
    text: str
    source: str = ""
    build: str = ""


@dataclass(frozen=True, slots=True)
class ReleaserFlags:
    """Every entry, in the order of the file."""

    flags: tuple[ReleaserFlag, ...]


def read_flags(path: str, data: bytes) -> tuple[ReleaserFlag, ...]:
    """The entries of a file; none of one that cannot be read (the workflows' collector says so)."""
    try:
        tree = read_tree(data)
    except InvalidDocumentError:
        return ()
    lines = data.decode("utf-8-sig", "replace").split("\n")
    return tuple(_flags(path, child(tree, "builds"), lines))


def _flags(path: str, builds: Node | None, lines: list[str]) -> Iterator[ReleaserFlag]:
    for number, build in enumerate(builds.items if isinstance(builds, Sequence) else ()):
        identifier = child(build, "id")
        name = identifier.text if isinstance(identifier, Scalar) else f"#{number + 1}"
        for entry in texts_of(child(build, "ldflags")):
            for offset, text in _lines(entry):
                line = entry.line_at(offset)
                source = lines[line - 1] if 0 < line <= len(lines) else ""
                yield ReleaserFlag(
                    path, line, text, source, name.text if isinstance(name, Scalar) else f"#{number + 1}"
                )


def _lines(entry: Scalar) -> Iterator[tuple[int, str]]:
    at = 0
    for text in entry.text.split("\n"):
        yield at, text
        at += len(text) + 1
