"""The review of a pull request: each finding is said once, and taken back when it is mended and nobody answered.

https://docs.github.com/rest/pulls/reviews and https://docs.github.com/rest/pulls/comments
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from go_release_gate.adapters.github.api import Api, DeniedError, MissingError, RejectedError
from go_release_gate.adapters.github.comments import BODY_LIMIT
from go_release_gate.adapters.github.creating import create_once
from go_release_gate.adapters.github.review_marks import LineComment, Owner, Standing, digest

__all__ = ["BODY_LIMIT", "LineComment", "put_review"]

NEEDS = "pull-requests: write"
MOST_DELETED = 20  # of one run, a second apart each; what is left is folded away as outdated, or goes next time
_WORDS = "Findings of go-release-gate in changed lines."  # GitHub wants a body with a review that only comments


def put_review(  # noqa: PLR0917 - the repository, the lines, what is said there, and by whom
    api: Api,
    number: int,
    head_sha: str,
    comments: Sequence[LineComment],
    overflow_body: str,
    author: str,
    *,
    key: str = "",
    take_back: bool = True,
) -> frozenset[str]:
    """Let the comments stand on the pull request, each once, in one review; take back those no longer wanted.

    A comment that stands already, at lines that are still there, is left alone; so is everything that was answered.

    Args:
        head_sha: the commit whose lines the comments name.
        overflow_body: Markdown on what found no room; said anew only when it changes. May be empty.
        author: login of the token, as `api.viewer()` gives it; empty: any bot.
        key: tells the reviews of several steps apart.
        take_back: False where not everything could be judged: what was not found again need not be mended.

    Returns:
        The marks of those that stand now. GitHub may refuse some: it takes lines of the diff alone. Nothing is
        written once the pull request has a newer head: that one's own run speaks.

    Raises:
        GitHubError: it could not be asked or told.
    """
    return _Review(api, number, head_sha, Owner(author, key)).put(comments, overflow_body, take_back=take_back)


class _Review:
    """What is to be said on one pull request."""

    def __init__(self, api: Api, number: int, head_sha: str, owner: Owner) -> None:
        self._api = api
        self._pull = f"/repos/{api.repository}/pulls/{number}"
        self._head_sha = head_sha
        self._owner = owner
        self._known: frozenset[int] = frozenset()  # what stood before we said anything

    def put(self, comments: Sequence[LineComment], overflow: str, *, take_back: bool) -> frozenset[str]:
        wanted = {comment.mark: comment for comment in reversed(comments)}
        found = self._standing()
        self._known = frozenset(item.number for item in found)
        kept = _kept(found, wanted)
        new = [comment for comment in comments if comment.mark not in kept and wanted[comment.mark] is comment]
        if overflow and digest(overflow) in self._overflows():
            overflow = ""
        past = [item for item in found if item not in kept.values() and not item.is_answered]
        past = [item for item in past if take_back or item.mark in wanted]
        if (new or overflow or past) and self._is_superseded():
            return frozenset(kept)
        said = self._say(new, overflow)
        self._take_back([*past, *(self._twins(wanted) if said else ())])
        return frozenset(kept) | said

    def _twins(self, wanted: Collection[str]) -> list[Standing]:
        """What stands twice, now that we have spoken: another run did at the same time, or the list had lagged."""
        found = [item for item in self._standing() if item.is_current and item.mark in wanted]
        kept = _kept(found, wanted)
        return [item for item in found if item not in kept.values() and not item.is_answered]

    def _is_superseded(self) -> bool:
        """Whether a newer push came: a slow run would take back what the newer one says."""
        head = self._api.get(self._pull).get("head")
        return isinstance(head, Mapping) and head.get("sha") != self._head_sha

    def _standing(self) -> list[Standing]:
        return self._owner.standing(self._api.pages(f"{self._pull}/comments"))

    def _overflows(self) -> set[str | None]:
        """The marks of our reviews: what they listed beside their comments."""
        return {self._owner.mark_of("review", item) for item in self._api.pages(f"{self._pull}/reviews")}

    def _say(self, comments: list[LineComment], overflow: str) -> frozenset[str]:
        """One review; where GitHub refuses a line, and with it the whole, one with fewer. The marks it took."""
        while comments or overflow:
            refusal = self._send(comments, overflow)
            if not refusal:
                return frozenset(comment.mark for comment in comments)
            if not comments:
                break
            comments = _fewer(comments, refusal)
        return frozenset()

    def _send(self, comments: list[LineComment], overflow: str) -> str:
        """Empty when the review stands, else why GitHub refused it."""
        try:
            create_once(self._api, lambda: self._post(comments, overflow), lambda: self._look(comments, overflow))
        except RejectedError as error:
            if error.status != 422:
                raise
            return error.message
        return ""

    def _post(self, comments: list[LineComment], overflow: str) -> bool:
        body = {
            "commit_id": self._head_sha,
            "event": "COMMENT",
            "body": self._owner.marked("review", digest(overflow), overflow or _WORDS),
            "comments": [self._entry(comment) for comment in comments],
        }
        self._api.write("POST", f"{self._pull}/reviews", body, needs=NEEDS)
        return True

    def _entry(self, comment: LineComment) -> dict[str, str | int]:
        entry: dict[str, str | int] = {
            "path": comment.path,
            "line": comment.line,
            "side": "RIGHT",
            "body": self._owner.marked("finding", comment.mark, comment.body),
        }
        if comment.start_line is not None and comment.start_line < comment.line:
            entry |= {"start_line": comment.start_line, "start_side": "RIGHT"}
        return entry

    def _look(self, comments: list[LineComment], overflow: str) -> bool | None:
        """True when the review is there: GitHub takes one whole or not at all."""
        if not comments:
            return True if digest(overflow) in self._overflows() else None
        marks = {item.mark for item in self._standing() if item.number not in self._known}
        return True if all(comment.mark in marks for comment in comments) else None

    def _take_back(self, past: list[Standing]) -> None:
        """Delete them, first what is still in plain sight."""
        for item in sorted(past, key=lambda item: not item.is_current)[:MOST_DELETED]:
            with suppress(MissingError, DeniedError, RejectedError):
                path = f"/repos/{self._api.repository}/pulls/comments/{item.number}"
                self._api.write("DELETE", path, needs=NEEDS, repeatable=True)


def _kept(found: Sequence[Standing], wanted: Collection[str]) -> dict[str, Standing]:
    """One comment for each wanted mark that stands at lines still there: an answered one, else the oldest. Two runs
    at the same time may have said the same twice; both would keep the same one."""
    current = [item for item in found if item.is_current and item.mark in wanted]
    return {item.mark: item for item in sorted(current, key=lambda item: (item.is_answered, -item.number))}


def _fewer(comments: list[LineComment], refusal: str) -> list[LineComment]:
    """What to try next: without the files that GitHub names (it seldom names any), without those over several lines,
    which have more to be wrong, without any. Fewer in any case."""
    unnamed = [item for item in comments if not re.search(rf"(?<![\w./-]){re.escape(item.path)}(?![\w./-])", refusal)]
    single = [item for item in comments if item.start_line is None]
    return next((some for some in (unnamed, single) if some and len(some) < len(comments)), [])
