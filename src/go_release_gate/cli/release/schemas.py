"""The schemas of what `release` prints and of what the ledger holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from go_release_gate.cli.release.checking import Verified
from go_release_gate.cli.release.diffing import Difference
from go_release_gate.cli.release.documents import Done, enveloped_schema, object_schema, stored_schema
from go_release_gate.cli.release.listing import History
from go_release_gate.cli.release.pruning import Cleaning
from go_release_gate.cli.release.screen import Screen
from go_release_gate.cli.release.status import Status
from go_release_gate.ledger.entry import SCHEMA, Entry
from go_release_gate.release.planning import Plan

OBJECTS: Mapping[str, type] = {
    "release-status": Status,
    "release-list": History,
    "release-diff": Difference,
    "release-verify": Verified,
    "release-outcome": Done,
    "release-prune": Cleaning,
}


def release_schemas() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """Kind → what makes its schema."""
    found: dict[str, Callable[[], dict[str, Any]]] = {
        kind: partial(enveloped_schema, kind, content) for kind, content in OBJECTS.items()
    }
    return {**found, "release-plan": _plan, "release-entry": _entry}


def _entry() -> dict[str, Any]:
    """An entry of the ledger, as git holds it: canonical JSON, empty parts left out."""
    return stored_schema("release-entry", Entry, {"schema": {"const": SCHEMA}})


def _plan() -> dict[str, Any]:
    """A dry run's object, which `--plan` takes: the plan without its empty parts, and what a person is shown."""
    envelope = enveloped_schema("release-plan", Done)
    head = {name: envelope["properties"][name] for name in ("schema", "kind", "tool")}
    parts = {"plan": object_schema(Plan, is_sparse=True), "screen": object_schema(Screen)}
    return {**envelope, "description": _plan.__doc__, "required": [*head, *parts], "properties": {**head, **parts}}
