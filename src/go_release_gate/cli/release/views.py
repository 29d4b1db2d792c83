"""Views of the ledger, which are written after it and never believed: entries beside their images, deployments."""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import GateError
from go_release_gate.ledger.entry import Entry


def shown(desk: Desk, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Write the views of entries that are in the ledger; what cannot be written is a notice."""
    if not entries or desk.is_journaled or "artifact" not in desk.settings.ledger.views:
        return ()
    from go_release_gate.adapters.ledger.artifact_view import show

    return show(desk.registries, desk.book.state(fresh=False), entries)


def compared(desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where views disagree with the ledger, and which could not be asked."""
    if "artifact" not in desk.settings.ledger.views:
        return (), ()
    from go_release_gate.adapters.ledger.artifact_view import compare, read

    state = desk.book.state(fresh=False)
    records = desk.book.store.read().records
    differences: list[str] = []
    notices: list[str] = []
    for service, releases in state.releases.items():
        for digest, release in releases.items():
            if digest in state.pruned or not release.image.locations:
                continue
            try:
                view = read(desk.registries, release.image.locations[0], digest)
            except GateError as error:
                notices.append(f"what is beside {service} {release.name} could not be read: {error.message}")
                continue
            differences += [f"{service} {release.name}: {one.what}" for one in compare(view, records, digest)]
    return tuple(differences), tuple(notices)
