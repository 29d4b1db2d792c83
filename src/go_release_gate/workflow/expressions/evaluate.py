"""Expressions evaluated against contexts; what the text alone does not tell is Unknown, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from go_release_gate.shell.unknown import Holes, Unknown
from go_release_gate.workflow.expressions.functions import FUNCTIONS
from go_release_gate.workflow.expressions.syntax import (
    Access,
    Call,
    Expression,
    InvalidExpressionError,
    Literal,
    Name,
    Operation,
    parse,
)
from go_release_gate.workflow.expressions.values import Record, Value, equal, is_unknown, less, number, text, truth

Contexts = Mapping[str, Value]

_COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": less,
    ">": lambda left, right: less(right, left),
    "<=": lambda left, right: less(left, right) or equal(left, right),
    ">=": lambda left, right: less(right, left) or equal(left, right),
}
# What a job that has come so far knows of those before it: they succeeded.
_STATUS = {"success": True, "always": True, "failure": False, "cancelled": False}


class Evaluator:
    """Evaluates against `contexts` (github, env, …); `holes` is shared by all texts of one evaluation."""

    def __init__(self, contexts: Contexts, holes: Holes) -> None:
        self.contexts = contexts
        self.holes = holes

    def value(self, source: str) -> Value:
        """The value of an expression's text."""
        try:
            return self._value(parse(source))
        except InvalidExpressionError as error:
            return Unknown(f"`{_short(source)}` is no expression: {error}")

    def is_true(self, source: str) -> bool | Unknown:
        """Whether a condition (`if:`, with or without `${{ }}`) holds."""
        body = source.strip()
        if body.startswith("${{") and body.endswith("}}") and body.count("${{") == 1:
            body = body[3:-2]
        elif "${{" in body:
            filled = self.fill(body)
            return Unknown(self.holes.reason(filled)) if is_unknown(filled) else truth(filled)
        try:
            return self._truth(parse(body))
        except InvalidExpressionError as error:
            return Unknown(f"`{_short(body)}` is no expression: {error}")

    def fill(self, template: str) -> str:
        """A text with each `${{ … }}` evaluated; an unknown one becomes a hole."""
        return "".join(piece for piece, _ in self.parts(template))

    def parts(self, template: str) -> list[tuple[str, bool]]:
        """The filled text in pieces: (text, whether it came from an expression)."""
        found: list[tuple[str, bool]] = []
        at = 0
        while (start := template.find("${{", at)) >= 0:
            end = _end_of(template, start + 3)
            if end < 0:
                break
            found.append((template[at:start], False))
            found.append((self._piece(template[start + 3 : end]), True))
            at = end + 2
        found.append((template[at:], False))
        return found

    def _piece(self, source: str) -> str:
        value = self.value(source)
        if isinstance(value, Unknown):
            return self.holes.mark(value.reason, f"${{{{ {source.strip()} }}}}")
        return text(value)

    def _value(self, node: Expression) -> Value:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Name):
            return self._context(node.name)
        if isinstance(node, Access):
            return self._access(node)
        if isinstance(node, Call):
            return self._call(node)
        return self._operation(node)

    def _context(self, name: str) -> Value:
        if name in self.contexts:
            return self.contexts[name]
        return Unknown(f"the context `{name}` is only known while the workflow runs")

    def _access(self, node: Access) -> Value:
        of = self._value(node.of)
        key = self._value(node.key) if node.key is not None else None
        if isinstance(of, Unknown):
            return of
        if isinstance(key, Unknown):
            return key
        if node.key is None:
            return _all_of(of)
        if isinstance(of, Record):
            return of.get(key) if isinstance(key, str) else None
        if isinstance(of, list):
            return _entry(of, key)
        return None

    def _call(self, node: Call) -> Value:
        if node.function in _STATUS:
            return _STATUS[node.function]
        function = FUNCTIONS.get(node.function)
        if function is None:
            return Unknown(f"`{node.function}()` is only known while the workflow runs")
        return function([self._value(argument) for argument in node.arguments])

    def _operation(self, node: Operation) -> Value:
        if node.operator == "!":
            found = self._truth(node.operands[0])
            return found if isinstance(found, Unknown) else not found
        left = self._value(node.operands[0])
        if node.operator in ("&&", "||"):
            if is_unknown(left):
                return self._as_unknown(left)
            return left if truth(left) is (node.operator == "||") else self._value(node.operands[1])
        right = self._value(node.operands[1])
        for side in (left, right):
            if is_unknown(side):
                return self._as_unknown(side)
        return _COMPARISONS[node.operator](left, right)

    def _truth(self, node: Expression) -> bool | Unknown:
        """Truth alone is known more often than the value: `unknown && false` is false."""
        if isinstance(node, Operation) and node.operator in ("&&", "||"):
            decisive = node.operator == "||"
            left, right = (self._truth(side) for side in node.operands)
            if decisive in (left, right):
                return decisive
            return left if isinstance(left, Unknown) else right
        value = self._value(node)
        return self._as_unknown(value) if is_unknown(value) else truth(value)

    def _as_unknown(self, value: Value) -> Unknown:
        return value if isinstance(value, Unknown) else Unknown(self.holes.reason(str(value)))


def _end_of(template: str, at: int) -> int:
    """Where the expression that begins at `at` ends: the first `}}` outside quotes; -1: nowhere."""
    is_quoted = False
    while at < len(template):
        char = template[at]
        if char == "'":
            is_quoted = not is_quoted
        elif not is_quoted and template.startswith("}}", at):
            return at
        at += 1
    return -1


def _all_of(value: Value) -> Value:
    if isinstance(value, Record):
        return Unknown(value.reason) if value.reason else list(value.known.values())
    return value if isinstance(value, list) else None


def _entry(items: list[Value], key: Value) -> Value:
    if isinstance(key, str):  # `items.*.name`: the property of each
        found = [item.get(key) for item in items if isinstance(item, Record)]
        return next((item for item in found if isinstance(item, Unknown)), found)
    index = number(key)
    return items[int(index)] if index.is_integer() and 0 <= index < len(items) else None


def _short(source: str) -> str:
    body = source.strip()
    return body if len(body) <= 60 else f"{body[:59]}…"
