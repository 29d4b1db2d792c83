"""Where a view of the ledger and the ledger itself disagree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement: `seq` of the entry, and a sentence that names who lacks or changed what.

    `is_gap`: the view alone lacks something, as it does where it could not be written; that says nothing against the
    ledger. Everything else does, or against the view: the ledger was cut short or written anew, or somebody else wrote
    to the view.
    """

    seq: int
    what: str
    is_gap: bool = False
