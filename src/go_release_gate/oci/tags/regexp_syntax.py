"""The grammar of JavaScript's regular expressions, read term by term and written for Python's `re`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.oci.tags.regexp_classes import ANY, CLASSES, NEVER, WORD, Inside, complement, written

LINE_ENDS = "\\n\\r\\u2028\\u2029"
CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
SYNTAX = frozenset("^$\\.*+?()[]{}|/")

_BRACES = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}", re.ASCII)
_NAME = re.compile(r"<([^\W\d][\w$]*|\$[\w$]*)>")
_MODIFIERS = re.compile(r"([ims]*)(?:-([ims]*))?:")
_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)|\(\?<(?![=!])", re.DOTALL)


class PatternError(ValueError):
    """What JavaScript says about a pattern that it refuses."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The pattern for `re`, and which of its groups are the groups of the source, in order."""

    text: str
    numbers: tuple[int, ...]


def translate(source: str, flags: str) -> Translation:
    """Raises PatternError."""
    reader = _Reader(source, flags)
    text = reader.disjunction(flags)
    if not reader.is_done:
        raise PatternError("Unmatched ')'")
    return Translation(text, tuple(range(1, reader.groups + 1)))


class _Reader:
    """Reads `source` from front to back; the flags `m` and `s` are given down, groups may change them."""

    def __init__(self, source: str, flags: str) -> None:
        self._source = source
        self._at = 0
        self._unicode = "u" in flags or "v" in flags
        self._sets = "v" in flags
        self.groups = 0
        opens = [found for found in _GROUP.findall(source) if found.startswith("(")]
        self._total = len(opens)
        self._has_names = "(?<" in opens
        self._names: dict[str, int] = {}
        self._closed: set[int] = set()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._source)

    def disjunction(self, flags: str) -> str:
        """Alternatives up to a `)` or the end."""
        parts = [""]
        while not self.is_done and self._source[self._at] != ")":
            if self._taken("|"):
                parts.append("")
                continue
            parts[-1] += self._term(flags)
        return "|".join(parts)

    def _taken(self, text: str) -> bool:
        found = self._source.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _next(self) -> str:
        char = self._source[self._at : self._at + 1]
        self._at += 1
        return char

    def _term(self, flags: str) -> str:
        atom, may_repeat = self._atom(flags)
        quantifier = self._quantifier()
        if not quantifier:
            return atom
        if not may_repeat:
            raise PatternError("Nothing to repeat")
        return f"(?:{atom}){quantifier}"

    def _quantifier(self) -> str:
        if self._at < len(self._source) and self._source[self._at] in "*+?":
            found = self._next()
        elif braces := _BRACES.match(self._source, self._at):
            self._at = braces.end()
            low, comma, high = int(braces[1]), braces[2], braces[3]
            if high and int(high) < low:
                raise PatternError("numbers out of order in {} quantifier")
            found = f"{{{low}{comma or ''}{high or ''}}}"
        else:
            return ""
        return found + ("?" if self._taken("?") else "")

    def _atom(self, flags: str) -> tuple[str, bool]:
        """One atom or assertion, and whether a quantifier may follow it."""
        at, char = self._at, self._next()
        if char in "^$":
            return self._edge(char, flags), False
        if char == ".":
            return (ANY if "s" in flags else f"[^{LINE_ENDS}]"), True
        if char == "(":
            return self._group(flags)
        if char == "[":
            return self._class(), True
        if char == "\\":
            return self._escape()
        if char in "*+?" or (char == "{" and _BRACES.match(self._source, at)):
            raise PatternError("Nothing to repeat")
        if self._unicode and char in "{}]":
            raise PatternError("Lone quantifier brackets")
        return re.escape(char), True

    def _edge(self, char: str, flags: str) -> str:
        if "m" not in flags:
            return "\\A" if char == "^" else "\\Z"
        return f"(?:\\A|(?<=[{LINE_ENDS}]))" if char == "^" else f"(?=[{LINE_ENDS}]|\\Z)"

    def _group(self, flags: str) -> tuple[str, bool]:
        if not self._taken("?"):
            return self._capture(flags), True
        for sign in ("=", "!"):
            if self._taken(sign):
                return self._closed_by(f"(?{sign}{self.disjunction(flags)}"), not self._unicode
        for sign, joint in (("<=", "|"), ("<!", "")):
            if self._taken(sign):
                return self._look_behind(f"(?{sign}", joint, flags), False
        if self._source.startswith("<", self._at):
            return self._named(flags), True
        return self._modified(flags), True

    def _closed_by(self, text: str) -> str:
        if not self._taken(")"):
            raise PatternError("Unterminated group")
        return text + ")"

    def _look_behind(self, opening: str, joint: str, flags: str) -> str:
        """Each alternative on its own: they may differ in width, and Python wants a width that is known."""
        parts = [""]
        while not self.is_done and self._source[self._at] != ")":
            if self._taken("|"):
                parts.append("")
                continue
            parts[-1] += self._term(flags)
        self._closed_by("")
        return f"(?:{joint.join(f'{opening}{part})' for part in parts)})"

    def _named(self, flags: str) -> str:
        name = _NAME.match(self._source, self._at)
        if name is None:
            raise PatternError("Invalid capture group name")
        if name[1] in self._names:
            raise PatternError("Duplicate capture group name")
        self._at = name.end()
        self._names[name[1]] = self.groups + 1
        return self._capture(flags)

    def _capture(self, flags: str) -> str:
        self.groups += 1
        number = self.groups
        text = self._closed_by(f"({self.disjunction(flags)}")
        self._closed.add(number)
        return text

    def _modified(self, flags: str) -> str:
        found = _MODIFIERS.match(self._source, self._at)
        added, removed = (found[1], found[2] or "") if found else ("", "")
        letters = added + removed
        if found is None or len(set(letters)) != len(letters) or found[0] == "-:":
            raise PatternError("Invalid group")
        self._at = found.end()
        inner = self.disjunction("".join(sorted((set(flags) | set(added)) - set(removed))))
        sign = "i" if "i" in added else "-i" if "i" in removed else ""
        return self._closed_by(f"(?{sign}:{inner}")

    def _escape(self) -> tuple[str, bool]:
        char = self._next()
        if not char:
            raise PatternError("\\ at end of pattern")
        if char in "bB":
            edge = f"(?:(?<=[{WORD}])(?![{WORD}])|(?<![{WORD}])(?=[{WORD}]))"
            return (edge if char == "b" else f"(?!{edge})"), False
        if char.lower() in CLASSES:
            return f"[{'^' if char.isupper() else ''}{Inside(CLASSES[char.lower()])}]", True
        if char == "k" and (self._has_names or self._unicode):
            return self._name_reference(), True
        if char in "123456789":
            return self._reference(char), True
        return re.escape(self._character(char)), True

    def _name_reference(self) -> str:
        name = _NAME.match(self._source, self._at)
        if name is None:
            raise PatternError("Invalid named reference")
        if f"(?<{name[1]}>" not in self._source:
            raise PatternError("Invalid named capture referenced")
        self._at = name.end()
        return self._group_text(self._names.get(name[1], 0))

    def _reference(self, digit: str) -> str:
        """A group by its number; where there is no such group, an octal character or the digit itself."""
        digits = re.compile("[0-9]*", re.ASCII).match(self._source, self._at)
        number = digit + (digits[0] if digits else "")
        if int(number) <= self._total:
            self._at += len(number) - 1
            return self._group_text(int(number))
        if self._unicode:
            raise PatternError("Invalid escape")
        return re.escape(self._character(digit))

    def _group_text(self, number: int) -> str:
        """What a group matched; of one that took no part, or is not closed yet, the empty text."""
        return f"(?:(?({number})\\{number}|))" if number in self._closed else "(?:)"

    def _character(self, char: str) -> str:
        """The character that an escape stands for, its first letter already read."""
        if char in CONTROLS:
            return CONTROLS[char]
        if char == "c":
            return self._control()
        if char in "xu":
            return self._code(char)
        if char in "01234567":
            return self._octal(char)
        if self._unicode and char in "pP":
            raise PatternError("Invalid property name (properties are not supported here)")
        if self._unicode and char not in SYNTAX:
            raise PatternError("Invalid escape")
        return char

    def _control(self) -> str:
        letter = self._source[self._at : self._at + 1]
        if letter.isascii() and letter.isalpha():
            self._at += 1
            return chr(ord(letter) % 32)
        if self._unicode:
            raise PatternError("Invalid unicode escape")
        self._at -= 1  # the backslash is a character, the letter is the next one
        return "\\"

    def _code(self, char: str) -> str:
        length = 2 if char == "x" else 4
        braced = re.compile(r"\{([0-9a-fA-F]+)\}").match(self._source, self._at) if char == "u" else None
        if braced and self._unicode and int(braced[1], 16) <= 0x10FFFF:
            self._at = braced.end()
            return chr(int(braced[1], 16))
        digits = self._source[self._at : self._at + length]
        if re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", digits):
            self._at += length
            return chr(int(digits, 16))
        if self._unicode:
            raise PatternError("Invalid Unicode escape" if char == "u" else "Invalid escape")
        return char

    def _octal(self, first: str) -> str:
        found = re.compile("[0-3]?[0-7]{1,2}" if first in "0123" else "[0-7]{1,2}").match(self._source, self._at - 1)
        digits = found[0] if found else first
        if self._unicode and (len(digits) > 1 or first != "0" or self._source[self._at : self._at + 1].isdigit()):
            raise PatternError("Invalid decimal escape")
        self._at += len(digits) - 1
        return chr(int(digits, 8))

    def _class(self) -> str:
        """A class: ranges and classes within; `[]` never matches, `[^]` always does."""
        negated = self._taken("^")
        parts: list[str] = []
        while not self._taken("]"):
            if self.is_done:
                raise PatternError("Unterminated character class")
            parts.append(self._range())
        text = "".join(parts)
        if not text:
            return ANY if negated else NEVER
        return f"[{'^' if negated else ''}{text}]"

    def _range(self) -> str:
        low = self._member()
        if not self._source.startswith("-", self._at) or self._source.startswith("-]", self._at):
            return written(low)
        mark = self._at
        self._at += 1
        if self.is_done:
            self._at = mark
            return written(low)
        high = self._member()
        if isinstance(low, Inside) or isinstance(high, Inside):
            if self._unicode:
                raise PatternError("Invalid character class")
            return written(low) + "\\-" + written(high)
        if ord(low) > ord(high):
            raise PatternError("Range out of order in character class")
        return f"{written(low)}-{written(high)}"

    def _member(self) -> str | Inside:
        char = self._next()
        if char == "[" and self._sets:
            raise PatternError("nested classes are not supported here")
        if char != "\\":
            return char
        char = self._next()
        if not char:
            raise PatternError("\\ at end of pattern")
        if char.lower() in CLASSES:
            ranges = CLASSES[char.lower()]
            return Inside(ranges if char.islower() else complement(ranges))
        if char == "b":
            return "\b"
        if char == "-" or (char in "89k" and not self._unicode):
            return char
        return self._character(char)
