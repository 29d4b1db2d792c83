"""What a registry's answer means. Pure.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAY_SAY = 200  # characters of a registry's own words
_LOST = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end: `status` 0 when there was none; header names in lower case.

    Attributes:
        url: the address that gave it, after redirects.
        trouble: for status 0, what happened, in words of ours.
        is_final: for status 0, whether asking again cannot help.
        challenges: every WWW-Authenticate header.
        stream: where a stream was asked for and there is one, what to read on from and to close; `body` is empty then.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""
    trouble: str = ""
    is_final: bool = False
    challenges: tuple[str, ...] = ()
    stream: Any = field(default=None, repr=False, compare=False)

    @property
    def document(self) -> Any:
        """The body's JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def codes(self) -> tuple[str, ...]:
        """The error codes of a registry, as the specification has them; empty for anybody else's error page."""
        return tuple(code for error in _errors(self.document) if isinstance(code := error.get("code"), str))

    @property
    def said(self) -> str:
        """What went wrong, in one line without control characters. Foreign text."""
        if self.status == 0:
            return self.trouble or "no answer"
        first = next(iter(_errors(self.document)), {})
        words = " ".join(str(first[key]) for key in ("code", "message") if isinstance(first.get(key), str))
        return f"HTTP {self.status}{': ' if words else ''}{harmless(words)}"

    @property
    def is_worth_repeating(self) -> bool:
        """Whether the same question may get another answer in a moment."""
        return not self.is_final if self.status == 0 else self.status in _LOST

    @property
    def told_wait(self) -> float | None:
        """Seconds that the registry asks us to wait; None when it leaves that to us (or names a date)."""
        text = self.headers.get("retry-after", "").strip()
        return float(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


def harmless(text: str) -> str:
    """Foreign words on one line, cut, with everything that does not print left out."""
    line = " ".join(text[: 4 * MAY_SAY].split())
    shown = "".join(char for char in line if char.isprintable())
    return shown if len(shown) <= MAY_SAY else f"{shown[:MAY_SAY]}…"


def _errors(document: Any) -> list[dict[str, Any]]:
    errors = document.get("errors") if isinstance(document, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
