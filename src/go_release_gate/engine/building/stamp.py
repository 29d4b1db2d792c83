"""What linker flags may say of the commit that is built: `{{version}}`, `{{commit}}`, `{{date}}`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_PLACE = re.compile(r"\{\{\s*\.?(version|commit|date)\s*\}\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The commit that is built: `time` in seconds since 1970, None: not known; `version` is asked when it is needed."""

    commit: str = ""
    time: int | None = None
    version: Callable[[], str] = lambda: ""

    @property
    def date(self) -> str:
        """The commit's time, RFC 3339 in UTC."""
        if self.time is None:
            return ""
        from datetime import UTC, datetime

        return datetime.fromtimestamp(self.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def fill(self, text: str) -> str:
        """`text` with its places filled in."""
        return _PLACE.sub(lambda match: self._value(match[1].lower()), text)

    def _value(self, name: str) -> str:
        return {"commit": lambda: self.commit, "date": lambda: self.date, "version": self.version}[name]()
