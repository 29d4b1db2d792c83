"""Which files an image can hold, as far as its Dockerfile and its base image tell. Pure; what is open counts as there.

Only what no COPY, no RUN and no base can have put somewhere is missing for certain.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.dockerfile.bases import SCRATCH, STATIC, UNKNOWN, Base, base_of
from go_release_gate.dockerfile.commands import commands
from go_release_gate.dockerfile.graph import Copy, copies
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.dockerfile.state import end_state, states
from go_release_gate.shell.unknown import Unknown, has_hole

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # where the base sets none
_OF_BASES = ("/bin/", "/busybox/", "/etc/", "/lib/", "/lib64/", "/opt/", "/sbin/", "/usr/", "/var/")
# Commands that put no program anywhere but where packages lie.
_HARMLESS = frozenset(
    {
        ":", "[", "addgroup", "adduser", "apk", "apt", "apt-get", "cd", "chgrp", "chmod", "chown", "dnf", "echo",
        "exit", "export", "false", "groupadd", "ls", "microdnf", "mkdir", "printf", "rm", "set", "test", "touch",
        "true", "update-ca-certificates", "useradd", "usermod", "yum"
    }
)  # fmt: skip


@dataclass(slots=True)
class Contents:
    """What is known of a finished stage.

    Attributes:
        base: it begins from. is_open: something unknown may lie anywhere.
        files: paths of files that are there for certain → source, empty where a command makes them.
        trees: directories below which anything may lie.
        directory: the working directory, empty: not known. path: directories that programs are looked for in.
    """

    base: Base
    is_open: bool = False
    files: dict[str, str] = field(default_factory=dict)
    trees: set[str] = field(default_factory=set)
    directory: str = ""
    path: tuple[str, ...] = ()

    def may_hold(self, path: str) -> bool:
        """Whether a file can lie at an absolute path."""
        if self.is_open or path in self.files:
            return True
        if self.base.family != SCRATCH and path.startswith(_OF_BASES):
            return True
        return any(path == tree or path.startswith(f"{tree.rstrip('/')}/") for tree in self.trees)

    def found(self, program: str) -> str | None:
        """The path of a program as a start names it where that can be said: empty: it is nowhere; None: not known."""
        if not program or has_hole(program) or "$" in program:
            return None
        if "/" in program:
            if not program.startswith("/") and not self.directory:
                return None
            path = posixpath.normpath(posixpath.join(self.directory, program)).replace("//", "/")
            return path if self.may_hold(path) else ""
        is_bare = self.base.family in (SCRATCH, STATIC) or program in ("sh", "bash", "ash")
        if self.base.has_shell is not False or not is_bare or not self.path:
            return None
        return next((f"{one}/{program}" for one in self.path if self.brings(f"{one}/{program}")), "")

    def brings(self, path: str) -> bool:
        """Whether the Dockerfile itself may put a file there."""
        return (
            self.is_open
            or path in self.files
            or any(path == tree or path.startswith(f"{tree.rstrip('/')}/") for tree in self.trees)
        )

    @property
    def has_no_shell(self) -> bool:
        """Whether there is none for certain."""
        if self.base.has_shell is not False or self.is_open:
            return False
        return not any(self.brings(path) for path in ("/bin/sh", "/bin/bash", "/usr/bin/sh", "/busybox/sh"))


def contents(file: Dockerfile, stage: Stage) -> Contents:
    """What the finished stage holds."""
    base = base_of(file.base(stage).image)
    found = Contents(base, is_open=base.family == UNKNOWN, directory=end_state(file, stage).directory)
    path = stage.environment.get("PATH", PATH)
    found.path = tuple(path.split(":")) if isinstance(path, str) and "$" not in path else ()
    for one in reversed(list(file.ancestry(stage))):
        before = {
            id(instruction): state for instruction, state in zip(one.instructions, states(file, one), strict=False)
        }
        for copy in copies(file, one):
            _take(file, copy, before[id(copy.instruction)].directory, found)
        _run(file, one, found)
    return found


def _take(file: Dockerfile, copy: Copy, directory: str, found: Contents) -> None:
    """What a COPY or ADD brings."""
    text = copy.destination
    if isinstance(text, Unknown) or (not text.startswith("/") and not directory):
        found.is_open = True
        return
    target = posixpath.normpath(posixpath.join(directory or "/", text)).replace("//", "/")
    sources = [*copy.sources, *([""] if copy.instruction.heredocs else [])]
    is_folder = text.endswith("/") or len(sources) > 1 or text in (".", "..") or target in ("/", directory)
    for source in sources:
        name = "" if isinstance(source, Unknown) else source.rstrip("/")
        is_file = bool(name) and copy.instruction.keyword == "COPY" and _is_file(file, copy, name)
        if is_file and is_folder:
            found.files[posixpath.join(target, posixpath.basename(name))] = name
        elif is_file or (name and not is_folder):
            found.files[target] = name
            found.trees |= set() if is_file else {target}
        else:
            found.trees.add(target)


def _is_file(file: Dockerfile, copy: Copy, name: str) -> bool:
    """Whether a source is a file for certain: `go build -o` wrote it, or its name has the end of a file's."""
    if any(char in name for char in "*?["):
        return False
    if copy.stage is not None and any(
        one == posixpath.normpath(posixpath.join("/", name))
        for stage in file.ancestry(file.stages[copy.stage])
        for one in _built(file, stage)
        if one
    ):
        return True
    return posixpath.splitext(name)[1] in (".sh", ".yaml", ".yml", ".json", ".toml", ".conf", ".crt", ".pem", ".exe")


def _built(file: Dockerfile, stage: Stage) -> Iterator[str]:
    """Absolute paths that `go build -o` writes; empty for one that is not known, or may be a directory."""
    for one in commands(file, stage):
        words = one.words
        if one.is_start or words[0].rpartition("/")[2] not in ("go", "xx-go") or "build" not in words[1:3]:
            continue
        output = next((word[3:] for word in words if word.startswith("-o=")), "")
        output = output or next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "-o"), "")
        is_known = bool(output) and not has_hole(output) and not output.endswith(("/", "."))
        is_known = is_known and (output.startswith("/") or bool(one.directory))
        yield posixpath.normpath(posixpath.join(one.directory or "/", output)) if is_known else ""


def _run(file: Dockerfile, stage: Stage, found: Contents) -> None:
    """What the stage's commands may make."""
    for path in _built(file, stage):
        if path:
            found.files[path] = ""
        else:
            found.is_open = True
    if any(one.keyword == "RUN" and not _is_told(file, stage, id(one)) for one in stage.instructions):
        found.is_open = True
    for one in commands(file, stage):
        name = one.words[0].rpartition("/")[2]
        if not one.is_start and name not in _HARMLESS and name not in ("go", "xx-go"):
            found.is_open = True


def _is_told(file: Dockerfile, stage: Stage, instruction: int) -> bool:
    """Whether the commands of a RUN could be read at all, and none writes to a file."""
    listed = [one for one in commands(file, stage) if id(one.instruction) == instruction]
    return bool(listed) and ">" not in listed[0].instruction.value
