"""Expressions as trees: a tokenizer and a parser.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions. Text in single quotes, a quote doubled
in it; numbers as in JSON or hexadecimal; `!`, comparisons, `&&`, `||` in this order of binding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

LENGTH_LIMIT = 21_000  # characters, GitHub's own limit
DEPTH_LIMIT = 50  # GitHub's own limit

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
    |(?P<number>[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?))
    |(?P<name>[A-Za-z_][A-Za-z0-9_-]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[<>!()\[\],.*])
    )""",
    re.VERBOSE,
)
_WORDS: dict[str, bool | float | None] = {
    "true": True,
    "false": False,
    "null": None,
    "nan": float("nan"),
    "infinity": float("inf"),
}
_BINDING = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}


class InvalidExpressionError(ValueError):
    """A text that is no expression."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: str | bool | float | None


@dataclass(frozen=True, slots=True)
class Name:
    """A context: `github`, `env`, …"""

    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """A property or entry; `key` None: all of them (`.*`)."""

    of: Expression
    key: Expression | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in lower case."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`!` with one operand, any other operator with two."""

    operator: str
    operands: tuple[Expression, ...]


Expression = Literal | Name | Access | Call | Operation


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The expression in `text` (without `${{` and `}}`).

    Raises:
        InvalidExpressionError: it is none, or one beyond GitHub's limits.
    """
    if len(text) > LENGTH_LIMIT:
        raise InvalidExpressionError(f"an expression of more than {LENGTH_LIMIT} characters")
    reader = _Reader(_tokens(text))
    found = reader.expression(0, 0)
    if reader.at < len(reader.tokens):
        raise InvalidExpressionError(f"unexpected {reader.tokens[reader.at][1]!r}")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match or not match.lastgroup:
            raise InvalidExpressionError(f"unexpected {text[at:].lstrip()[:1]!r}")
        kind = match.lastgroup
        found.append((kind, match[kind]))
        at = match.end()
    return found


class _Reader:
    """Walks the tokens once; nested no deeper than the limit."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> str:
        """The sign that comes next, empty for anything else."""
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return text if kind == "sign" else ""

    def take(self, sign: str) -> bool:
        is_next = self.peek() == sign
        self.at += is_next
        return is_next

    def demand(self, sign: str) -> None:
        if not self.take(sign):
            raise InvalidExpressionError(f"{sign!r} is missing")

    def expression(self, binding: int, depth: int) -> Expression:
        if depth > DEPTH_LIMIT:
            raise InvalidExpressionError(f"nested deeper than {DEPTH_LIMIT} levels")
        left = self.unary(depth)
        steps = 0
        while (operator := self.peek()) in _BINDING and _BINDING[operator] > binding:
            steps += 1
            if depth + steps > 4 * DEPTH_LIMIT:
                raise InvalidExpressionError("too many operators in one row")
            self.at += 1
            right = self.expression(_BINDING[operator], depth + 1)
            left = Operation(operator, (left, right))
        return left

    def unary(self, depth: int) -> Expression:
        if depth > DEPTH_LIMIT:
            raise InvalidExpressionError(f"nested deeper than {DEPTH_LIMIT} levels")
        if self.take("!"):
            return Operation("!", (self.unary(depth + 1),))
        return self.postfix(self.primary(depth), depth)

    def primary(self, depth: int) -> Expression:
        if self.take("("):
            inner = self.expression(0, depth + 1)
            self.demand(")")
            return inner
        if self.at >= len(self.tokens):
            raise InvalidExpressionError("the expression ends early")
        kind, text = self.tokens[self.at]
        if kind == "sign":
            raise InvalidExpressionError(f"unexpected {text!r}")
        self.at += 1
        if kind == "text":
            return Literal(text[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(_number(text))
        if self.take("("):
            return Call(text.lower(), self.arguments(depth))
        return Literal(_WORDS[text.lower()]) if text.lower() in _WORDS else Name(text.lower())

    def arguments(self, depth: int) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while not self.take(")"):
            if found:
                self.demand(",")
            found.append(self.expression(0, depth + 1))
        return tuple(found)

    def postfix(self, node: Expression, depth: int) -> Expression:
        steps = 0
        while self.peek() in (".", "["):
            steps += 1
            if depth + steps > DEPTH_LIMIT:
                raise InvalidExpressionError(f"nested deeper than {DEPTH_LIMIT} levels")
            node = Access(node, self.member() if self.take(".") else self.index(depth))
        return node

    def member(self) -> Expression | None:
        if self.take("*"):
            return None
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind != "name":
            raise InvalidExpressionError("a name is missing behind the dot")
        self.at += 1
        return Literal(text)

    def index(self, depth: int) -> Expression | None:
        self.demand("[")
        if self.take("*"):
            self.demand("]")
            return None
        key = self.expression(0, depth + 1)
        self.demand("]")
        return key


def _number(text: str) -> float:
    body = text.lstrip("+-").lower()
    value = float(int(body, 0)) if body.startswith(("0x", "0o")) and len(body) < 200 else 0.0
    if not body.startswith(("0x", "0o")):
        value = float(body)
    return -value if text.startswith("-") else value
