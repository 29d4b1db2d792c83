"""The user that the program runs as may replace the program.

## What it finds

In the stages that an image is made of: a `COPY` or `ADD` that gives what the container starts to the user it runs as
(`--chown=nonroot`), or lets everybody write to it (`--chmod=777`), and a `RUN chown` or `RUN chmod` that does the same.
And a finished image whose program the user it runs as may write to.

## Why

Whoever gets in through the service writes the program anew and stays: over restarts of the process in the container,
and where the layer is kept. A program that root owns and others may only read and execute needs nothing else to run.

## Fix

Copy the program without `--chown`, mode 0755, and give the user only the directories that it writes data to.

## Limits

Only what ENTRYPOINT or CMD name by a path is judged, and only where the user is known. Images that run as root are
`root-user`'s matter. An ownership without the right to write (`--chmod=0555`) is left out. The fix takes `--chown` away
and is not safe: a program that writes beside itself would fail.

## References

- https://docs.docker.com/reference/dockerfile/#copy---chown---chmod
- https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from go_release_gate.dockerfile.commands import RunCommand, commands, started_words
from go_release_gate.dockerfile.graph import Copy, copies
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage, Value
from go_release_gate.dockerfile.state import ImageState, end_state, states
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.model.finding import Edit, Fix
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_user import writable
from go_release_gate.rules.dockerfile._shipped import label, place, shipped, target_of
from go_release_gate.rules.image._uses import shown

RULE = Rule(
    id="writable-by-runtime-user",
    summary="the user that the program runs as may replace it",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Dockerfiles,),
    uses=(ImageBuilds,),
    fix="unsafe",
)

_SAME = ({"nonroot", "65532"}, {"nobody", "65534"})
_MAKING = frozenset({"adduser", "useradd"})
_VALUED = frozenset(
    {
        "-b", "-c", "-d", "-e", "-f", "-G", "-g", "-h", "-K", "-k", "-p", "-s", "-u", "--comment", "--gecos", "--gid",
        "--groups", "--home", "--home-dir", "--ingroup", "--shell", "--uid"
    }
)  # fmt: skip
"""Options of both that take the next word."""


@RULE.check
def check(found: Dockerfiles, builds: ImageBuilds | None = None) -> Iterator[Draft]:
    """One draft per instruction that opens the program."""
    for file, stage in shipped(found, builds):
        end = end_state(file, stage)
        program = _program(end)
        user = end.user.partition(":")[0].strip() if isinstance(end.user, str) else ""
        if program and user not in ("0", "root"):
            lineage = list(reversed(list(file.ancestry(stage))))
            users = {user, *_other_names(file, lineage, user)} - {""}
            for one in lineage:
                yield from _of_stage(file, one, program, users)


RULE.check_of(ImageContent, uses=(Expected,))(writable)


def _program(end: ImageState) -> str:
    """The absolute path of what a container starts; empty: not told."""
    words = started_words(end)
    first = words[0] if words else ""
    if not first.startswith(("/", "./")) or (not first.startswith("/") and not end.directory):
        return ""
    return posixpath.normpath(posixpath.join(end.directory, first))


def _of_stage(file: Dockerfile, stage: Stage, program: str, users: set[str]) -> Iterator[Draft]:
    before = dict(zip(stage.instructions, states(file, stage), strict=False))
    given = [copy for copy in copies(file, stage) if _gives(copy, before[copy.instruction].directory, program)]
    for copy in given[-1:]:
        how = _how(copy, users)
        if how:
            message = f"{shown(program)} can be replaced by the user that runs it: {how}; copy it as root, mode 0755"
            key = f"{label(stage)} copy {program}"
            fix = _fix(file, copy.instruction)
            yield Draft(place(file, copy.instruction), message, key, target=target_of(file), fix=fix)
    for command in commands(file, stage) if given else ():
        if not command.is_start and command.line > given[-1].instruction.line:
            how = _opened(command, program, users)
            if how:
                message = f"{shown(program)} can be replaced by the user that runs it: {how}; leave it to root"
                key = f"{label(stage)} run {program}"
                yield Draft(place(file, command.instruction), message, key, target=target_of(file))


def _gives(copy: Copy, directory: str, program: str) -> bool:
    """Whether a COPY puts the program where it is started."""
    if not isinstance(copy.destination, str):
        return False
    if not copy.destination.startswith("/") and not directory:
        return False
    destination = posixpath.normpath(posixpath.join(directory, copy.destination))
    names = {posixpath.basename(source.rstrip("/")) for source in copy.sources if isinstance(source, str)}
    if destination == program or (posixpath.dirname(program) == destination and posixpath.basename(program) in names):
        return True
    is_single = len(copy.sources) == 1 and isinstance(copy.sources[0], str)
    may_be_directory = is_single and "." not in posixpath.basename(str(copy.sources[0]).rstrip("/")).lstrip(".")
    return not copy.is_context and may_be_directory and destination != "/" and program.startswith(f"{destination}/")


def _how(copy: Copy, users: set[str]) -> str:
    mode = _mode(copy.chmod)
    if mode is not None and mode & 0o002:
        return f"`--chmod={shown(str(copy.chmod))}` lets everybody write to it"
    owner = copy.chown.partition(":")[0] if isinstance(copy.chown, str) else ""
    if owner in users and (mode is None or mode & 0o200):
        return f"`--chown={shown(str(copy.chown))}` makes it the owner"
    return ""


def _mode(text: Value) -> int | None:
    is_octal = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 5
    return int(text, 8) if is_octal and not set(str(text)) & {"8", "9"} and isinstance(text, str) else None


def _other_names(file: Dockerfile, lineage: list[Stage], user: str) -> Iterator[str]:
    """What else a user is called: the number of a name, the name of a number, as far as commands of the image tell."""
    made = (_made(command) for stage in lineage for command in commands(file, stage))
    for names in (*_SAME, *made):
        if user and user in names:
            yield from names


def _made(command: RunCommand) -> set[str]:
    """The name and number of the user that a command makes; empty: it makes none, or says no number."""
    if posixpath.basename(command.words[0]) not in _MAKING:
        return set()
    number, names, before = "", [], ""
    for word in command.words[1:]:
        if word.startswith("-"):
            number = word.partition("=")[2] if word.startswith("--uid=") else number
        elif before in ("-u", "--uid"):
            number = word
        elif before not in _VALUED:
            names.append(word)
        before = word
    return {number, names[0]} if number.isdecimal() and names else set()


def _opened(command: RunCommand, program: str, users: set[str]) -> str:
    """What a `chown` or `chmod` of the program, or of a directory around it, does."""
    options = [word for word in command.words[1:] if word.startswith("-") and len(word) > 1]
    rest = [word for word in command.words[1:] if word not in options]
    if command.words[0] not in ("chown", "chmod") or len(rest) < 2 or command.is_conditional:
        return ""
    is_recursive = any(option == "--recursive" or (option[1] != "-" and "R" in option) for option in options)
    paths = [posixpath.normpath(posixpath.join(command.directory or "/", word)) for word in rest[1:]]
    if not any(path == program or (is_recursive and program.startswith(f"{path.rstrip('/')}/")) for path in paths):
        return ""
    shown_words = shown(" ".join(command.holes.shown(word) for word in command.words))
    if command.words[0] == "chown":
        return f"`{shown_words}` makes it the owner" if rest[0].partition(":")[0] in users else ""
    mode = _mode(rest[0])
    is_open = (mode is not None and mode & 0o002) or rest[0] in ("a+w", "o+w", "ugo+w", "a+rwx", "ugo+rwx", "o+rwx")
    return f"`{shown_words}` lets everybody write to it" if is_open else ""


def _fix(file: Dockerfile, one: Instruction) -> Fix | None:
    """The line without `--chown`."""
    flag = next((flag for flag in one.flags if flag.name == "chown"), None)
    if flag is None:
        return None
    lines = file.text.split("\n")
    line = lines[flag.line - 1]
    written = f"--chown={flag.value} "
    if not line.startswith(written, flag.column - 1):
        return None
    text = line[: flag.column - 1] + line[flag.column - 1 + len(written) :]
    end = "\n" if flag.line < len(lines) else ""
    return Fix(safe=False, edits=(Edit(file.path, flag.line, flag.line, f"{text}{end}"),))
