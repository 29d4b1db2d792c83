"""One comment on a pull request that is kept up to date: found by a marker, never doubled, never someone else's.

https://docs.github.com/rest/issues/comments. It is looked for over all pages of the list: the search interface lags
behind by minutes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from go_release_gate.adapters.github.api import Api, DeniedError, Document, MissingError
from go_release_gate.adapters.github.authors import is_by
from go_release_gate.adapters.github.creating import create_once
from go_release_gate.adapters.github.cutting import cut_markdown

NEEDS = "pull-requests: write"
BODY_LIMIT = 65_536  # characters; GitHub answers 422 to more ("body is too long")
_MARKER = re.compile(r"<!-- go-release-gate comment v1 key=([0-9a-f]{32}) digest=([0-9a-f]{32}) -->")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the first line of a comment says: which comment it is, and of what content."""

    key: str
    digest: str

    def __str__(self) -> str:
        """The marker: invisible, and first in the body, where no cut reaches it."""
        return f"<!-- go-release-gate comment v1 key={self.key} digest={self.digest} -->"


def marked(key: str, body: str) -> str:
    """The whole body of a comment: marker, then `body`, cut to what GitHub takes."""
    room = BODY_LIMIT - len(str(Mark("0" * 32, "0" * 32))) - 1
    fitting = cut_markdown(body, room)
    return f"{Mark(_hex(key), _hex(fitting))}\n{fitting}"


def is_as_written(body: object, wanted: str) -> bool:
    """Whether a comment still says what was `wanted`: not only its marker, but every word below it. Whoever may edit
    comments could leave the marker and turn a failure into a pass."""
    return isinstance(body, str) and _lines(body) == _lines(wanted)


def _lines(body: str) -> list[str]:
    return [line.rstrip() for line in body.strip().splitlines()]


def read_mark(body: object) -> Mark | None:
    """The marker that a body begins with."""
    found = _MARKER.match(body) if isinstance(body, str) else None
    return Mark(found[1], found[2]) if found else None


def put_comment(api: Api, number: int, key: str, body: str, author: str, *, create: bool) -> bool:
    """Make the one comment with this key say `body`, and tell whether a comment stands.

    Args:
        number: of the pull request.
        key: any text that names the comment among ours.
        author: login of the token, as `api.viewer()` gives it; empty: any bot.
        create: whether to make one where there is none.

    Raises:
        GitHubError: it could not be asked or told; DeniedError also where the conversation is locked.
    """
    return _Sticky(api, number, key, author).put(marked(key, body), create=create)


class _Sticky:
    """The comments of one key on one pull request."""

    def __init__(self, api: Api, number: int, key: str, author: str) -> None:
        self._api = api
        self._key = _hex(key)
        self._author = author
        self._list = f"/repos/{api.repository}/issues/{number}/comments"

    def put(self, body: str, *, create: bool) -> bool:
        found = self._ours()
        if found and self._keep_oldest(found, body):
            return True
        if not create:
            return False
        made = create_once(self._api, lambda: self._post(body), lambda: self._standing(body))
        # Two runs may have looked and found nothing at the same time. The newest body wins, in the oldest comment.
        standing = {_id(comment): comment for comment in (made, *self._ours())}
        found = [standing[number] for number in sorted(standing)]
        newest = str(found[-1].get("body")) if read_mark(made.get("body")) == read_mark(body) else body
        return self._keep_oldest(found, newest, is_fresh=True)

    def _keep_oldest(self, found: list[Document], body: str, *, is_fresh: bool = False) -> bool:
        """One comment, saying `body`; False when there is none any more (someone deleted it meanwhile)."""
        kept, *others = found
        if not is_as_written(kept.get("body"), body):
            try:
                self._write("PATCH", kept, {"body": body}, is_fresh=is_fresh)
            except MissingError:
                return bool(others) and self._keep_oldest(others, body, is_fresh=is_fresh)
        for comment in others:
            with suppress(MissingError, DeniedError):
                self._write("DELETE", comment, None, is_fresh=is_fresh)
        return True

    def _post(self, body: str) -> Document:
        return self._api.write("POST", self._list, {"body": body}, needs=NEEDS)

    def _standing(self, body: str) -> Document | None:
        """A comment of ours, where there is one with this very body."""
        found = self._ours()
        return next(
            (one for one in found if read_mark(one.get("body")) == read_mark(body)), found[0] if found else None
        )

    def _ours(self) -> list[Document]:
        """Those with our marker by our author, the oldest first."""
        return sorted(filter(self._is_ours, self._api.pages(self._list)), key=_id)

    def _is_ours(self, comment: Document) -> bool:
        mark = read_mark(comment.get("body"))
        user = comment.get("user")
        if mark is None or mark.key != self._key or not isinstance(user, Mapping):
            return False
        return is_by(user, self._author)

    def _write(self, method: str, comment: Document, body: Document | None, *, is_fresh: bool) -> None:
        path = f"/repos/{self._api.repository}/issues/comments/{_id(comment)}"
        self._api.write(method, path, body, needs=NEEDS, repeatable=True, is_fresh=is_fresh)


def _id(comment: Document) -> int:
    number = comment.get("id")
    return number if isinstance(number, int) else 0


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
