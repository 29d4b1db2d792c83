"""What the instructions of an image's stages add to its base: packages, copied files, variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.dockerfile.commands import commands
from go_release_gate.dockerfile.graph import Copy, copies
from go_release_gate.dockerfile.model import Dockerfile, Stage, Value
from go_release_gate.dockerfile.state import states
from go_release_gate.gocommand.wrappers import inner
from go_release_gate.shell.unknown import has_hole

_MANAGERS = {
    "apk": "add", "apt-get": "install", "apt": "install", "aptitude": "install", "dnf": "install",
    "microdnf": "install", "yum": "install", "tdnf": "install", "zypper": "install",
}  # fmt: skip
_HARMLESS = frozenset(
    (
        "[", "[[", "adduser", "addgroup", "apk", "apt", "apt-get", "bash", "cat", "cd", "chgrp", "chmod", "chown", "cp",
        "dnf", "echo", "env", "exit", "export", "find", "getcap", "go", "grep", "groupadd", "id", "install", "ln", "ls",
        "microdnf", "mkdir", "mv", "printf", "rm", "sed", "set", "setcap", "sh", "strip", "tar", "test", "touch",
        "true", "update-ca-certificates", "upx", "useradd", "usermod", "which", "yum",
    )
)  # fmt: skip
_VERSIONED = re.compile(r"[=<>~].*")


@dataclass(slots=True)
class Parts:
    """What is added.

    Attributes:
        packages: installed by the distribution's package manager, names without versions.
        words: of every command that is run, in order.
        is_open: whether something is run or copied that may add anything (a script, an unknown package).
        copies: in order, with the directory each is made in (absolute; empty: not known).
    """

    packages: set[str] = field(default_factory=set)
    words: list[tuple[str, ...]] = field(default_factory=list)
    is_open: bool = False
    copies: list[tuple[str, Copy]] = field(default_factory=list)


def parts(dockerfile: Dockerfile, target: Stage) -> Parts:
    """What the stage and those it begins from add to the base image."""
    found = Parts()
    for stage in reversed(list(dockerfile.ancestry(target))):
        found.copies += copied(dockerfile, stage)
        for run in commands(dockerfile, stage):
            if not run.is_start:
                _take(found, run.words)
    return found


def copied(dockerfile: Dockerfile, stage: Stage) -> Iterator[tuple[str, Copy]]:
    """The stage's own COPY and ADD instructions, with the directory each is made in."""
    before = states(dockerfile, stage)
    for copy in copies(dockerfile, stage):
        yield before[stage.instructions.index(copy.instruction)].directory, copy


def _take(found: Parts, words: tuple[str, ...]) -> None:
    within = inner(words)
    if within.file:
        found.is_open = True
    if not within.words:
        return
    found.words.append(within.words)
    name = posixpath.basename(within.words[0])
    if name in _MANAGERS and _MANAGERS[name] in within.words:
        at = within.words.index(_MANAGERS[name])
        for word in within.words[at + 1 :]:
            found.is_open = found.is_open or has_hole(word)
            if not word.startswith("-"):
                found.packages.add(_VERSIONED.sub("", word))
    elif name not in _HARMLESS or has_hole(name):
        found.is_open = True


def arrivals(found: Parts) -> Iterator[tuple[Copy, str, str]]:
    """Every file or directory that is copied: the COPY, where from, where to (absolute; empty: not known)."""
    for directory, copy in found.copies:
        for source in copy.sources:
            yield copy, _text(source), target_of(copy, source, directory)


def target_of(copy: Copy, source: Value, directory: str = "") -> str:
    """Where a source is copied to; the destination itself where that is a directory for the source's content."""
    if not isinstance(copy.destination, str) or not (directory or copy.destination.startswith("/")):
        return ""
    place = posixpath.join(directory, copy.destination)
    text = _text(source)
    name = posixpath.basename(text.rstrip("/"))
    is_below = place.endswith(("/", "/.")) or copy.destination in (".", "./") or len(copy.sources) > 1
    is_file = "." in name and not text.endswith("/")
    target = posixpath.join(place, name) if is_below and is_file else place
    return posixpath.normpath(target)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else value.text
