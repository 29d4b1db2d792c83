"""Semantic versions as node-semver reads them strictly (https://github.com/npm/node-semver, 7.8).

It is SemVer 2.0.0 (https://semver.org) with these additions: white space around is cut off, one lower-case `v` may
stand in front, at most 256 characters, and no part of the release above 2^53 - 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from go_release_gate.oci.javascript import MAX_SAFE_INTEGER, SPACES, length, number

MAXIMUM_LENGTH = 256

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:[0-9]*[a-zA-Z-][a-zA-Z0-9-]*|{_NUMBER})"
_BUILD = r"[a-zA-Z0-9-]+"
_FULL = re.compile(
    rf"v?(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<patch>{_NUMBER})"
    rf"(?:-(?P<prerelease>{_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
    rf"(?:\+(?P<build>{_BUILD}(?:\.{_BUILD})*))?"
)


@dataclass(frozen=True)
class SemVer:
    """A parsed version.

    Attributes:
        raw: the text as it was given, white space and `v` included.
        prerelease: identifiers behind the dash; whole numbers below 2^53 - 1 are numbers.
        build: identifiers behind the plus sign; they count for nothing.
        loose: what the peer's templates see under this name: it parses a second time with the option set.
    """

    raw: str
    major: int
    minor: int
    patch: int
    prerelease: tuple[int | str, ...] = ()
    build: tuple[str, ...] = ()
    loose: bool = True

    @property
    def version(self) -> str:
        """The version without prefix, white space and build."""
        release = f"{self.major}.{self.minor}.{self.patch}"
        return f"{release}-{'.'.join(map(str, self.prerelease))}" if self.prerelease else release

    def fields(self) -> dict[str, object]:
        """The own properties of the peer's object, by their names there: what a pattern can name."""
        return {
            "options": {"loose": self.loose},
            "loose": self.loose,
            "includePrerelease": False,
            "raw": self.raw,
            "major": self.major,
            "minor": self.minor,
            "patch": self.patch,
            "prerelease": list(self.prerelease),
            "build": list(self.build),
            "version": self.version,
        }


def parse(text: str) -> SemVer | None:
    """The version that `text` is, or None."""
    if length(text[: MAXIMUM_LENGTH + 1]) > MAXIMUM_LENGTH:
        return None
    match = _FULL.fullmatch(text.strip(SPACES))
    if match is None:
        return None
    major, minor, patch = (int(match[name]) for name in ("major", "minor", "patch"))
    if max(major, minor, patch) > MAX_SAFE_INTEGER:
        return None
    prerelease = tuple(_identifier(part) for part in (match["prerelease"] or "").split(".") if part)
    build = tuple((match["build"] or "").split(".")) if match["build"] else ()
    return SemVer(text, major, minor, patch, prerelease, build)


def is_valid(text: str) -> bool:
    """Whether `text` is a version."""
    return parse(text) is not None


def compare(left: SemVer, right: SemVer) -> int:
    """-1, 0 or 1: the order of SemVer 2.0.0, section 11; builds are equal."""
    mine = (left.major, left.minor, left.patch)
    other = (right.major, right.minor, right.patch)
    if mine != other:
        return -1 if mine < other else 1
    if bool(left.prerelease) != bool(right.prerelease):
        return -1 if left.prerelease else 1
    for one, two in zip_longest(left.prerelease, right.prerelease):
        if one != two:  # the peer stops here, also where two long numbers are the same number to it
            return (_key(one) > _key(two)) - (_key(one) < _key(two))
    return 0


def _identifier(text: str) -> int | str:
    if not re.fullmatch(r"[0-9]+", text):
        return text
    return int(text) if int(text) < MAX_SAFE_INTEGER else text


def _key(identifier: int | str | None) -> tuple[int, float, str]:
    """Absent before numbers before words; what looks like a number counts as one, with the digits JavaScript keeps."""
    if identifier is None:
        return (0, 0, "")
    text = str(identifier)
    return (1, number(text), "") if re.fullmatch(r"[0-9]+", text) else (2, 0, text)
