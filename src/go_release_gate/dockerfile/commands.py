"""The commands that a stage runs while it is built, and those that a container of it starts.

Shell forms are read by a POSIX shell's rules, JSON forms as they are; here-documents and `sh -c` are looked into. What
another shell reads (`SHELL ["pwsh", …]`) is left out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from go_release_gate.dockerfile.expand import PLATFORM_ARGUMENTS
from go_release_gate.dockerfile.model import Dockerfile, Heredoc, Instruction, Stage, Value
from go_release_gate.dockerfile.state import ImageState, end_state, states
from go_release_gate.dockerfile.substitution import SubstitutionError
from go_release_gate.dockerfile.syntax import heredoc
from go_release_gate.shell.script import Called, Script
from go_release_gate.shell.unknown import Holes, has_hole

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_NESTING = 3  # `sh -c` within `sh -c`

Place = Callable[[int], tuple[int, int]]  # offset in a script → line and column, 0 where that is not known


@dataclass(frozen=True, slots=True)
class RunCommand:
    """One command.

    Attributes:
        words: as expanded; unknown parts are holes, which `holes` explains.
        line, column: of its first word, behind variables set for it; column 0: not known.
        environment: variables that it sees, unknown ones as holes.
        directory: absolute path in the image; empty: not known.
        is_conditional: whether it stands in an `if`, a loop or behind `||`.
        is_start: whether a container starts it (ENTRYPOINT and CMD put together), not a build.
        instruction: it stands in.
    """

    words: tuple[str, ...]
    line: int
    column: int
    environment: Mapping[str, str]
    directory: str
    is_conditional: bool
    instruction: Instruction
    is_start: bool = False
    holes: Holes = field(default_factory=Holes)


def commands(dockerfile: Dockerfile, stage: Stage) -> Iterator[RunCommand]:
    """Every command of the stage in the order of its lines; what a parent stage says is that stage's.

    ENTRYPOINT and CMD count where they are the last ones, and are one command where both are JSON.
    """
    before = states(dockerfile, stage)
    for index, instruction in enumerate(stage.instructions):
        if instruction.keyword == "RUN":
            yield from _Reader(instruction, before[index]).run(stage.scopes[index])
    yield from start(dockerfile, stage)


def start(dockerfile: Dockerfile, stage: Stage) -> Iterator[RunCommand]:
    """What a container of the stage starts, where one of the stage's own instructions says so."""
    end = end_state(dockerfile, stage)
    entrypoint, command = end.entrypoint, end.command
    instruction = command if end.command_index == stage.index else entrypoint
    if instruction is None or stage.index not in (end.entrypoint_index, end.command_index):
        return
    if end.entrypoint_index == stage.index and entrypoint is not None:
        instruction = entrypoint
    words = started_words(end)
    reader = _Reader(instruction, end, is_start=True)
    if words:
        yield from reader.listed(words, stage.environment)
    else:
        yield from reader.run(stage.environment)


def started_words(state: ImageState) -> tuple[str, ...]:
    """ENTRYPOINT and CMD as one list of words; empty where a shell reads the one that counts."""
    entrypoint, command = state.entrypoint, state.command
    if entrypoint is not None and entrypoint.array is None:
        return ()
    first = entrypoint.array or () if entrypoint is not None else ()
    if command is None:
        return first
    if command.array is not None:
        return (*first, *command.array)
    return (*first, "/bin/sh", "-c", command.value) if first and state.is_posix else ()


@dataclass(slots=True)
class _Reader:
    """Reads the commands of one instruction."""

    instruction: Instruction
    state: ImageState
    is_start: bool = False
    holes: Holes = field(default_factory=Holes)
    _nesting: int = 0

    def run(self, scope: Mapping[str, Value]) -> Iterator[RunCommand]:
        """The commands of a RUN, or of a CMD or ENTRYPOINT in shell form."""
        one = self.instruction
        variables = self._variables(scope)
        if one.array is not None:
            yield from self._words(one.array, variables, 0)
        elif self.state.is_posix and (body := _script(one)):
            if is_shell_script(body.body):
                yield from self._script(body.body, variables, _in_heredoc(body))
        elif self.state.is_posix:
            text = one.value + "".join(f"\n{each.body}{each.name}" for each in one.heredocs)
            yield from self._script(text, variables, _in_value(one))

    def listed(self, words: tuple[str, ...], scope: Mapping[str, Value]) -> Iterator[RunCommand]:
        """A command in JSON form."""
        yield from self._words(words, self._variables(scope), 0)

    def _variables(self, scope: Mapping[str, Value]) -> dict[str, str]:
        """What the shell sees; a platform argument that the stage did not declare is not set."""
        known = {name: "" for name in PLATFORM_ARGUMENTS if name not in scope}
        for name, value in scope.items():
            known[name] = value if isinstance(value, str) else self.holes.mark(value.reason, value.text)
        return known

    def _words(self, words: Sequence[str], variables: dict[str, str], offset: int) -> Iterator[RunCommand]:
        place = _in_value(self.instruction)
        script = script_of(words)
        if script:
            yield from self._script(script, variables, self._found(script, place, offset))
        elif words:
            yield self._command(tuple(words), place(offset), variables, self.state.directory, False)

    def _script(
        self, text: str, variables: Mapping[str, str], place: Place, directory: str | None = None
    ) -> Iterator[RunCommand]:
        script = Script(dict(variables), self.holes)
        first = self.state.directory if directory is None else directory
        directories: dict[tuple[int, ...], str] = {(): first}
        for called in script.called(text):
            current = _entered(directories, called.inside)
            if called.words[0] == "cd":
                directories[called.inside] = "" if called.is_conditional else _changed(current, called.words)
            yield self._command(called.words, place(called.offset), called.environment, current, called.is_conditional)
            if self._nesting < _NESTING:
                self._nesting += 1
                yield from self._inner(called, place, current)
                self._nesting -= 1

    def _inner(self, called: Called, place: Place, directory: str) -> Iterator[RunCommand]:
        """What `sh -c …` and `sh <<EOF` run."""
        script = script_of(called.words)
        if script:
            found = self._found(script, place, called.offset)
            yield from self._script(script, called.environment, found, directory)
        elif len(self.instruction.heredocs) == 1 and reads_input(called.words) and self._nesting == 1:
            body = self.instruction.heredocs[0]
            yield from self._script(body.body, called.environment, _in_heredoc(body), directory)

    def _found(self, script: str, place: Place, offset: int) -> Place:
        """Where the parts of an inner script stand: exactly where it is written as it is."""
        at = self.instruction.value.find(script, offset)
        if at >= 0 and self._nesting <= 1:
            return lambda inner: place(at + inner)
        return lambda _inner: place(offset)

    def _command(
        self,
        words: tuple[str, ...],
        where: tuple[int, int],
        environment: Mapping[str, str],
        directory: str,
        is_conditional: bool,
    ) -> RunCommand:
        return RunCommand(
            words, *where, environment, directory, is_conditional, self.instruction, self.is_start, self.holes
        )


def script_of(words: Sequence[str]) -> str:
    """The script of `sh -c script`, wherever in a command; empty: none."""
    for index, word in enumerate(words):
        if word.rpartition("/")[2] not in _SHELLS:
            continue
        for at in range(index + 1, len(words)):
            option = words[at]
            if option[:1] not in ("-", "+"):
                if words[at - 1][:1] == "-" and words[at - 1][-1:] == "o":
                    continue  # the name of an option
                break
            if option[:1] == "-" and option[1:2] != "-" and "c" in option:
                rest = [one for one in words[at + 1 :] if one != "--"]
                return rest[0] if rest else ""
        return ""
    return ""


def reads_input(words: Sequence[str]) -> bool:
    """Whether a shell is started that reads its commands from its input."""
    is_shell = words[0].rpartition("/")[2] in _SHELLS
    return is_shell and all(word[:1] == "-" or word in ("pipefail", "/dev/stdin") for word in words[1:])


def is_shell_script(body: str) -> bool:
    """Whether a here-document that is run is read by a POSIX shell: without `#!`, or with a shell's."""
    first = body.partition("\n")[0]
    if not first.startswith("#!"):
        return True
    return any(word.rpartition("/")[2] in _SHELLS for word in first[2:].split())


def _script(instruction: Instruction) -> Heredoc | None:
    """The here-document that is the whole script (`RUN <<EOF`), None: there is a command beside it."""
    if len(instruction.heredocs) != 1 or not instruction.value.startswith("<<"):
        return None
    try:
        return instruction.heredocs[0] if heredoc(instruction.value) else None
    except SubstitutionError:
        return None


def _in_value(instruction: Instruction) -> Place:
    return lambda offset: (instruction.line_of(offset), instruction.column_of(offset))


def _in_heredoc(body: Heredoc) -> Place:
    return lambda offset: (body.line + body.body.count("\n", 0, offset), 0)


def _entered(directories: dict[tuple[int, ...], str], inside: tuple[int, ...]) -> str:
    """The directory in a subshell: its own, else that around it."""
    for length in range(len(inside), -1, -1):
        if inside[:length] in directories:
            return directories[inside[:length]]
    return directories[()]


def _changed(directory: str, words: Sequence[str]) -> str:
    targets = [word for word in words[1:] if word not in ("--", "-P", "-L")]
    if len(targets) != 1 or has_hole(targets[0]) or targets[0] in ("-", "~"):
        return ""
    if not directory and not targets[0].startswith("/"):
        return ""
    return posixpath.normpath(posixpath.join(directory, targets[0]))
