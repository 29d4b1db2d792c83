"""The fact the repository's Dockerfiles are."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.dockerfile.model import Dockerfile


@dataclass(frozen=True, slots=True)
class BrokenDockerfile:
    """A file named like a Dockerfile that is none one can read."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Dockerfiles:
    """Every Dockerfile (also Containerfiles), by path."""

    files: tuple[Dockerfile, ...]
    broken: tuple[BrokenDockerfile, ...] = ()
