"""A move of a service in an environment, and what a target can tell and do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from go_release_gate.ledger.entry import Image


@dataclass(frozen=True, slots=True)
class Move:
    """What is to run: `image` with its first location; `before`: digest that runs now, empty: none.

    `accepts_drift`: why a target may show something else than `before` and `after`; empty: it may not.
    `entry`: seq of the intent that is carried out, 0 while it is only planned.
    """

    service: str
    environment: str
    image: Image
    before: str = ""
    version: str = ""
    reason: str = ""
    actor: str = ""
    accepts_drift: str = ""
    entry: int = 0

    @property
    def after(self) -> str:
        """The digest to move to."""
        return self.image.digest

    @property
    def reference(self) -> str:
        """The image by digest, as it is deployed."""
        return f"{self.image.locations[0]}@{self.image.digest}" if self.image.locations else self.image.digest


@dataclass(frozen=True, slots=True)
class Observed:
    """What runs at a target: its digest, empty: nothing yet. `unknown`: why it cannot be told; then it is no drift."""

    digest: str = ""
    detail: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that applying would do: a sentence, and a unified diff where files change."""

    what: str
    diff: str = ""


class Target(Protocol):
    """A place that a move changes. Everything raises GateError subclasses, whose text names target and remedy."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def kind(self) -> str:
        """Its kind, as the configuration says it."""
        ...

    def observe(self, service: str, environment: str) -> Observed:
        """What runs there now. Raises UnavailableError where it cannot be asked."""
        ...

    def plan(self, move: Move) -> tuple[Effect, ...]:
        """What `apply` would do, in order; nothing where it is done already. Nothing is written."""
        ...

    def apply(self, move: Move) -> str:
        """Carry the move out and look whether it took; a sentence that says what was done.

        It can be repeated after an interruption. Raises RefusedError (5), RaceError (4: somebody else changed it
        meanwhile, nothing was written), UnavailableError (3).
        """
        ...
