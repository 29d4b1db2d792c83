"""What JavaScript makes of text and numbers where Python differs: the peer's primitives are written in it."""

from __future__ import annotations

import math
import re

SPACES = "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # noqa: E501
"""White space and line ends of ECMA-262 (12.2, 12.3): Python strips U+001C to U+001F and U+0085, but not U+FEFF."""

MAX_SAFE_INTEGER = 2**53 - 1

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_RADIX = {"0x": (16, re.compile(r"[0-9a-fA-F]+")), "0o": (8, re.compile(r"[0-7]+")), "0b": (2, re.compile(r"[01]+"))}


def length(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def number(text: str) -> float:
    """`Number(text)`: 0 for the empty text, NaN for what is no number."""
    text = text.strip(SPACES)
    if not text:
        return 0.0
    if text in {"Infinity", "+Infinity", "-Infinity"}:
        return -math.inf if text.startswith("-") else math.inf
    if _DECIMAL.fullmatch(text):
        return float(text)
    base, digits = _RADIX.get(text[:2].lower(), (10, None))
    if digits is None or not digits.fullmatch(text[2:]):
        return math.nan
    try:
        return float(int(text[2:], base))
    except OverflowError:
        return math.inf


def number_text(value: float) -> str:
    """`String(value)`: whole numbers without a point, an exponent from 1e21 on and below 1e-6."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, exponent = _shortest(abs(float(value)))
    return sign + _placed(digits, exponent)


def _shortest(value: float) -> tuple[str, int]:
    """The fewest digits that name `value`, and how many of them stand before the point."""
    mantissa, _, power = f"{value!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    before = len(whole.lstrip("0")) or len(digits) - len(fraction)
    return digits.rstrip("0"), before + int(power or 0)


def _placed(digits: str, point: int) -> str:
    """ECMA-262, Number::toString, steps 6 to 12."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
