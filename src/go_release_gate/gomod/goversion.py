"""Go's own releases: `1.21rc1`, `1.26.8`, toolchain names `go1.21.3-custom`, in Go's order.

Source: https://go.dev/doc/toolchain#version. From 1.21 on a bare `1.21` is the language version and comes before
its release candidates and before `1.21.0`.
"""

from __future__ import annotations

import re

_NUMBER = r"(0|[1-9][0-9]*)"
_RELEASE = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER}|([a-z]+){_NUMBER}?)?)?")
_DIRECTIVE = re.compile(r"[1-9][0-9]*\.(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?(?:[a-z]+[0-9]+)?")
_LAX_DIRECTIVE = re.compile(r"v?([1-9][0-9]*\.(?:0|[1-9][0-9]*))[^0-9].*", re.DOTALL)
_TOOLCHAIN = re.compile(r"default|go1(?:\..*)?", re.DOTALL)
_FIRST_WITH_PATCH = (2, "21")  # since 1.21 a missing patch number differs from 0

Number = tuple[int, str]
Key = tuple[Number, Number, Number, str, Number]
_NONE: Number = (0, "")


def is_valid(text: str) -> bool:
    """Whether `text` is a release without the prefix `go`: `1`, `1.20`, `1.21.0`, `1.21rc1`."""
    return _RELEASE.fullmatch(text) is not None


def is_directive(text: str) -> bool:
    """Whether a `go` line may say it (looser than is_valid: `1.21.0rc1` passes)."""
    return _DIRECTIVE.fullmatch(text) is not None


def lax_directive(text: str) -> str:
    """What Go reads from a dependency's odd `go` line (`v1.17.0-beta` → `1.17`); empty when it refuses that too."""
    match = None if is_directive(text) else _LAX_DIRECTIVE.fullmatch(text)
    return match[1] if match else text if is_directive(text) else ""


def is_toolchain_directive(text: str) -> bool:
    """Whether a `toolchain` line may say it: `default`, `go1`, or anything that begins with `go1.`."""
    return _TOOLCHAIN.fullmatch(text) is not None


def from_toolchain(name: str) -> str:
    """`1.21.3` of `go1.21.3`, `go1.21.3-custom` or `go1.21.3 X:experiment`; empty when the name says no release."""
    if not name.startswith("go") or "/" in name or "\\" in name:
        return ""
    text = re.split(r"[ \t-]", name[2:], maxsplit=1)[0]
    return text if is_valid(text) else ""


def language(text: str) -> str:
    """The language version of a release: `1.26` of `1.26.8` and of `1.26rc1`; empty when it is none."""
    match = _RELEASE.fullmatch(text)
    if match is None:
        return ""
    major, minor = match[1], match[2] or "0"
    return major if (major, minor) == ("1", "0") else f"{major}.{minor}"


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 of two releases without the prefix `go`; what is no release is below all and equal to its like."""
    first, second = key(left), key(right)
    return (first > second) - (first < second)


def key(text: str) -> Key:
    """A key for sorting releases as `compare` orders."""
    match = _RELEASE.fullmatch(text)
    if match is None:
        return (_NONE, _NONE, _NONE, "", _NONE)
    major, minor, patch, kind, pre = match.groups()
    if minor is None:
        minor = patch = "0"
    elif patch is None and kind is None and _number(minor) < _FIRST_WITH_PATCH:
        patch = "0"
    return (_number(major), _number(minor), _number(patch), kind or "", _number(pre))


def _number(digits: str | None) -> Number:
    return (len(digits), digits) if digits else _NONE
