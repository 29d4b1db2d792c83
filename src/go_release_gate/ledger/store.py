"""Where the bytes of the ledger lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Loss:
    """What was seen of a ledger before and is missing, or is no entry: from entry `seq` on. `reason`: in words."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Records:
    """The ledger as it was read: the bytes of every entry, oldest first, and the commit that holds the last one.

    `loss`: what of it was there before, or cannot be read; None: it goes on from what was seen.
    """

    records: tuple[bytes, ...]
    tip: str = ""
    loss: Loss | None = None


class Store(Protocol):
    """A ledger that can be read and grown by entries at its end, in one step or not at all."""

    def read(self, known: Records | None = None) -> Records:
        """The ledger as it is now; `known` spares reading again what was read before.

        Raises UnavailableError: it cannot be reached. RefusedError: what is there is no ledger.
        """
        ...

    def keep(self, records: Records) -> None:
        """What was read last was believed whole: from now on it is missed where it is gone."""
        ...

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        """Add (bytes, one line for people) behind the commit `tip` (empty: to a ledger that is not there yet).

        The new tip, or None where somebody else was faster: nothing was written then. Raises UnavailableError where
        nobody can say whether it was written (the caller reads again and looks), RefusedError for missing rights.
        """
        ...


class Memory(Protocol):
    """What was believed before on this machine, so that it need not be judged again."""

    def load(self) -> Records | None:
        """The records that were believed under today's signers; None: nothing is known, or not to be trusted."""
        ...

    def save(self, records: Records) -> None:
        """Keep records that were believed whole. Where it cannot be written, nothing happens."""
        ...
