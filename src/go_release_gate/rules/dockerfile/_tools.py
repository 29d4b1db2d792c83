"""Programs of distributions that an image starts and its base does not hold, and health checks that start one."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.state import end_state
from go_release_gate.facts.image_parts import parts
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft
from go_release_gate.rules.dockerfile._contents import Contents
from go_release_gate.rules.dockerfile._shipped import label, place, target_of
from go_release_gate.shell.script import Script
from go_release_gate.shell.unknown import Holes

_LACKING = {
    "docker.io/library/alpine": frozenset({"bash", "curl", "dumb-init", "tini"}),
    "docker.io/library/busybox": frozenset({"bash", "curl", "dumb-init", "tini"}),
    "docker.io/library/debian": frozenset({"curl", "dumb-init", "tini", "wget"}),
    "docker.io/library/ubuntu": frozenset({"curl", "dumb-init", "tini", "wget"}),
}
"""What these images do not hold, though starts and health checks are often written as if they did."""
_PLAIN = frozenset(
    {
        "bash", "ca-certificates", "curl", "dumb-init", "gcompat", "libc6-compat", "libcap", "netbase", "su-exec",
        "tini", "tzdata", "wget"
    }
)  # fmt: skip
"""Packages that bring none of those programs but the one they are called by."""
_DIRECTORIES = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


def lacks(file: Dockerfile, stage: Stage, held: Contents, word: str) -> bool:
    """Whether a start names a distribution's program that the image does not hold for certain."""
    directory, name = posixpath.split(word)
    added = parts(file, stage)
    if name not in _LACKING.get(held.base.name, ()) or directory not in ("", *_DIRECTORIES) or added.is_open:
        return False
    if name in added.packages or not added.packages <= _PLAIN:
        return False
    return not any(held.brings(f"{one}/{name}") for one in (*held.path, *_DIRECTORIES))


def unhealthy(file: Dockerfile, stage: Stage, held: Contents) -> Iterator[Draft]:
    """The health check that counts, where nothing in the image can run it."""
    lineage = file.ancestry(stage)
    one = next((each for own in lineage for each in reversed(own.instructions) if each.keyword == "HEALTHCHECK"), None)
    problem = _problem(file, stage, held, one) if one else ""
    if one and problem:
        yield Draft(
            place(file, one),
            f"HEALTHCHECK {problem}: the container is never healthy",
            key=f"{label(stage)}: health",
            severity=Severity.WARNING,
            target=target_of(file),
        )


def _problem(file: Dockerfile, stage: Stage, held: Contents, one: Instruction) -> str:
    keyword, _, command = one.value.partition(" ")
    if keyword.upper() != "CMD":
        return ""
    words, is_shell = _words(command.strip())
    if is_shell and held.has_no_shell and end_state(file, stage).shell is None:
        return "is in shell form, but the image has no shell to read it"
    program = words[0] if words else ""
    if program and (held.found(program) == "" or lacks(file, stage, held, program)):
        return f"starts `{program}`, which the image does not hold"
    return ""


def _words(command: str) -> tuple[tuple[str, ...], bool]:
    """The first command's words, and whether a shell reads them."""
    try:
        listed = json.loads(command)
    except (ValueError, RecursionError):
        called = next(iter(Script({}, Holes()).called(command)), None)
        return (called.words if called else (), True)
    return tuple(map(str, listed)) if isinstance(listed, list) else (), False
