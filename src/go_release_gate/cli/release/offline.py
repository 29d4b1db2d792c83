"""The ledger as this clone saw it last, for `--offline`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from go_release_gate.errors import UnavailableError

if TYPE_CHECKING:
    from go_release_gate.adapters.ledger.git_store import GitStore
    from go_release_gate.ledger.store import Records


@dataclass(frozen=True, slots=True)
class LastKnown:
    """A ledger that is read only, and asks nobody. See ledger.store.Store."""

    store: GitStore

    def read(self, known: Records | None = None) -> Records:  # noqa: ARG002 - as the protocol has it
        """What the clone has. Raises UnavailableError where it never saw the ledger: that is not an empty one."""
        found = self.store.last_known()
        if not found.records:
            raise UnavailableError("this clone never saw the ledger, and --offline asks nobody", "leave --offline away")
        return found

    def keep(self, records: Records) -> None:
        """Nothing new was seen."""

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:  # noqa: ARG002
        """Nothing is written offline."""
        raise UnavailableError("nothing is written to the ledger with --offline")
