"""`rules`: every rule with its severities."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from go_release_gate.cli.output import envelope, print_json, print_rows, wants_json
from go_release_gate.model.severity import Confidence, Event, Severity
from go_release_gate.rules.base import Rule
from go_release_gate.rules.registry import RULES

HEAD = ("rule", *(event.value for event in Event), "fix", "since", "summary")


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 - every verb takes the same two
    """Print the table, or with `--format json` the same as an object."""
    if wants_json(args):
        print_json(envelope("rules", {"rules": [document(rule) for rule in RULES]}))
    else:
        print_rows([HEAD, *map(row, RULES)])
    return 0


def row(rule: Rule) -> tuple[str, ...]:
    """One line of the table."""
    return (rule.id, *(severity(rule, event) for event in Event), rule.fix or "-", rule.since, rule.summary)


def severity(rule: Rule, event: Event) -> str:
    """The severity of the rule's findings on `event`; in brackets where it only runs when selected."""
    text = rule.severity_on(event).value
    return text if event in rule.events else f"({text})"


def document(rule: Rule) -> dict[str, Any]:
    """The rule as `--format json` shows it."""
    return {
        "id": rule.id,
        "summary": rule.summary,
        "severity": {event.value: rule.severity_on(event).value for event in Event},
        "events": [event.value for event in rule.events],
        "confidence": rule.confidence.value,
        "since": rule.since,
        "fix": rule.fix or None,
        "help_url": rule.help_url,
    }


def rules_schema() -> dict[str, Any]:
    """The JSON schema of `rules --format json`."""
    text = {"type": "string"}
    level = {"enum": [item.value for item in Severity]}
    events = [event.value for event in Event]
    properties = {
        "id": text,
        "summary": text,
        "severity": {"type": "object", "required": events, "properties": dict.fromkeys(events, level)},
        "events": {"type": "array", "items": {"enum": events}},
        "confidence": {"enum": [item.value for item in Confidence]},
        "since": text,
        "fix": {"enum": ["safe", "unsafe", None]},
        "help_url": text,
    }
    rule = {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "go-release-gate rules",
        "type": "object",
        "required": ["schema", "kind", "tool", "rules"],
        "properties": {
            "schema": {"const": 1},
            "kind": {"const": "rules"},
            "tool": {"type": "object", "properties": dict.fromkeys(("name", "version", "go"), text)},
            "rules": {"type": "array", "items": rule},
        },
    }
