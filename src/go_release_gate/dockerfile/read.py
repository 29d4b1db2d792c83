"""Reads a Dockerfile, keeping where each part of it stands.

Docker's own rules, quirks among them: https://docs.docker.com/reference/dockerfile/ and
https://github.com/moby/buildkit/blob/v0.26.3/frontend/dockerfile/parser/parser.go
"""

from __future__ import annotations

from go_release_gate.dockerfile.lines import InvalidDockerfileError, Joined, Lines, physical
from go_release_gate.dockerfile.model import Dockerfile, Flag, Heredoc, Instruction
from go_release_gate.dockerfile.stages import staged
from go_release_gate.dockerfile.substitution import SubstitutionError
from go_release_gate.dockerfile.syntax import KEYWORDS, NotStringsError, array, flags, heredocs, split

__all__ = ["InvalidDockerfileError", "read_dockerfile"]

_WITH_ARRAY = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
_WITH_HEREDOC = frozenset({"ADD", "COPY", "RUN"})


def read_dockerfile(path: str, text: str, ignore: str = "") -> Dockerfile:
    """Read a Dockerfile.

    Args:
        path: relative to the root of the repository.
        text: as the file says it.
        ignore: path of the ignore file that counts for it, empty where there is none.

    Raises:
        InvalidDockerfileError: Docker would refuse it, or it is larger than what is read.
    """
    lines = Lines(physical(text))
    found: list[Instruction] = []
    for joined in lines.joined():
        try:
            found.append(_instruction(joined, lines))
        except (NotStringsError, SubstitutionError) as error:
            raise InvalidDockerfileError(joined.line, str(error)) from error
    return staged(Dockerfile(path, text, (), escape=lines.escape, ignore=ignore), found)


def inner(instruction: Instruction, escape: str = "\\") -> Instruction | None:
    """The instruction that an ONBUILD holds, None where it holds none."""
    keyword, begin, stop = split(instruction.value)
    if instruction.keyword != "ONBUILD" or keyword.upper() not in KEYWORDS:
        return None
    starts = ((0, instruction.line, instruction.column_of(0)), *_tail(instruction))
    joined = Joined(instruction.value, instruction.line_of(0), instruction.end_line, starts)
    return _parts(joined, keyword.upper(), (begin, stop), escape, instruction.heredocs)


def _tail(instruction: Instruction) -> list[tuple[int, int, int]]:
    pairs = zip(instruction.starts, instruction.columns, strict=True)
    return [(offset, line, column) for (offset, line), column in pairs if offset > 0]


def _instruction(joined: Joined, lines: Lines) -> Instruction:
    keyword, begin, stop = split(joined.text)
    if keyword.upper() not in KEYWORDS:
        raise InvalidDockerfileError(joined.line, f"unknown instruction `{keyword[:80]}`")
    found = _parts(joined, keyword.upper(), (begin, stop), lines.escape, ())
    if not _takes_heredocs(found, lines.escape):
        return found
    bodies: list[Heredoc] = []
    for start in heredocs(joined.text) if "<<" in joined.text else ():
        body = lines.body(start.name, is_chomped=start.is_chomped)
        if body is None:
            raise InvalidDockerfileError(joined.line, f"the here-document `{start.name[:80]}` does not end")
        content = _chomped(body[0]) if start.is_chomped else body[0]
        bodies.append(Heredoc(start.name, content, body[1], start.expands))
    if not bodies:
        return found
    return _parts(
        Joined(joined.text, joined.line, lines.at, joined.starts),
        keyword.upper(),
        (begin, stop),
        lines.escape,
        tuple(bodies),
    )


def _takes_heredocs(instruction: Instruction, escape: str) -> bool:
    held = inner(instruction, escape) or instruction
    return held.keyword in _WITH_HEREDOC and held.array is None


def _chomped(body: str) -> str:
    """The body without the tabs in front of its lines."""
    return "".join(line.lstrip("\t") for line in body.splitlines(keepends=True))


def _parts(
    joined: Joined, keyword: str, span: tuple[int, int], escape: str, bodies: tuple[Heredoc, ...]
) -> Instruction:
    """The instruction whose arguments are the given part of a joined line."""
    begin, stop = span
    raw, at = flags(joined.text[begin:stop], escape)
    first = begin + at
    first += len(joined.text[first:stop]) - len(joined.text[first:stop].lstrip())
    value = joined.text[first:stop]
    line, column = joined.place(0)
    starts = [(0, *joined.place(first))] if value else []
    later = joined.starts[joined.start_of(first) + 1 :]
    starts += [(offset - first, at_line, at_column) for offset, at_line, at_column in later if offset < stop]
    return Instruction(
        keyword=keyword,
        line=line,
        end_line=joined.end_line,
        column=column + len(joined.text) - len(joined.text.lstrip()),
        flags=tuple(_flag(one.text, joined.place(begin + one.offset)) for one in raw),
        value=value,
        starts=tuple((offset, at_line) for offset, at_line, _ in starts),
        array=array(value) if keyword in _WITH_ARRAY and value else None,
        heredocs=bodies,
        columns=tuple(at_column for _, _, at_column in starts),
    )


def _flag(text: str, place: tuple[int, int]) -> Flag:
    name, _, value = text.removeprefix("--").partition("=")
    return Flag(name, value, *place)
