"""What a Go file declares at package level, as far as `-ldflags -X` asks: which names are variables of type string.

https://pkg.go.dev/cmd/link: "This is only effective if the variable is declared in the source code either uninitialized
or initialized to a constant string expression." Measured with Go 1.26: a constant, a wrong case and an unknown package
are passed over silently; a variable that is no string is an error of the linker; an initialiser that is a call works
where the compiler turns it into a constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from go_release_gate.gomod.gotokens import Kind, Lines, Token, tokens

_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Declared:
    """A name declared at package level.

    Attributes:
        kind: var, const, func or type.
        type: as written, empty where it is left to the initialiser; of a type what it stands for, `=` in front of it
            where it is another name for that.
        initial: the words of its initialiser; None: it has none.
    """

    name: str
    kind: str
    line: int
    type: str = ""
    initial: tuple[Token, ...] | None = None


def package_name(data: bytes) -> str:
    """The name behind `package`, empty where there is none."""
    words = tokens(data)
    first = next(words, None)
    return next(words, Token(Kind.END, "", 0)).text if first and first.text == "package" else ""


def declared(data: bytes) -> tuple[Declared, ...]:
    """Every name a file declares at package level (methods are none)."""
    return tuple(_declared(list(tokens(data)), Lines(data)))


def _declared(words: Sequence[Token], lines: Lines) -> Iterator[Declared]:
    at = 0
    while at < len(words):
        word = words[at]
        if word.kind is Kind.NAME and word.text in ("var", "const", "type", "func"):
            end = _end(words, at + 1)
            yield from _declaration(word.text, words[at + 1 : end], lines)
            at = end
        elif word.kind is Kind.SIGN and word.text in _OPEN:
            at = _closing(words, at)
        at += 1


def _declaration(kind: str, body: Sequence[Token], lines: Lines) -> Iterator[Declared]:
    if not body:
        return
    is_group = body[0].text == "(" and kind != "func"
    for spec in _parts(body[1:-1], Kind.END) if is_group else (tuple(body),):
        if not spec or spec[0].kind is not Kind.NAME:
            continue
        if kind in ("func", "type"):
            meaning = "".join(word.text for word in spec[1:]) if kind == "type" else ""
            yield Declared(spec[0].text, kind, lines.of(spec[0].offset), meaning)
        else:
            yield from _values(kind, spec, lines)


def _values(kind: str, spec: Sequence[Token], lines: Lines) -> Iterator[Declared]:
    left, sign, right = _cut(spec)
    initials = list(_parts(right, ","))
    names = [left[0]]
    rest = 1
    while rest + 1 < len(left) and left[rest].text == "," and left[rest + 1].kind is Kind.NAME:
        names.append(left[rest + 1])
        rest += 2
    written = "".join(word.text for word in left[rest:])
    for index, name in enumerate(names):
        initial = (initials[index] if len(initials) == len(names) else right) if sign else None
        yield Declared(name.text, kind, lines.of(name.offset), written, None if initial is None else tuple(initial))


def _cut(spec: Sequence[Token]) -> tuple[Sequence[Token], bool, Sequence[Token]]:
    """What stands before and behind the `=` outside of parentheses."""
    depth = 0
    for at, word in enumerate(spec):
        if word.kind is Kind.SIGN:
            depth += (word.text in _OPEN) - (word.text in _CLOSE)
            if word.text == "=" and depth == 0:
                return spec[:at], True, spec[at + 1 :]
    return spec, False, ()


def _parts(words: Sequence[Token], mark: Kind | str) -> Iterator[tuple[Token, ...]]:
    """The words between marks outside of parentheses; a semicolon counts as the end of a line."""
    depth = 0
    current: list[Token] = []
    for word in words:
        if word.kind is Kind.SIGN:
            depth += (word.text in _OPEN) - (word.text in _CLOSE)
        is_end = word.kind is Kind.END or (word.kind is Kind.SIGN and word.text == ";")
        if depth == 0 and (is_end if mark is Kind.END else word.text == mark):
            yield tuple(current)
            current = []
        elif not is_end or depth:
            current.append(word)
    if current:
        yield tuple(current)


def _end(words: Sequence[Token], at: int) -> int:
    """Index behind a declaration that begins at `at`: its semicolon outside of all parentheses."""
    while at < len(words):
        word = words[at]
        if word.kind is Kind.END or (word.kind is Kind.SIGN and word.text == ";"):
            return at
        if word.kind is Kind.SIGN and word.text in _OPEN:
            at = _closing(words, at)
        at += 1
    return at


def _closing(words: Sequence[Token], at: int) -> int:
    """Index of what closes the parenthesis at `at`; the last index where nothing does."""
    depth = 0
    for index in range(at, len(words)):
        word = words[index]
        if word.kind is Kind.SIGN:
            depth += (word.text in _OPEN) - (word.text in _CLOSE)
            if depth == 0:
                return index
    return len(words) - 1
