"""An address that must answer, and say which release it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from go_release_gate.adapters.health.fetching import SIZE_LIMIT, checked, fetched
from go_release_gate.adapters.health.reading import PATIENCE, Reading, Subject, filled, values_of
from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.wire import Ask, Wire
from go_release_gate.config.releases import HttpProbe

_SHORT_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_OF_OURS = ("name resolution", "(OSError)", "TLS")


@dataclass(frozen=True, slots=True)
class HttpProber:
    """Asks the address of a probe with GET.

    Args:
        wire: how requests are sent. settings: the probe. patience: seconds for an answer.
    """

    wire: Wire
    settings: HttpProbe
    patience: float = PATIENCE

    @property
    def name(self) -> str:
        """Host and path; a query may hold what is nobody's business."""
        parts = urlsplit(self.settings.url)
        return f"http {parts.netloc.rpartition('@')[2]}{parts.path}"

    def look(self, subject: Subject) -> Reading:
        """A service that does not answer fails; what our own side prevents (names, trust, size) is inconclusive."""
        url = checked(filled(self.settings.url, values_of(subject)), "health.http")
        ask = Ask("GET", url, {"Accept": "application/json, */*", "Cache-Control": "no-cache"}, limit=SIZE_LIMIT)
        is_redirect_wanted = 300 <= self.settings.status < 400
        answer = fetched(self.wire, ask, self.patience, follow=not is_redirect_wanted)
        if answer.status == 0:
            is_ours = answer.is_final or any(word in answer.trouble for word in _OF_OURS)
            return Reading(self.name, "inconclusive" if is_ours else "fail", answer.trouble)
        return self._judged(answer, subject)

    def _judged(self, answer: Answer, subject: Subject) -> Reading:
        said = _said(answer.document, self.settings.version_key) if self.settings.version_key else None
        if said is not None and not fits(said, subject):
            wanted = subject.version or subject.digest
            words = f"it hit something else: {said[:80]}, expected {wanted}"
            return Reading(self.name, "inconclusive", words, is_other=True)
        if answer.status != self.settings.status:
            return Reading(self.name, "fail", f"status {answer.status}, expected {self.settings.status}")
        if self.settings.contains and self.settings.contains not in answer.body.decode("utf-8", "replace"):
            return Reading(self.name, "fail", f"the answer does not hold {self.settings.contains!r}")
        if self.settings.version_key and said is None:
            return Reading(self.name, "inconclusive", f"the answer has no {self.settings.version_key}")
        return Reading(self.name, "pass", f"status {answer.status}{f', {said[:80]}' if said else ''}")


def fits(said: str, subject: Subject) -> bool:
    """Whether what a service says of itself (digest, version or commit) is the subject; a version with or without v."""
    if said == subject.digest:
        return True
    if subject.version and said.removeprefix("v") == subject.version.removeprefix("v"):
        return True
    word = said.lower()
    return bool(_SHORT_COMMIT.fullmatch(word)) and subject.commit.startswith(word)


def _said(document: Any, key: str) -> str | None:
    """The value of `key` itself, or of `key` as names joined by dots; None where there is no text."""
    found = document.get(key) if isinstance(document, dict) else None
    if found is None:
        found = document
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    return json.dumps(found) if isinstance(found, int | float) else found if isinstance(found, str) else None
