"""What can go wrong between a client and GitHub, one fault per request.

A plan is a list of faults. Each request takes the first fault of the list that fits it by method and path; when none
fits, nothing goes wrong. `fine()` lets a request through, so that a plan can say "the third one".
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal["fine", "answer", "reset", "hang", "truncated"]
HTML = b"<!DOCTYPE html><html><head><title>Unicorn!</title></head><body>We had issues</body></html>"
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
PRIMARY = "API rate limit exceeded for installation ID 1."


@dataclass(frozen=True)
class Fault:
    """One fault; made by the functions below.

    Attributes:
        after: whether the request is carried out first, so that only its answer is lost.
        hides, unlists: how many reads and how many lists do not know what the request created.
        method, path: regular expressions the whole method, or a part of the path, must match.
    """

    kind: Kind
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    after: bool = False
    hides: int = 0
    unlists: int = 0
    resets_in: int | None = None
    method: str = ".*"
    path: str = ""

    @property
    def is_carried_out(self) -> bool:
        """Whether the request has its effect."""
        return self.kind == "fine" or self.after

    @property
    def name(self) -> str:
        """The fault in the log of requests."""
        sights = [name for name, count in (("hidden", self.hides), ("unlisted", self.unlists)) if count]
        return " ".join([self.kind, *(["after"] if self.after else []), *sights])

    def on(self, method: str = ".*", path: str = "") -> Fault:
        """The same fault for some requests only."""
        return replace(self, method=method, path=path)

    def fits(self, method: str, path: str) -> bool:
        """Whether a request may take it."""
        return bool(re.fullmatch(self.method, method) and re.search(self.path, path))


class Plan:
    """The faults still to come, and `taken`: those that happened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self.taken: list[Fault] = []

    def add(self, faults: Iterable[Fault]) -> None:
        """Put faults at the end."""
        with self._lock:
            self._waiting += faults

    @property
    def left(self) -> int:
        """How many faults nobody met yet."""
        return len(self._waiting)

    def take(self, method: str, path: str) -> Fault:
        """The fault of a request."""
        with self._lock:
            for number, fault in enumerate(self._waiting):
                if fault.fits(method, path):
                    self.taken.append(self._waiting.pop(number))
                    return fault
        return fine()


def fine() -> Fault:
    """Nothing goes wrong."""
    return Fault("fine")


def status(
    code: int, message: str = "", headers: Mapping[str, str] | None = None, *, after: bool = False
) -> Fault:  # fmt: skip
    """A refusal with that status: 500, 502, 503, 504 …; `after`: the request was carried out all the same."""
    body = json.dumps({"message": message or f"status {code}"}).encode()
    return Fault("answer", code, headers or {}, body, after=after)


def too_many(retry_after: int | None = None) -> Fault:
    """429, with or without Retry-After."""
    return status(429, SECONDARY, _retry(retry_after))


def secondary_limit(retry_after: int | None = None) -> Fault:
    """403 for too much at once."""
    return status(403, SECONDARY, _retry(retry_after))


def primary_limit(resets_in: int, code: int = 403) -> Fault:
    """403 (or 429) for too much in this hour; the limit is new after `resets_in` seconds of the fake's clock."""
    return replace(status(code, PRIMARY, {"X-RateLimit-Remaining": "0"}), resets_in=resets_in)


def reset() -> Fault:
    """The connection is cut before the request is looked at."""
    return Fault("reset")


def lost(*, hides: int = 0, unlists: int = 0) -> Fault:
    """The request is carried out, then the connection is cut; what it created may be out of sight for a while."""
    return Fault("reset", after=True, hides=hides, unlists=unlists)


def hang(*, after: bool = False) -> Fault:
    """No answer until the client goes away."""
    return Fault("hang", after=after)


def truncated() -> Fault:
    """The request is carried out; half of the answer comes."""
    return Fault("truncated", after=True)


def html(*, after: bool = False, code: int = 200) -> Fault:
    """A page where JSON should be."""
    return Fault("answer", code, body=HTML, content_type="text/html; charset=utf-8", after=after)


def empty(*, after: bool = False, code: int = 200) -> Fault:
    """An answer with nothing in it."""
    return Fault("answer", code, after=after)


def hidden(reads: int = 1) -> Fault:
    """What the next POST creates answers 404 to its next `reads` reads and changes."""
    return Fault("fine", hides=reads, method="POST")


def unlisted(listings: int = 1) -> Fault:
    """What the next POST creates is missing from the next `listings` lists it belongs in."""
    return Fault("fine", unlists=listings, method="POST")


# Every fault that a request can meet without its outcome being decided, by name: for properties over sequences.
TRANSIENT: dict[str, Callable[[], Fault]] = {
    "fine": fine,
    "500": lambda: status(500),
    "502": lambda: status(502),
    "502 after": lambda: status(502, after=True),
    "503": lambda: status(503),
    "429": too_many,
    "429 with a wait": lambda: too_many(1),
    "secondary": secondary_limit,
    "primary": lambda: primary_limit(5),
    "reset": reset,
    "lost": lost,
    "truncated": truncated,
    "html": html,
    "html after": lambda: html(after=True),
    "empty": empty,
    "empty after": lambda: empty(after=True),
    "hidden": hidden,
    "unlisted": unlisted,
}


def _retry(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}
