"""The fact what hadolint says of the repository's Dockerfiles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Linted:
    """One thing it says. `level`: error, warning, info or style."""

    path: str
    line: int
    column: int
    code: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class DockerfileLint:
    """Everything it says, by path and line."""

    words: tuple[Linted, ...]
