"""One alert in all of its forms, every word of it harmless where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 10.0  # seconds of one way


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told.

    Attributes:
        incident: what it is about, the same text for all that is said of one incident.
        state: what has become of it, one word. is_open: whether a person should still look.
        title: one line. markdown: for GitHub. text: for chats. document: JSON values, for programs.
    """

    incident: str
    state: str
    is_open: bool
    title: str
    markdown: str
    text: str
    document: Mapping[str, Any] = field(default_factory=dict)
