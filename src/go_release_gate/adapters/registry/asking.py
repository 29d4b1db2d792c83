"""Asking within a time: again after a moment when it may help, and after redirects that may be followed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.places import Place, refusal
from go_release_gate.adapters.registry.wire import Ask, Wire

TRIES = 4
FIRST_WAIT = 0.5  # seconds; doubled at each further try
LONGEST_WAIT = 30.0
REDIRECTS = 3
_REDIRECT = frozenset({301, 302, 303, 307, 308})


@dataclass(slots=True)
class Timing:
    """The time for everything that is asked in one run: it begins with the first question.

    Attributes:
        total: seconds for all. each: seconds for one answer.
        transfers: seconds for the bytes of all blobs together, which do not count against `total`.
        clock, sleep: monotonic seconds; waits.
    """

    total: float = 60.0
    each: float = 20.0
    transfers: float = 900.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _end: float = field(default=0.0, init=False)
    _moved: float = field(default=0.0, init=False)

    def moved(self, seconds: float) -> float:
        """Time that went by while a blob was read, to the good of what is asked later; the seconds left for blobs."""
        self._moved += seconds
        self._end += seconds if self._end else 0.0
        return self.transfers - self._moved

    def left(self) -> float:
        """Seconds left."""
        if not self._end:
            self._end = self.clock() + self.total
        return self._end - self.clock()

    def end_within(self, seconds: float) -> None:
        """From now on there are at most `seconds` left."""
        self._end = self.clock() + min(seconds, max(self.left(), 0.0))


class Asker:
    """Asks one registry, or whom it points at, through `wire`."""

    def __init__(self, wire: Wire, timing: Timing) -> None:
        self._wire = wire
        self._away: set[str] = set()
        self.timing = timing

    def ask(self, place: Place, ask: Ask) -> Answer:
        """The answer to `ask`, after repetitions and redirects (of GET and HEAD); a login goes to no other host."""
        for _ in range(REDIRECTS + 1):
            answer = self._repeated(ask)
            location = answer.headers.get("location", "") if answer.status in _REDIRECT else ""
            if not location:
                return answer
            if ask.method not in ("GET", "HEAD"):
                return Answer(0, trouble="a redirect instead of an answer", is_final=True)
            target = _joined(ask.url, location)
            why = refusal(place, target)
            if why:
                return Answer(0, trouble=f"a redirect to {why}", is_final=True)
            own = target.lower().startswith(f"{place.origin.lower()}/")
            headers = {name: value for name, value in ask.headers.items() if own or name != "Authorization"}
            ask = replace(ask, url=target, headers=headers)
        return Answer(0, trouble=f"more than {REDIRECTS} redirects", is_final=True)

    def _repeated(self, ask: Ask) -> Answer:
        """The answer after as many tries as may help; a host that gave none is not asked again in this run."""
        host = urlsplit(ask.url).netloc
        if host in self._away:
            return Answer(0, trouble="no answer before, so it was not asked again", is_final=True)
        answer = self._tried(ask)
        if answer.status == 0 and not answer.is_final and not ask.is_once:
            self._away.add(host)
        return answer

    def _tried(self, ask: Ask) -> Answer:
        wait = FIRST_WAIT
        for number in range(1, TRIES + 1):
            left = self.timing.left()
            if left <= 0:
                return Answer(0, trouble="no time is left to ask", is_final=True)
            answer = self._wire.send(ask, min(left, self.timing.each + ask.patience))
            if not answer.is_worth_repeating or number == TRIES or ask.is_once:
                break
            told = answer.told_wait
            pause = wait if told is None else told
            if pause > min(LONGEST_WAIT, self.timing.left()):
                break
            self.timing.sleep(pause)
            wait *= 2
        return answer


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return ""
