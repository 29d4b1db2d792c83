"""Go's interpreted string literals (https://go.dev/ref/spec#String_literals), as module files and imports use them."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"])|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{3})|(.|\Z))", re.DOTALL
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}
_HIGHEST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class _BadEscapeError(ValueError):
    pass


def unquote(literal: str) -> str | None:
    """The value of `"…"` with its escapes or of a raw string in back quotes; None when it is neither.

    Byte escapes that are no UTF-8 together become U+FFFD.
    """
    quote, body = literal[:1], literal[1:-1]
    if len(literal) < 2 or literal[-1] != quote:
        return None
    if quote == "`":
        return None if "`" in body else body.replace("\r", "")
    if quote != '"' or "\n" in body:
        return None
    return body if "\\" not in body and '"' not in body else _interpret(body)


def _interpret(body: str) -> str | None:
    if '"' in _ESCAPE.sub("", body):
        return None
    parts: list[bytes] = []
    at = 0
    try:
        for match in _ESCAPE.finditer(body):
            parts += (body[at : match.start()].encode(), _value(match))
            at = match.end()
    except _BadEscapeError:
        return None
    parts.append(body[at:].encode())
    return b"".join(parts).decode("utf-8", "replace")


def _value(match: re.Match[str]) -> bytes:
    simple, byte, short, long, octal, _ = match.groups()
    if simple:
        return _SIMPLE[simple].encode()
    if byte or octal:
        number = int(byte, 16) if byte else int(octal, 8)
        if number <= 0xFF:
            return bytes([number])
    elif short or long:
        number = int(short or long, 16)
        if number <= _HIGHEST and number not in _SURROGATES:
            return chr(number).encode()
    raise _BadEscapeError
