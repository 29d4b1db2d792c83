"""Python versions as @renovate/pep440 1.0 reads and writes them.

It follows PEP 440 (https://peps.python.org/pep-0440/, appendix B) except that no white space may stand around, that
parts of a local version are joined by commas when written (`1.0+a.1` gives `1.0+a,1`), and that numbers are
floating-point ones: above 2^53 they lose digits. That is why the library `packaging` gives other answers.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from go_release_gate.oci.javascript import number, number_text

_VERSION = re.compile(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<pre_l>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?P<pre_n>[0-9]+)?)?"
    r"(?:-(?P<post_n1>[0-9]+)|[-_.]?(?P<post_l>post|rev|r)[-_.]?(?P<post_n2>[0-9]+)?)?"
    r"(?:[-_.]?(?P<dev_l>dev)[-_.]?(?P<dev_n>[0-9]+)?)?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.IGNORECASE | re.ASCII,
)
_SPELLINGS = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc", "rev": "post", "r": "post"}


@dataclass(frozen=True)
class Pep440:
    """A parsed version; `pre`, `post`, `dev` and `local` are in the normal spelling and empty when absent.

    Attributes:
        raw: the text as it was given.
        epoch, release: numbers as the peer writes them.
    """

    raw: str
    epoch: str
    release: tuple[str, ...]
    pre: str = ""
    post: str = ""
    dev: str = ""
    local: tuple[str, ...] = ()

    @property
    def is_prerelease(self) -> bool:
        """Whether it is an alpha, a beta, a candidate, or in development."""
        return bool(self.pre or self.dev)

    @property
    def is_postrelease(self) -> bool:
        """Whether it comes after a release without changing it."""
        return bool(self.post)

    @property
    def is_devrelease(self) -> bool:
        """Whether it is in development."""
        return bool(self.dev)

    @property
    def clean(self) -> str:
        """The version in its normal spelling; parts of a local version are joined by commas."""
        epoch = "" if self.epoch == "0" else f"{self.epoch}!"
        dotted = "".join(f".{part}" for part in (self.post, self.dev) if part)
        local = f"+{','.join(self.local)}" if self.local else ""
        return f"{epoch}{'.'.join(self.release)}{self.pre}{dotted}{local}"

    @property
    def major(self) -> str:
        """The first number of the release."""
        return self.release[0]

    @property
    def minor(self) -> str:
        """The second number of the release, or 0."""
        return self.release[1] if len(self.release) > 1 else "0"

    @property
    def patch(self) -> str:
        """The third number of the release, or 0."""
        return self.release[2] if len(self.release) > 2 else "0"


def parse(text: str) -> Pep440 | None:
    """The version that `text` is, or None."""
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    return Pep440(
        raw=text,
        epoch=_number(match["epoch"] or "0"),
        release=tuple(_number(part) for part in match["release"].split(".")),
        pre=_lettered(match["pre_l"], match["pre_n"]),
        post=_lettered(match["post_l"], match["post_n1"] or match["post_n2"]),
        dev=_lettered(match["dev_l"], match["dev_n"]),
        local=tuple(_local(part) for part in re.split(r"[-_.]", match["local"])) if match["local"] else (),
    )


def is_valid(text: str) -> bool:
    """Whether `text` is a version."""
    return parse(text) is not None


def _number(digits: str) -> str:
    return number_text(number(digits))


def _lettered(letter: str | None, digits: str | None) -> str:
    """`a1`, `rc0`, `post2`, `dev0`: an absent number is 0, a number alone belongs to a post-release."""
    if not letter and not digits:
        return ""
    word = (letter or "post").lower()
    return _SPELLINGS.get(word, word) + _number(digits or "0")


def _local(part: str) -> str:
    """A part of a local version: a number where JavaScript sees one (`007`, `1e3`, `0x1f`), else in lower case."""
    value = number(part)
    return part.lower() if math.isnan(value) else number_text(value)
