"""A script cut into commands and words, as a POSIX shell cuts it; nothing is expanded yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

LENGTH_LIMIT = 128 << 10  # characters of a script that are read
NESTING_LIMIT = 32  # round brackets within one another that are told apart

_OPERATORS = ("&&", "||", ";;", ";", "|", "&", "(", ")", "\n")
_REDIRECTIONS = ("<<<", "<<-", "<<", ">>", ">&", ">|", "<&", "&>>", "&>", ">", "<")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class Kind(Enum):
    """What a piece of a word is."""

    TEXT = "text"
    PARAMETER = "parameter"  # the text between `${` and `}`, or the name behind `$`
    COMMAND = "command"  # the script of a command substitution


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word; `is_quoted`: no word ends in it."""

    kind: Kind
    text: str
    is_quoted: bool


Word = tuple[Piece, ...]


@dataclass(slots=True)
class Command:
    """A simple command. `after`: the operator in front of it; `line` counts from 0; `depth`: brackets around it.

    `redirections`: pairs of operator and word; `heredoc`: the body of a here-document, as a word.
    `offsets`: where each word begins in the script; `inside`: the offsets of the round brackets it stands in.
    """

    line: int
    after: str = ""
    words: list[Word] = field(default_factory=list)
    redirections: list[tuple[str, Word]] = field(default_factory=list)
    heredoc: Word | None = None
    depth: int = 0
    offsets: list[int] = field(default_factory=list)
    inside: tuple[int, ...] = ()


def commands(script: str) -> Iterator[Command]:
    """The simple commands of a script, in the order of the text."""
    reader = _Reader(script[:LENGTH_LIMIT])
    current = Command(0)
    pending: list[tuple[Command, str, bool]] = []
    while reader.skip_blanks():
        if operator := reader.redirection():
            word = reader.skip_spaces_and_word()
            current.redirections.append((operator, word))
            if operator in ("<<", "<<-"):
                pending.append((current, _plain(word), any(piece.is_quoted for piece in word)))
            continue
        if operator := reader.operator():
            if operator == "\n":
                _read_bodies(reader, pending)
            if current.words or current.redirections:
                yield current
            depth = max(current.depth + (operator == "(") - (operator == ")"), 0)
            current = Command(reader.line, operator, depth=depth, inside=_brackets(current.inside, operator, reader.at))
            continue
        if not current.words:
            current.line = reader.line
        current.offsets.append(reader.at)
        current.words.append(reader.word())
    if current.words or current.redirections:
        yield current


def _brackets(inside: tuple[int, ...], operator: str, at: int) -> tuple[int, ...]:
    if operator == "(":
        return (*inside, at)[-NESTING_LIMIT:]
    return inside[:-1] if operator == ")" else inside


def _read_bodies(reader: _Reader, pending: list[tuple[Command, str, bool]]) -> None:
    for command, delimiter, is_quoted in pending:
        body = reader.body(delimiter)
        command.heredoc = (Piece(Kind.TEXT, body, True),) if is_quoted else _Reader(body).double_quoted_all()
    pending.clear()


def _plain(word: Word) -> str:
    return "".join(piece.text for piece in word)


class _Reader:
    """Walks the text of a script once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 0

    def skip_blanks(self) -> bool:
        """Pass spaces, continued lines and comments; False at the end."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if self.text.startswith("\\\n", self.at):
                self.at += 2
                self.line += 1
            elif char in " \t\r":
                self.at += 1
            elif char == "#":
                end = self.text.find("\n", self.at)
                self.at = end if end >= 0 else len(self.text)
            else:
                return True
        return False

    def redirection(self) -> str:
        """The redirection that begins here, with or without a number in front; empty: none."""
        start = self.at
        while start < len(self.text) and self.text[start].isdigit():
            start += 1
        found = next((sign for sign in _REDIRECTIONS if self.text.startswith(sign, start)), "")
        if found:
            self.at = start + len(found)
        return found

    def operator(self) -> str:
        """The operator that begins here; empty: none."""
        found = next((sign for sign in _OPERATORS if self.text.startswith(sign, self.at)), "")
        self.at += len(found)
        self.line += found == "\n"
        return found

    def skip_spaces_and_word(self) -> Word:
        """The word behind a redirection."""
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
        return self.word()

    def word(self) -> Word:
        """The word that begins here."""
        pieces: list[Piece] = []
        while self.at < len(self.text) and self.text[self.at] not in " \t\r\n;|&()<>":
            char = self.text[self.at]
            if char == "'":
                pieces.append(Piece(Kind.TEXT, self._until("'"), True))
            elif char == '"':
                pieces += self._double_quoted()
            elif char == "\\":
                self._escaped(pieces)
            elif char in "$`":
                pieces.append(self._expansion(is_quoted=False))
            else:
                pieces.append(Piece(Kind.TEXT, char, False))
                self.at += 1
        return tuple(_merged(pieces))

    def double_quoted_all(self) -> Word:
        """The whole text as the inside of double quotes."""
        return tuple(_merged(self._inside(end="")))

    def body(self, delimiter: str) -> str:
        """The lines up to the one that is the delimiter."""
        lines: list[str] = []
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            end = end if end >= 0 else len(self.text)
            line = self.text[self.at : end]
            self.at = end + 1
            self.line += 1
            if line.strip("\t ") == delimiter:
                break
            lines.append(line)
        return "\n".join(lines)

    def _escaped(self, pieces: list[Piece]) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if following == "\n":
            self.line += 1
        else:
            pieces.append(Piece(Kind.TEXT, following, True))

    def _until(self, quote: str) -> str:
        end = self.text.find(quote, self.at + 1)
        end = end if end >= 0 else len(self.text)
        found = self.text[self.at + 1 : end]
        self.line += found.count("\n")
        self.at = end + 1
        return found

    def _double_quoted(self) -> list[Piece]:
        self.at += 1
        found = self._inside(end='"')
        return found or [Piece(Kind.TEXT, "", True)]

    def _inside(self, end: str) -> list[Piece]:
        pieces: list[Piece] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == end:
                self.at += 1
                break
            if char in "$`":
                pieces.append(self._expansion(is_quoted=True))
                continue
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\", "\n"):
                self.at += 1
                char = self.text[self.at]
                self.line += char == "\n"
                char = "" if char == "\n" else char
            else:
                self.line += char == "\n"
            pieces.append(Piece(Kind.TEXT, char, True))
            self.at += 1
        return pieces

    def _expansion(self, *, is_quoted: bool) -> Piece:
        text, at = self.text, self.at
        if text[at] == "`":
            return Piece(Kind.COMMAND, self._until("`"), is_quoted)
        if text.startswith("$(", at):
            return Piece(Kind.COMMAND, self._balanced("(", ")"), is_quoted)
        if text.startswith("${", at):
            return Piece(Kind.PARAMETER, self._balanced("{", "}"), is_quoted)
        end = at + 1
        while end < len(text) and text[end] in _NAME:
            end += 1
        if end == at + 1 and text[end : end + 1] in ("@", "*", "#", "?", "$", "!", "-"):
            end += 1
        self.at = end
        name = text[at + 1 : end]
        return Piece(Kind.PARAMETER, name, is_quoted) if name else Piece(Kind.TEXT, "$", is_quoted)

    def _balanced(self, opening: str, closing: str) -> str:
        """What stands between the brackets that begin at the next character, quotes respected."""
        start = at = self.at + 2
        depth, quote = 1, ""
        while at < len(self.text):
            char = self.text[at]
            if char == "\\":
                at += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "\"'" and opening == "(":
                quote = char
            else:
                depth += (char == opening) - (char == closing)
            if depth == 0:
                break
            at += 1
        found = self.text[start:at]
        self.line += found.count("\n")
        self.at = at + 1
        return found


def _merged(pieces: list[Piece]) -> Iterator[Piece]:
    """Neighbouring texts as one."""
    run: list[Piece] = []
    for piece in pieces:
        if run and (piece.kind is not Kind.TEXT or run[0].is_quoted is not piece.is_quoted):
            yield Piece(Kind.TEXT, "".join(one.text for one in run), run[0].is_quoted)
            run = []
        if piece.kind is Kind.TEXT:
            run.append(piece)
        else:
            yield piece
    if run:
        yield Piece(Kind.TEXT, "".join(one.text for one in run), run[0].is_quoted)
