"""Go's quoted strings, read: https://pkg.go.dev/strconv#Unquote."""

from __future__ import annotations

import re

_PIECE = re.compile(
    rb"""\\(?:(?P<simple>[abfnrtv\\"])|x(?P<hex>[0-9a-fA-F]{2})|(?P<octal>[0-7]{3})"""
    rb"""|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8}))"""
)
_QUOTED = re.compile(rb'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_SIMPLE = dict(zip(b'abfnrtv\\"', b'\a\b\f\n\r\t\v\\"', strict=True))


def quoted_prefix(text: bytes) -> bytes:
    """The quoted string that `text` begins with, its quotes among it; empty: it begins with none."""
    match = _QUOTED.match(text)
    return match[0] if match else b""


def unquote(text: bytes) -> bytes | None:
    """The bytes that a whole quoted string stands for; None: it is none."""
    if len(text) < 2 or quoted_prefix(text) != text:
        return None
    inner = text[1:-1]
    if text.startswith(b"`"):
        return inner.replace(b"\r", b"")
    return None if b"\\" in _PIECE.sub(b"", inner) else _PIECE.sub(_piece, inner)


def _piece(match: re.Match[bytes]) -> bytes:
    if match["simple"]:
        return bytes([_SIMPLE[match["simple"][0]]])
    if match["hex"]:
        return bytes([int(match["hex"], 16)])
    if match["octal"]:
        return bytes([int(match["octal"], 8) & 0xFF])
    number = int(match["short"] or match["long"], 16)
    is_text = number <= 0x10FFFF and not 0xD800 <= number < 0xE000
    return (chr(number) if is_text else "\ufffd").encode()
