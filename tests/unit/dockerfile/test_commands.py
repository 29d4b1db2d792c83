"""The commands of a stage, what it takes from elsewhere, and what it leaves behind."""

from __future__ import annotations

import pytest

from go_release_gate.dockerfile.commands import commands
from go_release_gate.dockerfile.graph import copies, mounts, needed, shipped
from go_release_gate.dockerfile.ignore import is_ignored, read_patterns
from go_release_gate.dockerfile.read import read_dockerfile
from go_release_gate.dockerfile.state import end_state


def ran(text: str) -> list[tuple[str, int, str]]:
    """Words, line and directory of each command of the last stage."""
    file = read_dockerfile("Dockerfile", f"FROM alpine\n{text}")
    return [(" ".join(each.words), each.line, each.directory) for each in commands(file, file.final)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("RUN a && \\\n # c\n  b", [("a", 2, "/"), ("b", 4, "/")]),
        ("WORKDIR /s\nRUN (cd a && b) && (cd c; d)\nRUN e", [
            ("cd a", 3, "/s"), ("b", 3, "/s/a"), ("cd c", 3, "/s"), ("d", 3, "/s/c"), ("e", 4, "/s")]),
        ("RUN <<EOF\na\n\nb\nEOF", [("a", 3, "/"), ("b", 5, "/")]),
        ("RUN <<EOF\n#!/usr/bin/python3\nimport x\nEOF", []),
        ("RUN sh <<EOF\na\nEOF", [("sh", 2, "/"), ("a", 3, "/")]),
        ("RUN cat <<EOF >x && b\ngo build\nEOF", [("cat", 2, "/"), ("b", 2, "/")]),
        ('RUN ["a", "b c"]', [("a b c", 2, "/")]),
        ('RUN ["sh", "-c", "a; b"]', [("a", 2, "/"), ("b", 2, "/")]),
        ("RUN bash -euo pipefail -c 'x &&\\\n  y'", [
            ("bash -euo pipefail -c x &&  y", 2, "/"), ("x", 2, "/"), ("y", 3, "/")]),
        ('SHELL ["pwsh", "-c"]\nRUN a\nCMD b', []),
        ('ENTRYPOINT ["go"]\nCMD ["run", "."]', [("go run .", 2, "/")]),
        ('CMD ["a"]\nCMD b', [("b", 3, "/")]),
        ('ENTRYPOINT ["tini", "--"]\nCMD a b', [("a b", 2, "/")]),
        ("WORKDIR $X\nRUN a", [("a", 3, "")]),
    ],
)  # fmt: skip
def test_commands(text: str, wanted: list[tuple[str, int, str]]) -> None:
    """Each command with the physical line of its first word and the directory it runs in."""
    assert ran(text) == wanted


def test_undeclared_platform_arguments_are_empty() -> None:
    """A shell sees nothing of a platform argument that its stage did not declare, and a hole of one it did."""
    file = read_dockerfile("Dockerfile", "FROM a\nRUN x=$TARGETARCH y\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH y")
    first, second = commands(file, file.final)
    assert first.environment["x"] == ""
    assert second.holes.shown(second.environment["GOARCH"]) == "${TARGETARCH}"


def test_graph() -> None:
    """Stages by name, number, mount and parent are needed; images and the context are told apart."""
    file = read_dockerfile(
        "Dockerfile",
        "FROM a AS One\nFROM b\nFROM c AS mounted\nFROM d AS unused\nFROM one AS base\nFROM base\n"
        "COPY --from=1 --chown=u:g x y /z/\nCOPY --from=img:1 x y\nCOPY . .\n"
        "RUN --mount=type=bind,from=MOUNTED,target=/m --mount=type=secret,id=s true\n",
    )
    assert [stage.index for stage in needed(file)] == [0, 1, 2, 4, 5]
    assert [stage.index for stage in shipped(file)] == [5, 4, 0]
    first, second, third = copies(file, file.final)
    assert (first.stage, first.sources, first.destination, first.chown) == (1, ("x", "y"), "/z/", "u:g")
    assert (second.stage, second.image, second.is_context) == (None, "img:1", False)
    assert third.is_context
    bind, secret = mounts(file, file.final)
    assert (bind.kind, bind.stage, bind.target) == ("bind", 2, "/m")
    assert (secret.kind, secret.identifier, secret.stage) == ("secret", "s", None)


def test_state() -> None:
    """User and directory come from base, parents and the last instruction; ENTRYPOINT drops a parent's CMD."""
    file = read_dockerfile(
        "Dockerfile", 'FROM alpine AS p\nWORKDIR /a\nUSER u\nCMD ["x"]\nFROM p\nWORKDIR b\nENTRYPOINT ["y"]'
    )
    end = end_state(file, file.final)
    assert (end.directory, end.user, end.command) == ("/a/b", "u", None)
    assert end_state(read_dockerfile("D", "FROM alpine"), read_dockerfile("D", "FROM alpine").final).user == "0"


@pytest.mark.parametrize(
    ("patterns", "path", "wanted"),
    [
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README.md", "a.md", True),
        ("*.md", "docs/a.md", False),
        ("**/*.md", "docs/a.md", True),
        ("docs", "docs/a/b.md", True),
        ("/docs/", "docs/a", True),
        ("docs/**", "docs", False),
        ("*\n!go.mod\n!cmd", "cmd/a/main.go", False),
        ("*\n!go.mod", "go.sum", True),
        ("# go.sum\n", "go.sum", False),
        ("a?c", "abc", True),
        ("[a-c]x", "bx", True),
        ("a*b*c", "a" + "b" * 300, False),
    ],
)
def test_ignore(patterns: str, path: str, wanted: bool) -> None:
    """The last pattern that matches a path, or a directory of it, decides."""
    assert is_ignored(read_patterns(patterns), path) is wanted
