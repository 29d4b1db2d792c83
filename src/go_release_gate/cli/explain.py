"""`explain RULE`: the rule's page in the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from go_release_gate.cli.output import print_lines
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import UsageError
from go_release_gate.model.severity import Event
from go_release_gate.rules.base import Rule
from go_release_gate.rules.registry import RULES, rule


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 - every verb takes the same two
    """Print the page; exit 2 for a rule that does not exist, with the nearest one that does."""
    found = rule(args.rule)
    if found is None:
        hint = did_you_mean(args.rule, [known.id for known in RULES]) or "run `go-release-gate rules`"
        raise UsageError(f"there is no rule {args.rule!r}", hint)
    print_lines(page(found).splitlines())
    return 0


def page(found: Rule) -> str:
    """The rule's page as Markdown: its docstring below a head with its name card."""
    levels = {event: found.severity_on(event) for event in Event}
    same = len(set(levels.values())) == 1
    severity = levels[Event.BRANCH] if same else ", ".join(f"{level} on a {event}" for event, level in levels.items())
    facts = [f"severity: {severity}", f"confidence: {found.confidence}", f"since: {found.since}"]
    if found.fix:
        facts.append(f"fix: {found.fix}")
    if len(found.events) < len(Event):
        facts.append(f"runs by itself on: {', '.join(found.events)}")
    return f"# {found.id}\n\n{found.page}\n\n{'; '.join(facts)}\n"
