"""How the parts of an instruction are written: keyword and flags, JSON form, words, `NAME=value`.

https://github.com/moby/buildkit/blob/v0.26.3/frontend/dockerfile/parser/line_parsers.go
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.dockerfile.lines import SPACES
from go_release_gate.dockerfile.model import Instruction
from go_release_gate.dockerfile.substitution import SubstitutionError, Words

BLANKS = re.compile(r"[\t\v\f\r ]+")
KEYWORDS = frozenset(
    {
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    }
)

_HEREDOC = re.compile(r"(\d*)<<(-?)[\t\n\f\r ]*([^<]*)")


class NotStringsError(ValueError):
    """A JSON array that holds something else than strings: Docker refuses it."""


@dataclass(frozen=True, slots=True)
class RawFlag:
    """A flag as it is written, without quotes; `offset`: where it begins."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """`NAME=value` of ENV, ARG or LABEL, nothing expanded; `value` None: `ARG NAME`. `offset`: in the value."""

    name: str
    value: str | None
    offset: int


def split(text: str) -> tuple[str, int, int]:
    """Keyword of a joined line, and begin and end of what follows it, white space around it left out."""
    stop = len(text.rstrip(SPACES))
    begin = len(text) - len(text.lstrip(SPACES))
    blank = BLANKS.search(text, begin, stop)
    if not blank:
        return text[begin:stop], stop, stop
    return text[begin : blank.start()], blank.end(), stop


def flags(text: str, escape: str) -> tuple[list[RawFlag], int]:
    """The flags in front (`--name=value`), and where the rest begins."""
    found: list[RawFlag] = []
    at = 0
    while at < len(text):
        if text[at] in SPACES:
            at += 1
            continue
        if not text.startswith("--", at):
            return found, at
        word, end = _flag(text, at, escape)
        if word == "--" and end < len(text):
            return found, end
        if word and word != "--":
            found.append(RawFlag(word, at))
        at = end
    return found, len(text)


def _flag(text: str, at: int, escape: str) -> tuple[str, int]:
    """One word of flags with its quotes and escapes taken away, and where it ends."""
    word: list[str] = []
    quote = ""
    while at < len(text):
        char = text[at]
        if not quote and char in SPACES:
            break
        at += 1
        if quote and char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == escape:
            word.append(text[at : at + 1])
            at += 1
        else:
            word.append(char)
    return "".join(word), min(at, len(text))


def array(text: str) -> tuple[str, ...] | None:
    """The strings of a JSON array, None where the text is none: Docker then reads the shell form (NotStringsError)."""
    text = text.lstrip(SPACES)
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_constant)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in found):
        raise NotStringsError("a JSON array of strings is expected")
    return tuple(item.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for item in found)


def _number(_text: str) -> int:
    return 0


def _constant(text: str) -> None:
    raise ValueError(text)


def words(text: str) -> list[tuple[str, int]]:
    """The words between white space, with their offsets; quotes mean nothing to them."""
    found: list[tuple[str, int]] = []
    at = 0
    for blank in BLANKS.finditer(text):
        found.append((text[at : blank.start()], at))
        at = blank.end()
    found.append((text[at:], at))
    return [pair for pair in found if pair[0]]


def quoted_words(text: str, escape: str) -> Iterator[tuple[str, int]]:
    """The words with quotes respected and kept, with their offsets."""
    at = 0
    while at < len(text):
        if text[at] in SPACES:
            at += 1
            continue
        start, quote, parts = at, "", list[str]()
        while at < len(text) and (quote or text[at] not in SPACES):
            char = text[at]
            at += 1
            if char == escape and quote != "'":
                if at < len(text):
                    parts += char, text[at]
                at += 1
                continue
            parts.append(char)
            if quote == char:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
        yield "".join(parts), start


def assignments(instruction: Instruction, escape: str = "\\") -> tuple[Assignment, ...]:
    """What an ENV, ARG or LABEL instruction assigns, in order.

    Raises:
        ValueError: a form that Docker refuses.
    """
    return tuple(_assignments(instruction.keyword, instruction.value, escape))


def _assignments(keyword: str, value: str, escape: str) -> Iterator[Assignment]:
    found = list(quoted_words(value, escape))
    if not found:
        raise ValueError(f"{keyword} requires at least one argument")
    if keyword != "ARG" and "=" not in found[0][0]:
        blank = BLANKS.search(value)
        if not blank:
            raise ValueError(f"{keyword} must have two arguments")
        yield Assignment(value[: blank.start()], value[blank.end() :], 0)
        return
    for word, offset in found:
        name, sign, rest = word.partition("=")
        if not sign and keyword != "ARG":
            raise ValueError(f"{keyword} expects NAME=value, found `{word[:80]}`")
        if not name:
            raise ValueError(f"{keyword} names can not be blank")
        yield Assignment(name, rest if sign else None, offset)


@dataclass(frozen=True, slots=True)
class HeredocStart:
    """`<<NAME` as it is written in an instruction. `expands`: no part of the name is quoted."""

    name: str
    is_chomped: bool
    expands: bool


def heredocs(line: str) -> list[HeredocStart]:
    """The here-documents that a joined line begins."""
    try:
        found = Words(line, keeps_quotes=True, keeps_escapes=True, keeps_unset=True).words()
    except SubstitutionError:
        return []
    return [start for word in found if (start := heredoc(word))]


def heredoc(word: str) -> HeredocStart | None:
    """The here-document that a word begins, None where it is none (SubstitutionError)."""
    match = _HEREDOC.fullmatch(word)
    if not match or not match[3]:
        return None
    plain = Words(match[3], keeps_unset=True).words()
    if len(plain) != 1:
        return None
    raw = Words(match[3], keeps_unset=True, keeps_quotes=True).words()
    expands = len(raw) == 1 and _quotes(plain[0]) == _quotes(raw[0])
    return HeredocStart(plain[0], bool(match[2]), expands)


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')
