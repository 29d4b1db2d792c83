"""A plan in a file: what `--dry-run --output FILE` writes and `--plan FILE` applies."""

from __future__ import annotations

import json
from typing import Any

from go_release_gate.errors import UsageError
from go_release_gate.ledger.codec import InvalidEntryError, made, plain
from go_release_gate.ledger.entry import MOVES
from go_release_gate.release.planning import Plan

SCHEMA = 1
SIZE_LIMIT = 4 << 20


def document_of(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values."""
    return {"schema": SCHEMA, "kind": "release-plan", "plan": plain(plan)}


def read_plan(data: bytes, name: str) -> Plan:
    """The plan in the bytes of the file `name`. Raises UsageError."""
    try:
        document = json.loads(data) if len(data) <= SIZE_LIMIT else None
        if not isinstance(document, dict) or document.get("kind") != "release-plan":
            raise InvalidEntryError("no plan of a release")
        if document.get("schema") != SCHEMA:
            raise InvalidEntryError(f"schema {document.get('schema')!r}: this program knows {SCHEMA}")
        plan = made(Plan, document.get("plan"))
        if plan.kind not in MOVES:
            raise InvalidEntryError(f"a plan of a {plan.kind}, expected one of {', '.join(MOVES)}")
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: {error}", "make it with `--dry-run --output FILE`") from None
    return plan
