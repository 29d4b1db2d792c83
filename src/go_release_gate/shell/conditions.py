"""Which commands of a script are reached: `if`, loops, `&&` and `||`, with tests of known words evaluated.

Three values: True, False, and None for what only a run can tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from go_release_gate.shell.parameters import glob_matches
from go_release_gate.shell.unknown import has_hole

Truth = bool | None

_LOOPS = frozenset({"for", "while", "until", "case", "select"})
_ENDS = frozenset({"fi", "done", "esac"})
RESERVED = _LOOPS | _ENDS | {"if", "then", "elif", "else"}
_TESTS = {"[": "]", "[[": "]]", "test": ""}
_LENGTH_LIMIT = 512
_SEARCHED = 64  # characters of a text that is searched
# Characters, classes, and no more than four repetitions.
_SIMPLE = re.compile(r"\^?(?:(?:[\w./:@ -]|\[\^?[\w.-]+\])*[*+?]){0,4}(?:[\w./:@ -]|\[\^?[\w.-]+\])*\$?", re.ASCII)


def both(one: Truth, other: Truth) -> Truth:
    """`one && other`."""
    if one is False or other is False:
        return False
    return True if one and other else None


def either(one: Truth, other: Truth) -> Truth:
    """`one || other`."""
    if one or other:
        return True
    return False if one is False and other is False else None


def opposite(one: Truth) -> Truth:
    """`! one`."""
    return None if one is None else not one


@dataclass(slots=True)
class _Block:
    """An `if` or a loop. `condition`: of the branch being read, while `is_asking`; `taken`: an earlier branch was."""

    active: Truth = True
    taken: Truth = False
    condition: Truth = True
    is_asking: bool = False


@dataclass(slots=True)
class Conditions:
    """Where in the script one stands."""

    blocks: list[_Block] = field(default_factory=list)
    _last: Truth = True
    _was_test: bool = False

    @property
    def depth(self) -> int:
        """How many blocks are open."""
        return len(self.blocks)

    def active(self, after: str) -> Truth:
        """Whether a command is reached here; `after`: the operator in front of it."""
        found: Truth = True
        for block in self.blocks:
            found = both(found, block.active)
        if after == "&&" and self._was_test:
            return both(found, self._last)
        if after == "||":
            return both(found, opposite(self._last) if self._was_test else None)
        return found

    def word(self, word: str) -> None:
        """Pass a reserved word."""
        if word == "if":
            self.blocks.append(_Block(is_asking=True))
        elif word in _LOOPS:
            self.blocks.append(_Block(active=None))
        elif word in _ENDS:
            if self.blocks:
                self.blocks.pop()
        elif self.blocks:
            self._branch(self.blocks[-1], word)

    def _branch(self, block: _Block, word: str) -> None:
        if word == "then":
            block.is_asking = False
            block.active = both(opposite(block.taken), block.condition)
        else:
            block.taken = either(block.taken, block.active)
            block.active = opposite(block.taken)
            block.is_asking, block.condition = word == "elif", True

    def passed(self, words: Sequence[str], after: str, *, is_negated: bool) -> None:
        """Pass a command: what its answer says of those behind it."""
        self._was_test = bool(words) and (words[0] in _TESTS or words[-1] == "]]" or words[0] == "grep")
        answer = test_of(words)
        answer = opposite(answer) if is_negated else answer
        block = self.blocks[-1] if self.blocks else None
        if after in ("&&", "||") and self._was_test:
            answer = both(self._last, answer) if after == "&&" else either(self._last, answer)
        self._last = answer
        if block and block.is_asking:
            block.condition = answer


def test_of(words: Sequence[str]) -> Truth:
    """The answer of `[ … ]`, `[[ … ]]` or `test …`; of `true` and `false`; None: it cannot be told."""
    if list(words) in (["true"], [":"]):
        return True
    if not words or words[0] not in _TESTS or any(map(has_hole, words)):
        return False if list(words) == ["false"] else None
    body, closing = list(words[1:]), _TESTS[words[0]]
    if closing:
        if body[-1:] != [closing]:
            return None
        body.pop()
    is_negated = body[:1] == ["!"]
    answer = _compared(body[1:] if is_negated else body, is_glob=words[0] == "[[")
    return opposite(answer) if is_negated else answer


def _compared(body: Sequence[str], *, is_glob: bool) -> Truth:
    match body:
        case ["-n", text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case ["-z"]:
            return True
        case [left, "=" | "==" | "!=" as sign, right] if len(left) + len(right) <= _LENGTH_LIMIT:
            is_equal = glob_matches(right, left) if is_glob and any(char in right for char in "*?") else left == right
            return is_equal is (sign != "!=")
        case [left, "=~", right] if is_glob:
            return _searched(right, left)
        case _:
            return None


def _searched(pattern: str, text: str) -> Truth:
    """`text =~ pattern`, for patterns so simple that they take no time and mean the same here."""
    if len(text) > _SEARCHED or len(pattern) > 2 * _SEARCHED or not _SIMPLE.fullmatch(pattern):
        return None
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return None
