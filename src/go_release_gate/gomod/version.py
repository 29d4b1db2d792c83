"""Module versions: Semantic Versioning with a leading `v`, ordered as https://go.dev/ref/mod#versions says.

Go's own release numbers (`1.26.8`) are ordered in `goversion`, paths and their major versions live in `modulepath`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"v({_NUMBER})(?:\.({_NUMBER})(?:\.({_NUMBER})"
    rf"(-{_IDENTIFIER}(?:\.{_IDENTIFIER})*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?",
)
_CANONICAL = re.compile(
    rf"v{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_IDENTIFIER}(?:\.{_IDENTIFIER})*)?(?:\+incompatible)?",
)
_PSEUDO = re.compile(
    r"(v[0-9]+\.0\.0(?=-)|v[0-9]+\.[0-9]+\.[0-9]+-(?:[^+]*\.)?0(?=\.))[-.]"
    r"([0-9]{14})-([A-Za-z0-9]+)((?:\+[0-9A-Za-z.-]+)?)"
)

Number = tuple[int, str]  # a decimal of any length: how many digits, and which
Key = tuple[Number, Number, Number, tuple[tuple[int, int, str], ...]]
_ZERO: Number = (1, "0")
_RELEASE: tuple[tuple[int, int, str], ...] = ((2, 0, ""),)  # no pre-release: after every pre-release
_BEYOND_DIGITS = 18  # longer numbers are no real version; as an int they saturate


@dataclass(frozen=True, slots=True)
class Semver:
    """A valid version in parts: numbers, pre-release with its `-`, build metadata with its `+` (empty: none)."""

    major: int
    minor: int
    patch: int
    prerelease: str
    build: str
    is_short: bool  # v1 or v1.2, which stand for v1.0.0 and v1.2.0


@dataclass(frozen=True, slots=True)
class Pseudo:
    """A pseudo-version in parts. `base`: the tag it follows, empty when there is none. `revision`: 12 hex digits,
    as a rule. `time`: of the commit, UTC; None when its digits are no date."""

    base: str
    time: datetime | None
    revision: str


def parse(text: str) -> Semver | None:
    """The parts of a version, None when it is not one (missing `v`, leading zeros, empty identifiers …)."""
    match = _SEMVER.fullmatch(text)
    if match is None:
        return None
    major, minor, patch, prerelease, build = match.groups()
    return Semver(_int(major), _int(minor), _int(patch), prerelease or "", build or "", patch is None)


def is_valid(text: str) -> bool:
    """Whether `text` is a version, short forms (`v1`, `v1.2`) included."""
    return _SEMVER.fullmatch(text) is not None


def is_canonical(text: str) -> bool:
    """Whether `text` names one version: all three numbers, no build metadata but `+incompatible`.

    Everything else in a go.mod (`main`, `latest`, `v1.2`, `>=v1.0.0`, a commit) is a query that Go resolves anew.
    """
    return _CANONICAL.fullmatch(text) is not None


def canonical(text: str) -> str:
    """`v1` → `v1.0.0`, build metadata dropped except `+incompatible`; empty when `text` is no version."""
    match = _SEMVER.fullmatch(text)
    if match is None:
        return ""
    first, second, third, pre, build = match.groups()
    suffix = build if build == "+incompatible" else ""
    return f"v{first}.{second or 0}.{third or 0}{pre or ''}{suffix}"


def major(text: str) -> str:
    """`v2` of `v2.3.4`; empty when `text` is no version."""
    return text.partition(".")[0] if is_valid(text) else ""


def prerelease(text: str) -> str:
    """`-rc.1` of `v1.0.0-rc.1`; empty when there is none or `text` is no version."""
    found = parse(text)
    return found.prerelease if found else ""


def is_incompatible(text: str) -> bool:
    """Whether a version carries `+incompatible`: major 2 or higher of a module without a major suffix."""
    found = parse(text)
    return found is not None and found.build == "+incompatible"


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 by precedence; build metadata does not count; what is no version comes first, equal to its like."""
    first, second = key(left), key(right)
    return (first > second) - (first < second)


def key(text: str) -> Key:
    """A key for sorting by precedence, as `compare` orders."""
    match = _SEMVER.fullmatch(text)
    if match is None:
        return ((0, ""), _ZERO, _ZERO, ())
    first, second, third, pre, _ = match.groups()
    return (_number(first), _number(second), _number(third), _prerelease_key(pre))


def max_version(versions: Iterable[str]) -> str:
    """The highest version; of equal ones the first, empty when there is none at all."""
    return max(versions, key=key, default="")


def is_pseudo(text: str) -> bool:
    """Whether `text` is a pseudo-version (https://go.dev/ref/mod#pseudo-versions)."""
    return _match_pseudo(text) is not None


def pseudo(text: str) -> Pseudo | None:
    """The parts of a pseudo-version, None for every other text."""
    match = _match_pseudo(text)
    if match is None:
        return None
    stem, digits, revision, build = match.groups()
    return Pseudo(_pseudo_base(stem, build), _time(digits), revision)


def _match_pseudo(text: str) -> re.Match[str] | None:
    return _PSEUDO.fullmatch(text) if text.count("-") >= 2 and is_valid(text) else None


def _pseudo_base(stem: str, build: str) -> str:
    """The tag below a pseudo-version: `v1.2.4-0` → `v1.2.3`, `v1.2.3-pre.0` → `v1.2.3-pre`, `v1.0.0` → none."""
    if "-" not in stem:
        return ""
    if not stem.endswith("-0"):
        return stem.removesuffix(".0") + build
    front, _, patch = stem.removesuffix("-0").rpartition(".")
    return f"{front}.{_int(patch) - 1}{build}" if _int(patch) else ""


def _time(digits: str) -> datetime | None:
    year, *rest = (int(digits[at:end]) for at, end in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)))
    month, day, hour, minute, second = rest
    try:
        from datetime import UTC, datetime

        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _int(digits: str | None) -> int:
    text = digits or "0"
    return int(text) if len(text) <= _BEYOND_DIGITS else 10**_BEYOND_DIGITS


def _number(digits: str | None) -> Number:
    return (len(digits), digits) if digits else _ZERO


def _prerelease_key(text: str | None) -> tuple[tuple[int, int, str], ...]:
    """Numeric identifiers by value and below the others, which go by their characters; more identifiers win."""
    if not text:
        return _RELEASE
    return tuple((0, len(part), part) if part.isdigit() else (1, 0, part) for part in text[1:].split("."))
