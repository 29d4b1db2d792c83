"""What a listener hears while a check runs."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by the engine; drawn by a report (a live line on a terminal, plain lines elsewhere, nothing with -q)."""

    def phase(self, name: str, total: int) -> None:
        """A phase starts: discover, tidy, verify, vendor, rules. `total` steps are ahead (0: unknown)."""
        ...

    def step(self, name: str, word: str) -> None:
        """One step ended: a module's directory or `path@version`, and its outcome in one word."""
        ...

    def note(self, text: str) -> None:
        """What is going on in a step that takes long."""
        ...

    def close(self) -> None:
        """The run is over, whatever way it ended."""
        ...


class Silence:
    """Hears and says nothing."""

    def phase(self, name: str, total: int) -> None:
        """Do nothing."""

    def step(self, name: str, word: str) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
