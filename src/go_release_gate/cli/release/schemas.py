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
from go_release_gate.ledger.entry import (
    HOLD,
    KINDS,
    MOVES,
    PRUNE,
    QUARANTINE,
    RELEASE,
    SCHEMA,
    UNHOLD,
    VERDICT,
    Entry,
)
from go_release_gate.release.planning import Plan

OBJECTS: Mapping[str, type] = {
    "release-status": Status,
    "release-list": History,
    "release-diff": Difference,
    "release-verify": Verified,
    "release-outcome": Done,
    "release-prune": Cleaning,
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    RELEASE: ("image",),
    **dict.fromkeys(MOVES, ("environment", "after", "phase")),
    VERDICT: ("environment", "digest", "health"),
    **dict.fromkeys((HOLD, UNHOLD), ("environment",)),
    QUARANTINE: ("digest",),
    PRUNE: ("digests",),
}
SMALLEST = {"string": "minLength", "integer": "minimum", "array": "minItems", "object": "minProperties"}


def release_schemas() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """Kind → what makes its schema."""
    found: dict[str, Callable[[], dict[str, Any]]] = {
        kind: partial(enveloped_schema, kind, content) for kind, content in OBJECTS.items()
    }
    return {**found, "release-plan": _plan, "release-entry": _entry}


def _entry() -> dict[str, Any]:
    """An entry of the ledger, as git holds it: canonical JSON, empty parts left out."""
    made: dict[str, Any] = _without_empty(stored_schema("release-entry", Entry, {"schema": {"const": SCHEMA}}))
    made["properties"]["kind"] = {"enum": list(KINDS)}
    made["required"] = ["schema", "seq", "kind", "service", "time", "actor"]
    made["properties"]["actor"]["required"] = ["name"]
    moves = {"properties": {"kind": {"enum": list(MOVES)}}}
    return {
        **made,
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"required": list(parts)}}
            for kind, parts in REQUIRED.items()
        ]
        + [{"if": {"required": ["phase"]}, "then": moves}],
    }


def _without_empty(schema: Any) -> Any:
    """The same schema for bytes in canonical form: parts without content are left out, each time has one form."""
    if isinstance(schema, list):
        return [_without_empty(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _without_empty(one) for key, one in schema.items()}
    for inner in ("items", "additionalProperties"):  # in a list or a table, what has no content still has its place
        if isinstance(found.get(inner), dict):
            found[inner] = {key: one for key, one in found[inner].items() if key not in SMALLEST.values()}
    forms = [one for one in found.get("anyOf", ()) if one != {"type": "null"}]
    if len(forms) == 1:
        return forms[0]
    if "enum" in found:
        return {"enum": [word for word in found["enum"] if word]}
    if found.get("format") == "date-time":
        return {**found, "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
    kind = found.get("type")
    limit = SMALLEST.get(kind) if isinstance(kind, str) else None
    return {**found, limit: 1} if limit else found


def _plan() -> dict[str, Any]:
    """A dry run's object, which `--plan` takes: the plan without its empty parts, and what a person is shown."""
    envelope = enveloped_schema("release-plan", Done)
    head = {name: envelope["properties"][name] for name in ("schema", "kind", "tool")}
    parts = {"plan": object_schema(Plan, is_sparse=True), "screen": object_schema(Screen)}
    return {**envelope, "description": _plan.__doc__, "required": [*head, *parts], "properties": {**head, **parts}}
