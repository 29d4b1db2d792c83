"""The first lines of a file that `init` wrote: who wrote it, a hash of the rest, and the choices it was made with.

The hash tells a file that is as it was written from one that somebody has edited since; it protects from nobody.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence

_HEAD = re.compile(r"# go-release-gate init v(?P<version>\S+) sha256:(?P<hash>[0-9a-f]{64})\n")
_CHOICES = re.compile(r"# made by: go-release-gate init(?P<words>[^\n]*)\n")


def marked(body: str, version: str, words: Sequence[str] = ()) -> str:
    """A file's text: the header, the line with the choices that are no defaults, the body."""
    rest = f"# made by: {shlex.join(['go-release-gate', 'init', *words])}\n{body}"
    return f"# go-release-gate init v{version} sha256:{_hash(rest)}\n{rest}"


def is_marked(data: bytes) -> bool:
    """Whether `init` wrote the file once, edited or not."""
    return _HEAD.match(_text(data)) is not None


def is_as_written(data: bytes) -> bool:
    """Whether nobody edited it since; line ends that a checkout converts do not count."""
    text = _text(data)
    match = _HEAD.match(text)
    return match is not None and _hash(text[match.end() :]) == match["hash"]


def is_same(data: bytes, text: str) -> bool:
    """Whether a file says what `text` says, whichever version wrote it."""
    return _without_head(_text(data)) == _without_head(text)


def choices_in(data: bytes) -> tuple[str, ...]:
    """The choices that a file was made with, as words of the command line; none where it does not say."""
    match = _CHOICES.match(_without_head(_text(data)))
    try:
        return tuple(shlex.split(match["words"])) if match and is_marked(data) else ()
    except ValueError:
        return ()


def _without_head(text: str) -> str:
    match = _HEAD.match(text)
    return text[match.end() :] if match else text


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
