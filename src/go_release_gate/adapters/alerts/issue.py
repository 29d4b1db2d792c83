"""An issue for each incident: opened once, edited in place, commented when its state changes, closed in the end.

https://docs.github.com/rest/issues/issues. It is found as our comments are: by a hidden marker in a body of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from go_release_gate.adapters.alerts.message import Message
from go_release_gate.adapters.github.api import Api, Document
from go_release_gate.adapters.github.authors import is_by
from go_release_gate.adapters.github.comments import is_as_written, marked, put_comment, read_mark
from go_release_gate.adapters.github.creating import create_once
from go_release_gate.ledger.codec import timestamp

NEEDS = "issues: write"
TITLE_LIMIT = 256  # characters; GitHub answers 422 to more ("title is too long")
_STATE = re.compile(r"<!-- state=([a-z-]{1,40}) -->")


def put_issue(api: Api, message: Message, author: str, *, labels: Sequence[str] = (), since: datetime) -> str:
    """Make the one issue of an incident say `message`; its address, empty where there is none to close.

    Somebody who closed it is not overruled before the incident's state changes.

    Args:
        author: login of the token, as `api.viewer()` gives it; empty: any bot.
        since: issues that nobody touched after it are not looked at.

    Raises:
        GitHubError: it could not be asked or told.
    """
    return _Issue(api, message, author, tuple(labels), since).put()


class _Issue:
    def __init__(self, api: Api, message: Message, author: str, labels: tuple[str, ...], since: datetime) -> None:
        self._api, self._message, self._author, self._labels = api, message, author, labels
        self._list = f"/repos/{api.repository}/issues"
        self._query = {"state": "all", "since": timestamp(since), "sort": "created", "direction": "desc"}
        self._key = f"issue {message.incident}"
        self._body = marked(self._key, f"<!-- state={message.state} -->\n{message.markdown}")
        self._title = message.title[:TITLE_LIMIT]

    def put(self) -> str:
        found = self._ours()
        if found:
            kept = self._updated(found[0])
        elif self._message.is_open:
            kept = create_once(self._api, self._post, self._standing)
            # Two runs may have looked and found nothing at the same time: the oldest stays.
            found = sorted({_number(one): one for one in (kept, *self._ours())}.values(), key=_number)
            if _number(found[0]) != _number(kept):
                kept = self._updated(found[0])
        else:
            return ""
        for other in found[1:]:
            if other.get("state") == "open":
                self._patch(other, {"state": "closed", "state_reason": "not_planned"})
        return str(kept.get("html_url", ""))

    def _updated(self, issue: Document) -> Document:
        body = str(issue.get("body"))
        told = _STATE.search(body)
        is_new = told is None or told[1] != self._message.state
        wanted: dict[str, str] = {}
        if issue.get("title") != self._title or not is_as_written(body, self._body):
            wanted |= {"title": self._title, "body": self._body}
        if is_new and (issue.get("state") == "open") != self._message.is_open:
            wanted |= (
                {"state": "open", "state_reason": "reopened"}
                if self._message.is_open
                else {"state": "closed", "state_reason": "completed"}
            )
        if is_new:  # first, and once: an edit tells nobody
            key = f"alert {self._message.incident} {self._message.state}"
            put_comment(self._api, _number(issue), key, self._message.markdown, self._author, create=True)
        return self._patch(issue, wanted) if wanted else issue

    def _post(self) -> Document:
        body = {"title": self._title, "body": self._body, "labels": list(self._labels)}
        return self._api.write("POST", self._list, body, needs=NEEDS)

    def _patch(self, issue: Document, body: Mapping[str, str]) -> Document:
        return self._api.write("PATCH", f"{self._list}/{_number(issue)}", body, needs=NEEDS, repeatable=True)

    def _standing(self) -> Document | None:
        return next(iter(self._ours()), None)

    def _ours(self) -> list[Document]:
        """Those with our marker by our author, the oldest first."""
        return sorted(filter(self._is_ours, self._api.pages(self._list, self._query)), key=_number)

    def _is_ours(self, issue: Document) -> bool:
        mark, wanted = read_mark(issue.get("body")), read_mark(self._body)
        user = issue.get("user")
        if mark is None or wanted is None or mark.key != wanted.key or "pull_request" in issue:
            return False
        return isinstance(user, Mapping) and is_by(user, self._author)


def _number(issue: Document) -> int:
    number = issue.get("number")
    return number if isinstance(number, int) else 0
