"""Docker's words: quotes, escapes and `$NAME`, `${NAME…}` as BuildKit puts them in place.

It is not the shell's way in every point: https://docs.docker.com/reference/dockerfile/#environment-replacement and
https://github.com/moby/buildkit/blob/v0.26.3/frontend/dockerfile/shell/lex.go
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from go_release_gate.dockerfile.lines import SPACES
from go_release_gate.dockerfile.wildcards import replaced, trimmed
from go_release_gate.shell.unknown import has_hole

DEPTH_LIMIT = 40  # `${A:-${B:-…}}` within one another
SIZE_LIMIT = 64 << 10  # characters of an expanded word

_SPECIAL = frozenset("@*#?-$!0")


class SubstitutionError(ValueError):
    """A word that Docker refuses; the message is the end of a sentence."""


# What a variable holds: its value, and whether it is set. An unknown value is a hole.
Lookup = Callable[[str], tuple[str, bool]]


def nothing(_name: str) -> tuple[str, bool]:
    """The lookup where no variable is set."""
    return "", False


@dataclass(slots=True)
class Words:
    """One word or line being read.

    Attributes:
        lookup: what a variable holds.
        escape: the escape character.
        keeps_quotes, keeps_escapes: whether they stay in the answer.
        keeps_unset: whether `$NAME` stays where NAME is not set.
        ignores_quotes: whether quotes mean nothing (bodies of here-documents).
    """

    text: str
    lookup: Lookup = nothing
    escape: str = "\\"
    keeps_quotes: bool = False
    keeps_escapes: bool = False
    keeps_unset: bool = False
    ignores_quotes: bool = False
    at: int = 0
    _buffer: list[str] = field(default_factory=list)
    _depth: int = 0
    _spent: int = 0

    def word(self) -> str:
        """The whole text as one word (SubstitutionError)."""
        return self._until("", keeps_escapes=self.keeps_escapes)[0]

    def words(self) -> list[str]:
        """The text cut at white space once expanded (SubstitutionError)."""
        return self._until("", keeps_escapes=self.keeps_escapes)[1]

    def _until(self, stop: str, *, keeps_escapes: bool) -> tuple[str, list[str]]:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise SubstitutionError("it has too many substitutions within one another")
        before, self.keeps_escapes = self.keeps_escapes, keeps_escapes
        result: list[str] = []
        cut = _Cut(self._buffer)  # shared with the word around it, as BuildKit's is
        self._buffer.clear()
        while char := self._peek():
            if char == stop:
                self.at += 1
                break
            self._step(char, result, cut)
        else:
            if stop:
                raise SubstitutionError(f"`{stop}` is missing")
        self._depth -= 1
        self.keeps_escapes = before
        return "".join(result), cut.finished()

    def _step(self, char: str, result: list[str], cut: _Cut) -> None:
        """One character, or what begins with it."""
        if char == "$":
            value = self._dollar()
            result.append(value)
            cut.add(value)
        elif char == "<" or (char in "'\"" and not self.ignores_quotes):
            value = {"<": self._heredoc, "'": self._single, '"': self._double}[char]()
            result.append(value)
            cut.add_raw(value)
        elif char == self.escape:
            self.at += 1
            escaped = (char if self.keeps_escapes else "") + self._next()
            result.append(escaped)
            cut.add_raw(escaped, is_word=bool(escaped))
        else:
            self.at += 1
            result.append(char)
            cut.add(char)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        char = self._peek()
        self.at += 1
        return char

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise SubstitutionError("a single quote is not closed")
        found = self.text[self.at + 1 : end]
        self.at = end + 1
        return f"'{found}'" if self.keeps_quotes else found

    def _double(self) -> str:
        quote = '"' if self.keeps_quotes else ""
        self.at += 1
        parts = [quote]
        while char := self._peek():
            if char == "$":
                parts.append(self._dollar())
                continue
            self.at += 1
            if char == '"':
                return "".join([*parts, quote])
            if char == self.escape:
                parts.append(self._escaped_in_quotes())
            else:
                parts.append(char)
        raise SubstitutionError("a double quote is not closed")

    def _escaped_in_quotes(self) -> str:
        kept = self.escape if self.keeps_escapes else ""
        following = self._peek()
        if not following:
            return kept
        if following in ('"', "$", self.escape):
            self.at += 1
            return kept + following
        return kept + self.escape

    def _heredoc(self) -> str:
        """`<<` and the white space behind it belong to the word."""
        self.at += 1
        if self._peek() != "<":
            return "<"
        self.at += 1
        start = self.at
        while self._peek() and self._peek() in "\t\r ":
            self.at += 1
        return "<<" + self.text[start : self.at]

    def _dollar(self) -> str:
        self.at += 1
        if self._peek() == "{":
            self.at += 1
            return self._braced()
        name = self._name()
        if not name:
            return "$"
        value, is_set = self._get(name)
        return f"${name}" if self.keeps_unset and not is_set else value

    def _get(self, name: str) -> tuple[str, bool]:
        value, is_set = self.lookup(name)
        self._spent += len(value)
        if self._spent > SIZE_LIMIT:
            raise SubstitutionError(f"it becomes longer than {SIZE_LIMIT:,} characters")
        return value, is_set

    def _name(self) -> str:
        start = self.at
        first = self._peek()
        if first.isdecimal():
            while self._peek().isdecimal():
                self.at += 1
        elif first and first in _SPECIAL:
            self.at += 1
        else:
            while (char := self._peek()) and (char == "_" or char.isalpha() or char.isdecimal()):
                self.at += 1
        return self.text[start : self.at]

    def _braced(self) -> str:
        if not self._peek():
            raise SubstitutionError("`}` is missing")
        if self._peek() in "{}:":
            raise SubstitutionError("it has a bad substitution")
        name = self._name()
        sign = self._next()
        if sign == "}":
            value, is_set = self._get(name)
            return f"${{{name}}}" if self.keeps_unset and not is_set else value
        if sign == "/":
            return self._replacement(name)
        colon = ":" if sign == ":" else ""
        sign = self._next() if colon else sign
        if not sign or sign not in ("-+?" if colon else "-+?#%"):
            raise SubstitutionError(f"the modifier `{colon}{sign}` is not supported")
        word, _ = self._until("}", keeps_escapes=sign in "#%")
        value, is_set = self._get(name)
        if self.keeps_unset and not is_set:
            return f"${{{name}{colon}{sign}{word}}}"
        return self._modified(name, sign, word, (value, is_set and not (colon and not value)))

    def _modified(self, name: str, sign: str, word: str, found: tuple[str, bool]) -> str:
        value, counts = found
        if sign == "-":
            return value if counts else word
        if sign == "+":
            return self._if_set(value, word) if counts else ""
        if sign == "?":
            if not counts:
                raise SubstitutionError(f"`{name}` {word or 'must not be unset'}")
            return value
        if has_hole(value + word):
            return value if has_hole(value) else word
        changed = trimmed(value, word.removeprefix(sign), is_prefix=sign == "#", is_longest=word.startswith(sign))
        if changed is None:
            raise SubstitutionError("its pattern is not read")
        return changed

    @staticmethod
    def _if_set(value: str, word: str) -> str:
        """`${NAME:+word}`: an unknown value may as well be empty."""
        return value if has_hole(value) else word

    def _replacement(self, name: str) -> str:
        is_all = self._peek() == "/"
        self.at += is_all
        pattern, _ = self._until("/", keeps_escapes=True)
        replacement, _ = self._until("}", keeps_escapes=True)
        value, is_set = self._get(name)
        if self.keeps_unset and not is_set:
            return f"${{{name}/{pattern}/{replacement}}}"
        if has_hole(value + pattern):
            return value if has_hole(value) else pattern
        changed = replaced(value, pattern, replacement, is_all=is_all)
        if changed is None:
            raise SubstitutionError("its pattern is not read")
        return changed


@dataclass(slots=True)
class _Cut:
    """Words being cut at white space."""

    buffer: list[str]
    found: list[str] = field(default_factory=list)
    is_inside: bool = False

    def add(self, text: str) -> None:
        """Text that white space cuts."""
        for char in text:
            if char not in SPACES:
                self.buffer.append(char)
                self.is_inside = True
            elif self.is_inside and "".join(self.buffer):
                self.found.append("".join(self.buffer))
                self.buffer.clear()
                self.is_inside = False

    def add_raw(self, text: str, *, is_word: bool = True) -> None:
        """Text that nothing cuts."""
        self.buffer.append(text)
        self.is_inside = self.is_inside or is_word

    def finished(self) -> list[str]:
        """Every word, the last one too."""
        if "".join(self.buffer):
            self.found.append("".join(self.buffer))
            self.buffer.clear()
            self.is_inside = False
        return self.found
