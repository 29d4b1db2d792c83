"""Dockerfiles are read as BuildKit reads them, and every position points at its text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.dockerfile.commands import commands
from go_release_gate.dockerfile.graph import copies, mounts, needed
from go_release_gate.dockerfile.lines import COUNT_LIMIT, LINE_LIMIT, TEXT_LIMIT
from go_release_gate.dockerfile.model import Dockerfile, Instruction
from go_release_gate.dockerfile.read import InvalidDockerfileError, inner, read_dockerfile
from go_release_gate.dockerfile.state import states
from go_release_gate.dockerfile.syntax import assignments, words

DATA = Path(__file__).parents[2] / "data" / "dockerfiles"
CASES: list[dict[str, Any]] = json.loads((DATA / "buildkit.json").read_text(encoding="utf-8"))["cases"]
PIECES = [
    "FROM a\n", "FROM scratch AS b\n", "RUN ", "COPY --from=b x y\n", "ENV A=b", "ARG X\n", "\\\n", "\n", "\r\n",
    "# c\n", "<<EOF\n", "EOF\n", "<<-'E F' ", '["a", "b"]\n', "${A:-", "}", "$X", "'", '"', "`", "# escape=`\n",
    "ONBUILD ", " ",
    "--mount=type=bind,from=b,target=/x ", "sh -c 'go build'", "USER ", "\ufeff", "\ue000", "\x00", "WORKDIR /x\n",
]  # fmt: skip


def all_of(file: Dockerfile) -> list[Instruction]:
    """Every instruction in its order."""
    return [*file.arguments, *(one for stage in file.stages for one in (stage.start, *stage.instructions))]


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_answers_are_buildkits(case: dict[str, Any]) -> None:
    """Instructions, their lines, flags, arguments and here-documents are BuildKit's; what it refuses is refused."""
    if "error" in case:
        with pytest.raises(InvalidDockerfileError):
            read_dockerfile("Dockerfile", case["text"])
        return
    file = read_dockerfile("Dockerfile", case["text"])
    found = all_of(file)
    assert len(found) == len(case["instructions"])
    for one, wanted in zip(found, case["instructions"], strict=True):
        held = inner(one, file.escape) or one
        told = [(flag.name, flag.value) for flag in held.flags]
        assert told == [_flag(text) for text in wanted["flags"]]
        assert (one.keyword, one.end_line) == (wanted["keyword"], wanted["end_line"])
        assert one.line == wanted["line"] or not case["text"].split("\n")[wanted["line"] - 1].strip("\\` ")
        assert [[each.name, each.expands, each.body] for each in one.heredocs] == wanted["heredocs"]
        if one.keyword != "HEALTHCHECK":
            assert (held.array is not None) == wanted["json"]
            assert _arguments(one, held, file.escape) == wanted["arguments"]
    stages = [
        [stage.name, stage.written, stage.start.flag("platform"), len(stage.instructions)] for stage in file.stages
    ]
    assert stages == case["stages"]


def _flag(text: str) -> tuple[str, str]:
    name, _, value = text.removeprefix("--").partition("=")
    return name, value


def _arguments(one: Instruction, held: Instruction, escape: str) -> list[str]:
    front = [f"ONBUILD:{held.keyword}"] if held is not one else []
    if held.array is not None:
        return [*front, *held.array]
    if held.keyword in ("ENV", "LABEL"):
        pairs = assignments(held, escape)
        sign = "" if len(pairs) == 1 and not held.value.startswith(f"{pairs[0].name}=") else "="
        return [*front, *(part for pair in pairs for part in (pair.name, pair.value or "", sign))]
    if held.keyword == "ARG":
        return [
            *front,
            *(one.name + ("" if one.value is None else f"={one.value}") for one in assignments(held, escape)),
        ]
    if held.keyword in ("COPY", "ADD", "FROM", "EXPOSE", "VOLUME"):
        return [*front, *(word for word, _ in words(held.value))]
    return [*front, held.value]


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=25))
def test_nothing_crashes_and_positions_hold(parts: list[str]) -> None:
    """Any text is read or refused; each character of a value stands where it is said to stand."""
    text = "FROM a\n" + "".join(parts)
    try:
        file = read_dockerfile("Dockerfile", text)
    except InvalidDockerfileError as error:
        assert 1 <= error.line <= text.count("\n") + 1  # noqa: PT017 - either answer is fine, this is its form
        return
    lines = text.split("\n")
    for one in all_of(file):
        assert lines[one.line - 1].removeprefix("\ufeff")[one.column - 1 :].upper().startswith(one.keyword[:1])
        for offset, char in enumerate(one.value):
            line = lines[one.line_of(offset) - 1].removeprefix("\ufeff" if one.line_of(offset) == 1 else "")
            assert line[one.column_of(offset) - 1] == char
    for stage in file.stages:
        assert len(stage.scopes) == len(stage.instructions) + 1 == len(states(file, stage))
        for command in commands(file, stage):
            assert 1 <= command.line <= len(lines)
        assert copies(file, stage) is not None
        assert mounts(file, stage) is not None
    assert file.final in needed(file)


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_lines_are_kept(parts: list[str]) -> None:
    """The physical lines of the instructions, and those between them, give the text back."""
    text = "FROM a\n" + "".join(parts)
    try:
        file = read_dockerfile("Dockerfile", text)
    except InvalidDockerfileError:
        return
    lines = text.splitlines(keepends=True) if "\r" not in text else [f"{line}\n" for line in text.split("\n")]
    covered = 0
    for one in all_of(file):
        assert covered < one.line <= one.end_line
        covered = one.end_line
    assert covered <= len(lines) + 1
    assert file.text == text


@pytest.mark.parametrize(
    "text",
    ["FROM a\n" + "x" * TEXT_LIMIT, "FROM a\n" * (COUNT_LIMIT + 1), f"FROM a\nRUN {'x' * LINE_LIMIT}"],
    ids=["text", "lines", "line"],
)
def test_limits(text: str) -> None:
    """What is larger than a Dockerfile can be is refused, not read."""
    with pytest.raises(InvalidDockerfileError):
        read_dockerfile("Dockerfile", text)


def test_many_variables_are_refused() -> None:
    """Variables that would fill the memory, one copy for each instruction, are refused."""
    with pytest.raises(InvalidDockerfileError, match="more stages or variables"):
        read_dockerfile("Dockerfile", "FROM a\n" + "".join(f"ENV A{n}=1\n" for n in range(5000)))


def test_continued_lines_have_places() -> None:
    """A word behind comments and continuations stands on its own line and column."""
    file = read_dockerfile("Dockerfile", "FROM a\nRUN true && \\\n  # why\n\n    go build\n")
    run = file.final.instructions[0]
    offset = run.value.index("go build")
    assert (run.line_of(offset), run.column_of(offset), run.end_line) == (5, 5, 5)
