"""What an answer of GitHub means, and how long to wait before asking again. Pure.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

UNTOLD_WAIT = 60.0  # seconds: what the documentation asks for when a rate limit names no time
_RATE_WORDS = ("rate limit", "abuse detection", "too many requests")


class Meaning(Enum):
    """What an answer says about the request."""

    DONE = auto()
    NOT_DONE = auto()  # surely not: a rate limit, no connection at all. Ask again.
    UNSURE = auto()  # the request may have been carried out: a server error, a lost or unreadable answer
    DENIED = auto()
    MISSING = auto()
    REJECTED = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `status` 0 when there was none; header names in lower case.

    Attributes:
        is_sent: False when the request surely never reached GitHub.
        trouble: for status 0, what happened, in words of ours.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    is_sent: bool = True
    trouble: str = ""

    @property
    def document(self) -> Any:
        """The body's JSON, `{}` for an empty one, None where it is no JSON."""
        if not self.body.strip():
            return {}
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def said(self) -> str:
        """What went wrong, in one line: GitHub's own message, else the status. Foreign text."""
        document = self.document if self.status else None
        message = document.get("message") if isinstance(document, dict) else None
        if not isinstance(message, str):
            return self.trouble or f"HTTP {self.status}"
        details = document.get("errors") if isinstance(document, dict) else None
        more = f": {json.dumps(details)[:300]}" if details else ""
        return f"HTTP {self.status}: {message[:300]}{more}"


def meaning(answer: Answer) -> Meaning:
    """How to take an answer."""
    status = answer.status
    if status == 0:
        return Meaning.UNSURE if answer.is_sent else Meaning.NOT_DONE
    if 200 <= status < 300:
        return Meaning.UNSURE if answer.document is None or (status == 202 and not answer.body) else Meaning.DONE
    if is_rate_limit(answer):
        return Meaning.NOT_DONE
    if status in (401, 403):
        return Meaning.DENIED
    if status == 404:
        return Meaning.MISSING
    return Meaning.UNSURE if status >= 500 else Meaning.REJECTED


def is_rate_limit(answer: Answer) -> bool:
    """Whether a refusal is about how often we ask: 429, or a 403 that says so in a header or in words."""
    if answer.status == 429:
        return True
    if answer.status != 403:
        return False
    limited = "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
    return limited or any(word in answer.said.lower() for word in _RATE_WORDS)


def told_wait(answer: Answer, now: float) -> float | None:
    """Seconds that GitHub asks us to wait; None when it leaves that to us.

    Args:
        now: seconds since the epoch, for `x-ratelimit-reset`.
    """
    after = _number(answer.headers.get("retry-after", ""))
    if after is not None:
        return max(after, 0.0)
    if not is_rate_limit(answer):
        return None
    reset = _number(answer.headers.get("x-ratelimit-reset", ""))
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return max(reset - now, 0.0) + 1.0
    return UNTOLD_WAIT


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value < 1e12 else None
