"""What an answer of GitHub means, and how long to wait before asking again. Pure.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any

UNTOLD_WAIT = 60.0  # seconds: what the documentation asks for when a rate limit names no time
MAY_SAY = 300  # characters of GitHub's own words
_RATE_WORDS = ("rate limit", "abuse detection", "too many requests")


class Meaning(Enum):
    """What an answer says about the request."""

    DONE = auto()
    NOT_DONE = auto()  # surely not: a rate limit, no connection at all. Ask again.
    UNSURE = auto()  # the request may have been carried out: a server error, a lost or unreadable answer
    HOPELESS = auto()  # surely not, and never will be: the server is not the one we trust
    DENIED = auto()
    MISSING = auto()
    REJECTED = auto()


@dataclass(frozen=True)
class Answer:
    """An answer: `status` 0 when there was none; header names in lower case.

    Attributes:
        is_sent: False when the request surely never reached GitHub.
        is_final: for status 0, whether asking again cannot help.
        trouble: for status 0, what happened, in words of ours.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    is_sent: bool = True
    is_final: bool = False
    trouble: str = ""

    @cached_property
    def document(self) -> Any:
        """The body's JSON; `{}` where GitHub says that there is none (204), None where it is no JSON."""
        if self.status == 204:
            return {}
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def said(self) -> str:
        """What went wrong, in one line: GitHub's own message, else the status. Foreign text."""
        document = self.document if self.status else None
        if not isinstance(document, dict) or not isinstance(document.get("message"), str):
            return self.trouble or f"HTTP {self.status}"
        message, details = document["message"], document.get("errors")
        more = f": {json.dumps(details)[:MAY_SAY]}" if details else ""
        return f"HTTP {self.status}: {' '.join(message.split())[:MAY_SAY]}{more}"


def meaning(answer: Answer) -> Meaning:
    """How to take an answer."""
    status = answer.status
    if status == 0:
        unsent = Meaning.HOPELESS if answer.is_final else Meaning.NOT_DONE
        return Meaning.UNSURE if answer.is_sent else unsent
    if 200 <= status < 300:
        return Meaning.UNSURE if answer.document is None else Meaning.DONE
    if is_rate_limit(answer):
        return Meaning.NOT_DONE
    told = {401: Meaning.DENIED, 403: Meaning.DENIED, 404: Meaning.MISSING, 408: Meaning.UNSURE}
    return told.get(status, Meaning.UNSURE if status >= 500 else Meaning.REJECTED)


def is_rate_limit(answer: Answer) -> bool:
    """Whether a refusal is about how often we ask: 429, or a 403 that says so in a header or in words."""
    if answer.status == 429:
        return True
    if answer.status != 403:
        return False
    limited = "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
    return limited or any(word in answer.said.lower() for word in _RATE_WORDS)


def told_wait(answer: Answer, now: float) -> float | None:
    """Seconds that GitHub asks us to wait; None when it leaves that to us. A negative or unreadable number is none.

    Args:
        now: seconds since the epoch, for `x-ratelimit-reset`.
    """
    after = _number(answer.headers.get("retry-after", ""))
    if after is not None:
        return after
    if not is_rate_limit(answer):
        return None
    reset = _number(answer.headers.get("x-ratelimit-reset", ""))
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return max(reset - now, 0.0) + 1.0
    return UNTOLD_WAIT


def next_page(answer: Answer) -> bool | None:
    """Whether the header Link announces another page; None without that header.

    https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
    """
    link = answer.headers.get("link")
    return None if link is None else 'rel="next"' in link


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e12 else None
