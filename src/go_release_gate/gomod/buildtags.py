"""Build constraints: expressions, legacy lines and file names (https://pkg.go.dev/cmd/go#hdr-Build_constraints).

`go mod tidy` looks at files as if every tag but `ignore` were both set and not set. Each part of an expression is
therefore worth a pair: its value where a set tag helps, and where an unset one does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from go_release_gate.gomod.syntax import GO_SPACE

_OS_NAMES = (  # Go never drops one
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows "
    "zos"
)
_ARCH_NAMES = (
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 "
    "ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
)
KNOWN_OS = frozenset(_OS_NAMES.split())
KNOWN_ARCH = frozenset(_ARCH_NAMES.split())
_MOST_OPERANDS = 1000  # Go's limit for one expression
_MOST_LEGACY_OPERATORS = 100  # and for one +build line

Pair = tuple[bool, bool]
_TOKEN = re.compile(r"[ \t]*(?:(\|\||&&|[()!])|([\w.]+))")
_RANK = {"||": 1, "&&": 2}
_IGNORE: Pair = (False, False)
_ANY: Pair = (True, False)


class _BadExpressionError(ValueError):
    pass


def name_tags(name: str) -> tuple[str, ...]:
    """The GOOS and GOARCH that a file name implies: `x_linux_arm64_test.go` → `("linux", "arm64")`."""
    parts = name.partition(".")[0].split("_")[1:]
    if parts and parts[-1] == "test":
        parts.pop()
    if len(parts) >= 2 and parts[-2] in KNOWN_OS and parts[-1] in KNOWN_ARCH:
        return parts[-2], parts[-1]
    return (parts[-1],) if parts and (parts[-1] in KNOWN_OS or parts[-1] in KNOWN_ARCH) else ()


def is_considered(expression: str) -> bool:
    """Whether tidy reads a file whose //go:build expression this is; False too where it is malformed."""
    try:
        return _evaluate(expression)[0]
    except _BadExpressionError:
        return False


def is_legacy_considered(text: str) -> bool:
    """Whether tidy reads a file with this text after `+build`; Go passes over lines too long for it."""
    clauses = [clause.split(",") for clause in _words(text)]
    if sum(map(len, clauses)) - 1 > _MOST_LEGACY_OPERATORS:
        return True
    return any(all(_legacy_term(term) for term in clause) for clause in clauses)


def legacy_expression(text: str) -> str:
    """A +build line in the form of today: `linux,cgo !windows` → `linux && cgo || !windows`."""
    return " || ".join(clause.replace(",", " && ") for clause in _words(text))


def is_tag(text: str) -> bool:
    """Whether `text` may be a build tag: letters, digits, underscores and dots."""
    return bool(text) and all(char.isalpha() or char.isdecimal() or char in "_." for char in text)


def _words(text: str) -> list[str]:
    return [word for word in re.split(f"[{GO_SPACE}]+", text) if word]


def _legacy_term(term: str) -> bool:
    if term == "!" or term.startswith("!!"):
        return False
    tag = term.removeprefix("!")
    is_ignore = not is_tag(tag) or tag == "ignore"
    return not is_ignore or term.startswith("!")


class _Machine:
    """Values and pending operators of one expression; no recursion, so that its depth needs no limit."""

    def __init__(self) -> None:
        self.values: list[Pair] = []
        self.operators: list[str] = []

    def operand(self, value: Pair) -> None:
        """Take a value; a pending `!` turns it at once."""
        if self.operators and self.operators[-1] == "!":
            self.operators.pop()
            value = (not value[1], not value[0])
        self.values.append(value)

    def operator(self, operator: str) -> None:
        """Take `&&` or `||`, after what binds at least as strongly."""
        self.reduce(_RANK[operator])
        self.operators.append(operator)

    def close(self) -> None:
        """Take a closing parenthesis."""
        self.reduce(0)
        if not self.operators:
            raise _BadExpressionError
        self.operators.pop()
        self.operand(self.values.pop())

    def reduce(self, rank: int) -> None:
        """Compute pending operators of at least this rank."""
        while self.operators and _RANK.get(self.operators[-1], -1) >= rank:
            right, left = self.values.pop(), self.values.pop()
            if self.operators.pop() == "&&":
                self.values.append((left[0] and right[0], left[1] and right[1]))
            else:
                self.values.append((left[0] or right[0], left[1] or right[1]))


def _evaluate(expression: str) -> Pair:
    machine = _Machine()
    tokens = _tokens(expression)
    needs_operand = True
    for index, (sign, tag) in enumerate(tokens):
        if needs_operand != (bool(tag) or sign in "(!"):
            raise _BadExpressionError
        if tag:
            machine.operand(_IGNORE if tag == "ignore" else _ANY)
            needs_operand = False
        elif sign == ")":
            machine.close()
        elif sign in _RANK:
            machine.operator(sign)
            needs_operand = True
        else:
            _check_double_negation(tokens, index)
            machine.operators.append(sign)
    if needs_operand:
        raise _BadExpressionError
    machine.reduce(0)
    if machine.operators:
        raise _BadExpressionError
    return machine.values[0]


def _check_double_negation(tokens: Sequence[tuple[str, str]], index: int) -> None:
    if tokens[index][0] == "!" and index and tokens[index - 1][0] == "!":
        raise _BadExpressionError


def _tokens(expression: str) -> list[tuple[str, str]]:
    """Pairs of a sign and a tag, one of them empty."""
    found: list[tuple[str, str]] = []
    text = expression.rstrip(" \t")
    at = operands = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or (match[2] and not is_tag(match[2])):
            raise _BadExpressionError
        operands += match[2] is not None or match[1] == "("
        found.append((match[1] or "", match[2] or ""))
        at = match.end()
    if operands > _MOST_OPERANDS:
        raise _BadExpressionError
    return found
