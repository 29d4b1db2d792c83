"""`release prune`: image content that nothing can go back to is deleted; a dry run unless `--yes`."""

from __future__ import annotations

from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import UsageError


def perform(desk: Desk) -> Outcome:
    """Plan it; delete with `--yes`."""
    raise UsageError("`release prune` is not part of this program yet")
