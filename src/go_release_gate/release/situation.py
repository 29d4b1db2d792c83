"""What a move starts from: the ledger's word and what every target shows, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from go_release_gate.errors import UnavailableError
from go_release_gate.ledger.move import Observed, Target
from go_release_gate.ledger.state import State


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at a target."""

    target: str
    observed: Observed = field(default_factory=Observed)


@dataclass(frozen=True, slots=True)
class Situation:
    """A service in an environment as it is.

    Attributes:
        service, environment: which.
        recorded: digest that the ledger says runs there, empty: none. length, head: of the ledger that said so.
        targets: what was seen at each, in the environment's order.
    """

    service: str
    environment: str
    recorded: str
    length: int
    head: str
    targets: tuple[Seen, ...] = ()

    @property
    def drift(self) -> tuple[Seen, ...]:
        """The targets that show something else than the ledger says; one that cannot tell is no drift."""
        return tuple(
            seen for seen in self.targets if not seen.observed.unknown and seen.observed.digest != self.recorded
        )


def observe(state: State, service: str, environment: str, targets: Sequence[Target]) -> Situation:
    """Look at every target. Raises UnavailableError where one cannot be asked."""
    seen: list[Seen] = []
    for target in targets:
        try:
            seen.append(Seen(target.name, target.observe(service, environment)))
        except UnavailableError as error:
            raise UnavailableError(f"{target.name}: {error.message}", error.hint) from error
    current = state.at(service, environment).current
    return Situation(service, environment, current, state.length, state.head, tuple(seen))
