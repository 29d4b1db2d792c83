"""A pruning carried out: the ledger is told first, then manifest after manifest is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from go_release_gate.errors import GateError, RaceError
from go_release_gate.ledger.entry import PRUNE, Actor, Entry
from go_release_gate.ledger.state import State
from go_release_gate.release.book import Book
from go_release_gate.release.pruning.plan import Deletion, PrunePlan, Pruning, plan_prune
from go_release_gate.release.pruning.removing import Remover

DIGESTS = 1000  # in one entry of the ledger, whose size has a limit


@dataclass(frozen=True, slots=True)
class Pruned:
    """What became of a plan.

    Attributes:
        deleted: what was taken away. gone: what was not there any more.
        failed: what is still there, and why; pruning again takes it up.
    """

    deleted: tuple[Deletion, ...] = ()
    gone: tuple[Deletion, ...] = ()
    failed: tuple[tuple[Deletion, str], ...] = ()


def apply_prune(plan: PrunePlan, pruning: Pruning, book: Book, actor: Actor, removers: Mapping[str, Remover]) -> Pruned:
    """Carry a plan out, while every part of it is still the complement of what is protected.

    The entry is written before the first deletion: whoever looks for a release to go back to passes over what is about
    to vanish, wherever a kill ends this. One failed deletion does not stop the others.

    Args:
        removers: by repository, what deletes there.

    Raises:
        RaceError: something of the plan is protected by now; nothing was changed.
        RefusedError, UnavailableError: a repository deletes nothing, or cannot be asked; nothing was changed.
    """
    for repository in dict.fromkeys(one.repository for one in plan.deletions):
        removers[repository].probe(repository)
    again = plan_prune(pruning, book.state())
    still = {(one.repository, one.digest) for one in again.deletions}
    if lost := [one for one in plan.deletions if (one.repository, one.digest) not in still]:
        raise RaceError(f"{lost[0].repository}@{lost[0].digest} is protected, named or gone by now", "plan again")
    if plan.releases:
        book.append(lambda state: _entries(plan, pruning, actor, state))
    deleted: list[Deletion] = []
    gone: list[Deletion] = []
    failed: list[tuple[Deletion, str]] = []
    for one in plan.deletions:
        try:
            (deleted if removers[one.repository].delete(one.repository, one.digest) else gone).append(one)
        except GateError as error:
            failed.append((one, error.message))
    return Pruned(tuple(deleted), tuple(gone), tuple(failed))


def _entries(plan: PrunePlan, pruning: Pruning, actor: Actor, state: State) -> list[Entry]:
    """The entries that say what vanishes; asked again where others wrote in between."""
    kept = pruning.protected(state)
    if lost := next((digest for digest in plan.releases if digest in kept), ""):
        raise RaceError(f"{lost} is protected by now: {kept[lost].reason}; nothing was deleted", "plan again")
    new = [digest for digest in plan.releases if digest not in state.pruned]
    parts = [tuple(new[start : start + DIGESTS]) for start in range(0, len(new), DIGESTS)]
    now = pruning.now()
    return [Entry(0, "", PRUNE, plan.service, "", now, actor, reason="retention", digests=part) for part in parts]
