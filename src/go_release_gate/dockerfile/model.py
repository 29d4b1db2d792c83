"""The values of a Dockerfile that has been read: positions count from 1, texts are as they are written.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.shell.unknown import Unknown

Value = str | Unknown


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of an instruction: `--from=build` is name `from`, value `build`; an empty value where there is none."""

    name: str
    value: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A here-document: `line` is that of its first body line; `expands`: its delimiter is not quoted."""

    name: str
    body: str
    line: int
    expands: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Instruction:
    """One instruction.

    Attributes:
        keyword: upper case.
        line, end_line: its first and its last line, continuations and here-documents among them.
        column: of the keyword.
        flags: in order.
        value: what follows the flags, continued lines joined, comments between them left out.
        starts: pairs (offset in `value`, line): from there on `value` stands on that line.
        columns: the column on its line at which `value` stands from the offset of the same pair of `starts`.
        array: the words of the JSON form, None where it is the shell form.
        heredocs: in order.
    """

    keyword: str
    line: int
    end_line: int
    column: int = 1
    flags: tuple[Flag, ...] = ()
    value: str = ""
    starts: tuple[tuple[int, int], ...] = ()
    array: tuple[str, ...] | None = None
    heredocs: tuple[Heredoc, ...] = ()
    columns: tuple[int, ...] = ()

    def flag(self, name: str) -> str:
        """The value of a flag, empty where it is not given."""
        return next((flag.value for flag in self.flags if flag.name == name), "")

    def line_of(self, offset: int) -> int:
        """The line on which a character of `value` stands."""
        index = self._start_of(offset)
        return self.starts[index][1] if index >= 0 else self.line

    def column_of(self, offset: int) -> int:
        """The column, counted from 1, at which a character of `value` stands on its line."""
        index = self._start_of(offset)
        return self.columns[index] + offset - self.starts[index][0] if 0 <= index < len(self.columns) else self.column

    def _start_of(self, offset: int) -> int:
        return bisect_right(self.starts, (offset, 1 << 62)) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage, from its FROM to the next.

    Attributes:
        index: counts from 0. name: lower case, empty where it has none.
        start: the FROM instruction.
        written: the image as written behind FROM; `image`: with its variables in place.
        platform: what `--platform` says once expanded; empty: nothing said.
        parent: index of the stage it begins from; None: from an image (or `scratch`).
        instructions: those behind FROM.
        scopes: variables (ARG and ENV) that are visible before each instruction, one mapping for each, and one more
            for the end.
        environment: ENV alone, those of parent stages among them, as the finished stage has it.
    """

    index: int
    name: str
    start: Instruction
    written: str
    image: Value
    platform: Value = ""
    parent: int | None = None
    instructions: tuple[Instruction, ...] = ()
    scopes: tuple[dict[str, Value], ...] = ()
    environment: dict[str, Value] = field(default_factory=dict)

    def scope(self, instruction: Instruction) -> dict[str, Value]:
        """The variables that `instruction` sees."""
        return self.scopes[self.instructions.index(instruction)]


@dataclass(frozen=True, slots=True, eq=False)
class Dockerfile:
    """A Dockerfile; `path` relative to the root of the repository, `text` as it lies there.

    Attributes:
        arguments: the ARG instructions in front of the first FROM.
        globals: their values, as FROM lines see them.
        stages: in order.
        escape: the line continuation character.
        ignore: path of the ignore file that counts for it (`Dockerfile.dockerignore`, `.dockerignore`), empty: none.
    """

    path: str
    text: str
    stages: tuple[Stage, ...]
    arguments: tuple[Instruction, ...] = ()
    globals: dict[str, Value] = field(default_factory=dict)
    escape: str = "\\"
    ignore: str = ""

    @property
    def final(self) -> Stage:
        """The stage that becomes the image where no other target is asked for."""
        return self.stages[-1]

    def ancestry(self, stage: Stage) -> Iterator[Stage]:
        """The stage and those it begins from, the nearest first."""
        current: Stage | None = stage
        while current is not None:
            yield current
            current = None if current.parent is None else self.stages[current.parent]

    def base(self, stage: Stage) -> Stage:
        """The stage whose FROM names the image that `stage` begins from in the end."""
        return list(self.ancestry(stage))[-1]
