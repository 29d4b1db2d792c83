"""Making a thing exactly once where the list that would show it lags behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from go_release_gate.adapters.github.api import Api, LostWriteError

T = TypeVar("T")
LOOKS = 3  # looks at growing distance (in sum 7 to 14 s) before a thing counts as not made


def create_once(api: Api, write: Callable[[], T], look: Callable[[], T | None], looks: int = LOOKS) -> T:
    """`api.once` that looks several times, with the waits of `api.once` between, before it writes again.

    For what cannot be taken back or is seen by people: a list that is a few seconds old must not lead to a second one.
    """
    unseen = 0

    def careful_write() -> T:
        nonlocal unseen
        if unseen:
            raise LostWriteError("a write's answer was lost and the list does not show the outcome")
        try:
            return write()
        except LostWriteError:
            unseen = looks
            raise

    def careful_look() -> T | None:
        nonlocal unseen
        unseen = max(0, unseen - 1)
        return look()

    return api.once(careful_write, careful_look)
