"""The lines, blocks, tokens and comments that go.mod and go.work have in common.

Grammar: https://go.dev/ref/mod#go-mod-file-lexical. Nothing but an (invalid) string can span lines, so each line is
lexed on its own; a line of plain words, which nearly all are, is split without looking at single characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

GO_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's unicode.IsSpace calls white space (Python's str.strip also takes U+001C to U+001F)."""

_ODD = re.compile(r"[^\t\n\r -~]|[\"`()\[\]{},]|/\*")  # a line without any of these is plain words
_PUNCTUATION = frozenset("()[]{},")
_WORD_END = re.compile(r"[ \t\r()\[\]{},]|//|/\*")
_SURROGATE = re.compile("[\udc80-\udcff]")


class SyntaxProblemError(ValueError):
    """A file Go would refuse: `message` in our words, `line` and `column` from 1."""

    def __init__(self, message: str, line: int, column: int = 1) -> None:
        super().__init__(f"line {line}: {message}")
        self.message = message
        self.line = line
        self.column = column


@dataclass(slots=True)
class Block:
    """`verb ( … )`; `head` is every token before the parenthesis (Go knows only heads of one token)."""

    head: list[str]
    line: int
    comments: list[str]
    statements: list[Statement] = field(default_factory=list)
    _text: str | None = None

    def comment_text(self) -> str:
        """The comments above the block, without slashes; joined once, however many lines ask."""
        if self._text is None:
            self._text = _plain(self.comments)
        return self._text


@dataclass(slots=True)
class Statement:
    """One directive line; that of a block has the block's verb."""

    verb: str
    args: list[str]
    line: int
    suffix: str  # the comment at its end, with the slashes; empty: none
    before: list[str]  # comments above it, with the slashes; "" is a blank line within a block
    block: Block | None = None

    def comment_text(self) -> str:
        """The comments that speak about this line, without slashes: its own, else its block's."""
        if self.block is not None and not self.before and not self.suffix:
            return self.block.comment_text()
        return _plain([*self.before, self.suffix])


def _plain(comments: list[str]) -> str:
    return "\n".join(text[2:].strip(GO_SPACE) for text in comments if text)


def decode(data: bytes) -> str:
    """The text of a module file; each byte that is not UTF-8 becomes one U+FFFD, as Go reads it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _SURROGATE.sub("\ufffd", data.decode("utf-8", "surrogateescape"))


def parse(text: str) -> list[Statement | Block]:
    """The statements and blocks of a file in order. Raises SyntaxProblemError at the first fault."""
    found: list[Statement | Block] = []
    comments: list[str] = []  # directly above the line being read
    block: Block | None = None
    for line, tokens, comment in _lines(text):
        if not tokens:
            comments = _with_comment(comments, comment, block)
            continue
        if block is None:
            block = _open(tokens, line, comments)
            if block is None:
                found.append(Statement(tokens[0], tokens[1:], line, comment, comments))
            else:
                found.append(block)
                block = None if tokens[-1] == ")" else block
        elif tokens[0] == ")":
            _close(tokens, line)
            block = None
        else:
            block.statements.append(Statement(block.head[0], tokens, line, comment, comments, block))
        comments = []
    if block is not None:
        last = text.count("\n") + 1
        raise SyntaxProblemError(f"the block that starts on line {block.line} is never closed", last)
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Number, tokens and comment (with its slashes) of each line."""
    odd_text = _ODD.search(text) is not None
    for number, raw in enumerate(text.split("\n"), 1):
        code, slashes, comment = raw.partition("//")
        if odd_text and _ODD.search(code):
            yield (number, *_lex(raw, number))
        else:
            yield number, code.split(), slashes + comment


def _with_comment(above: list[str], comment: str, block: Block | None) -> list[str]:
    """The comments above the next line, after one more line without tokens.

    A blank line parts comments from what follows. Within a block it is kept as "", except at its beginning: Go takes
    it for a comment of the line, so that the block's own comments do not speak for that line.
    """
    if block is None and not comment:
        return []
    if comment or (block and (above[-1] if above else block.statements)):
        above.append(comment)
    return above


def _open(tokens: list[str], line: int, comments: list[str]) -> Block | None:
    """The block that a line begins (or, empty, holds altogether), None when it is a statement."""
    if tokens[-1] == "(" and len(tokens) > 1:
        return Block(tokens[:-1], line, comments)
    if tokens[-2:] == ["(", ")"] and len(tokens) > 2:
        return Block(tokens[:-2], line, comments)
    return None


def _close(tokens: list[str], line: int) -> None:
    if len(tokens) > 1:
        raise SyntaxProblemError("expected a new line after the closing parenthesis", line)


def _lex(text: str, line: int) -> tuple[list[str], str]:
    """Tokens and trailing comment of one line, character by character."""
    tokens: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in " \t\r":
            at += 1
            continue
        if text.startswith("//", at):
            return tokens, text[at:]
        if char in _PUNCTUATION:
            end = at + 1
        elif char in '"`':
            end = _string_end(text, at, line)
        else:
            end = _word_end(text, at, line)
        tokens.append(text[at:end])
        at = end
    return tokens, ""


def _string_end(text: str, start: int, line: int) -> int:
    quote = text[start]
    at = start + 1
    while at < len(text):
        if text[at] == quote:
            return at + 1
        at += 2 if text[at] == "\\" and quote == '"' else 1
    raise SyntaxProblemError("a quoted string must end on its line", line, start + 1)


def _word_end(text: str, start: int, line: int) -> int:
    found = _WORD_END.search(text, start)
    end = found.start() if found else len(text)
    for column, char in enumerate(text[start:end], start + 1):
        if not char.isprintable():
            raise SyntaxProblemError(f"unexpected character {char!a}", line, column)
    if found and found[0] == "/*":
        raise SyntaxProblemError("only // comments are allowed, not /* */", line, end + 1)
    return end
