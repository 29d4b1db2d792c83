"""What registries say of a candidate: whether its whole content can still be pulled, from any place that holds it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import missing
from go_release_gate.errors import UnavailableError
from go_release_gate.ledger.state import Release


def absence(registries: Registries, mirrors: Collection[str] = ()) -> Callable[[Release], str]:
    """Why a release cannot be pulled whole, for `ledger.candidates.Conditions`; empty: it can, from one place at least.

    Args:
        registries: how to ask.
        mirrors: repositories beside those that the release was recorded with.

    The answer raises UnavailableError where no place has it whole and one of them could not be asked.
    """

    def reason(release: Release) -> str:
        found, away = "", None
        for location in dict.fromkeys((*release.image.locations, *mirrors)):
            try:
                gone = missing(registries, release.image, location)
            except UnavailableError as error:
                away = away or error
                continue
            if not gone:
                return ""
            found = found or gone
        if away:
            raise UnavailableError(f"nobody can tell whether {release.name} is whole: {away.message}", away.hint)
        return found or "it names no location, and no mirror is set"

    return reason
