"""Where findings about a tag stand: a tag has no line of its own."""

from __future__ import annotations

from typing import Any

from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.model.finding import Location, Target
from go_release_gate.rules.base import Draft

SHORT = 12  # hex digits of a commit that a message shows


def draft(table: ReleaseTable, message: str, **more: Any) -> Draft:
    """A draft about the judged tag: at the module line of the module it releases, else at the first image."""
    modules = table.modules_of(table.pushed)
    place = modules[0].place if modules else table.rows[0].place
    module = modules[0].dir if modules else None
    known: dict[str, Any] = {
        "key": table.pushed,
        "module": module,
        "target": Target("tag", table.pushed),
        "location": place,
    }
    return Draft(message=message, **{**known, **more})


def at(location: Location) -> str:
    """A place in words."""
    return f"{location.path}:{location.line or 1}"
