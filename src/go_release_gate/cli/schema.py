"""`schema KIND`: the JSON schema of a report or file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import UsageError


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 - every verb takes the same two
    """Print the schema; exit 2 for a kind that has none."""
    sys.stdout.write(schema_text(args.kind))
    return 0


def schema_text(kind: str) -> str:
    """The schema of `kind` as JSON text. Raises UsageError with the nearest kind."""
    from go_release_gate.report import schemas

    makers = _makers()
    if kind in makers:
        return json.dumps(makers[kind](), indent=2) + "\n"
    if kind in schemas.kinds():
        return schemas.schema_text(kind)
    known = sorted({*makers, *schemas.kinds()})
    raise UsageError(f"there is no schema of {kind!r}", did_you_mean(kind, known) or f"kinds: {', '.join(known)}")


def _makers() -> Mapping[str, Callable[[], dict[str, Any]]]:
    from go_release_gate.cli.init_report import InitReport
    from go_release_gate.cli.push import PushReport
    from go_release_gate.cli.release.documents import enveloped_schema
    from go_release_gate.cli.release.schemas import release_schemas
    from go_release_gate.cli.rules import rules_schema
    from go_release_gate.config.schema import config_schema
    from go_release_gate.engine.baseline import baseline_schema
    from go_release_gate.rules.registry import RULES

    return {
        **release_schemas(),
        "init": lambda: enveloped_schema("init", InitReport),
        "push": lambda: enveloped_schema("push", PushReport),
        "config": lambda: config_schema([rule.id for rule in RULES]),
        "baseline": baseline_schema,
        "rules": rules_schema,
    }
