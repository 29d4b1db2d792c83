"""How our reviews and their comments are known again: a marker in front, by our author. Pure.

Marker and author both count: anybody may write what looks like a marker, and other steps write under the same login.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from go_release_gate.adapters.github.api import Document
from go_release_gate.adapters.github.authors import is_by
from go_release_gate.adapters.github.comments import BODY_LIMIT
from go_release_gate.adapters.github.cutting import cut_markdown

_MARK = "[0-9A-Za-z_-]{1,100}"
_MARKER = re.compile(rf"<!-- go-release-gate (finding|review) v1 key=([0-9a-f]{{32}}) mark=({_MARK}) -->")


@dataclass(frozen=True, slots=True)
class LineComment:
    """A comment at lines of the head commit that the pull request shows.

    Attributes:
        line: the last line, from 1.
        start_line: the first of several lines, in the same hunk; None for one.
        body: Markdown, foreign text in it neutralised.
        mark: what makes it the same comment tomorrow: letters, digits and dashes.
    """

    path: str
    line: int
    start_line: int | None
    body: str
    mark: str

    def __post_init__(self) -> None:
        if not re.fullmatch(_MARK, self.mark):
            raise ValueError("a mark is 1 to 100 letters, digits and dashes")


@dataclass(frozen=True, slots=True)
class Standing:
    """A comment of ours as GitHub shows it."""

    number: int
    mark: str
    is_current: bool  # its lines are still as they were; GitHub folds the others away as outdated
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose comments are ours: login and key; an empty login stands for any bot."""

    author: str
    key: str

    def marked(self, kind: str, mark: str, body: str) -> str:
        """The whole body: the marker (`kind` is `finding` or `review`), then `body`, cut to what GitHub takes."""
        marker = f"<!-- go-release-gate {kind} v1 key={digest(self.key)} mark={mark} -->\n"
        return marker + cut_markdown(body, BODY_LIMIT - len(marker))

    def mark_of(self, kind: str, document: Document) -> str | None:
        """The mark of a comment or review of ours; None for everybody else's."""
        body, user = document.get("body"), document.get("user")
        found = _MARKER.match(body) if isinstance(body, str) else None
        if found is None or found[1] != kind or found[2] != digest(self.key) or not isinstance(user, Mapping):
            return None
        return found[3] if is_by(user, self.author) else None

    def standing(self, documents: Iterable[Document]) -> list[Standing]:
        """Our comments among all of a pull request, the oldest first."""
        listed = list(documents)
        answered = {above for item in listed if isinstance(above := item.get("in_reply_to_id"), int)}
        found = [
            Standing(item["id"], mark, isinstance(item.get("line"), int), item["id"] in answered)
            for item in listed
            if isinstance(item.get("id"), int)
            and item.get("in_reply_to_id") is None
            and (mark := self.mark_of("finding", item)) is not None
        ]
        return sorted(found, key=lambda item: item.number)


def digest(text: str) -> str:
    """A text's short name: 32 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
