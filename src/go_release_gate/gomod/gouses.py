"""Where Go source uses names of other packages: `http.Get(url)` with its arguments as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from go_release_gate.gomod.gotokens import Kind, Lines, Token, tokens

ARGUMENTS = 3  # of a call that are kept
WORDS = 24  # of an argument that are kept

_VERSION = re.compile(r"v\d+")


@dataclass(frozen=True, slots=True)
class Import:
    """An import: `name` as the file calls it (`_` and `.` too), its last element where it says none."""

    path: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Use:
    """A name of a package, used: `arguments` are the words of each argument; None: it is not called."""

    path: str
    name: str
    line: int
    arguments: tuple[tuple[Token, ...], ...] | None = None


def imports(words: Sequence[Token], lines: Lines) -> Iterator[Import]:
    """The imports of a file; ends at the first declaration that is none."""
    at = 0
    while at < len(words):
        if words[at].text in ("const", "var", "type", "func") and words[at].kind is Kind.NAME:
            return
        if words[at].kind is not Kind.STRING or at == 0:
            at += 1
            continue
        path = words[at].value or ""
        before = words[at - 1]
        named = before.text if before.kind is Kind.NAME and before.text != "import" else ""
        named = "." if before.text == "." else named
        yield Import(path, named or default_name(path), lines.of(words[at].offset))
        at += 1


def default_name(path: str) -> str:
    """The name a package most likely has: the last element, without what tells a version."""
    elements = path.split("/")
    last = elements[-2] if len(elements) > 1 and _VERSION.fullmatch(elements[-1]) else elements[-1]
    return re.sub(r"\.v\d+$", "", last).removeprefix("go-").removesuffix("-go")


def uses(data: bytes, wanted: Mapping[str, AbstractSet[str]]) -> tuple[Use, ...]:
    """Uses of the wanted names (import path → names) in a file, in order."""
    if not any(path.encode() in data for path in wanted):
        return ()
    words, lines = list(tokens(data)), Lines(data)
    named = {one.name: one.path for one in imports(words, lines) if one.path in wanted}
    return tuple(_found(words, named, wanted, lines)) if named else ()


def literals(data: bytes) -> Iterator[tuple[str, int]]:
    """The string literals of a file, imports among them, and their lines."""
    lines = Lines(data)
    for word in tokens(data):
        value = word.value
        if value is not None:
            yield value, lines.of(word.offset)


def _found(
    words: Sequence[Token], named: Mapping[str, str], wanted: Mapping[str, AbstractSet[str]], lines: Lines
) -> Iterator[Use]:
    for at in range(len(words) - 2):
        first = words[at]
        if first.text not in named or words[at + 1].text != "." or (at and words[at - 1].text == "."):
            continue
        path, name = named[first.text], words[at + 2].text
        if first.kind is Kind.NAME and name in wanted[path]:
            is_call = at + 3 < len(words) and words[at + 3].text == "("
            yield Use(path, name, lines.of(first.offset), tuple(_arguments(words, at + 4)) if is_call else None)


def _arguments(words: Sequence[Token], at: int) -> Iterator[tuple[Token, ...]]:
    """The arguments from behind the parenthesis."""
    depth = 0
    current: list[Token] = []
    for word in words[at : at + ARGUMENTS * WORDS]:
        is_sign = word.kind is Kind.SIGN
        if is_sign and word.text in ")]}" and depth == 0:
            break
        depth += is_sign and word.text in "([{"
        depth -= is_sign and word.text in ")]}"
        if is_sign and word.text == "," and depth == 0:
            yield tuple(current)
            current = []
        else:
            current.append(word)
    if current:
        yield tuple(current)
