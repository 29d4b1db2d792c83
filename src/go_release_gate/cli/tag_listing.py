"""The tags and branches of a checkout, listed beside other work: thousands of tags take longer than all the rest."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING

from go_release_gate.errors import GateError

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git


@dataclass(frozen=True, slots=True)
class Listed:
    """What is here: names of tags and branches, and whether the history was cut."""

    tags: tuple[str, ...]
    branches: tuple[str, ...]
    is_shallow: bool


class TagListing:
    """Asks git from the moment it is made; whoever wants the answer waits for it."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._found: Listed | None = None
        self._thread = Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        with suppress(GateError):  # said where the answer is wanted
            self._found = self._listed()

    def _listed(self) -> Listed:
        return Listed(self._git.tag_names(), tuple(self._git.branches()), self._git.is_shallow())

    @cached_property
    def answer(self) -> Listed:
        """What git said. Raises UnavailableError where it cannot be started."""
        self._thread.join()
        return self._found or self._listed()
