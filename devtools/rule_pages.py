"""docs/rules: one page per rule from its docstring, and the table of all rules."""

from __future__ import annotations

from go_release_gate.cli.explain import page
from go_release_gate.cli.rules import severity
from go_release_gate.model.severity import Event
from go_release_gate.rules.registry import RULES

NOTE = "<!-- written by python devtools/generate.py from the rule's docstring: change it there -->\n\n"


def files() -> dict[str, str]:
    """Path → text of every page and of the table."""
    pages = {f"docs/rules/{rule.id}.md": NOTE + page(rule) for rule in RULES}
    return {**pages, "docs/rules/README.md": _table()}


def _table() -> str:
    events = [event.value for event in Event]
    rows = [
        f"| [{rule.id}]({rule.id}.md) | {' | '.join(severity(rule, event) for event in Event)}"
        f" | {rule.fix or '-'} | {rule.since} | {rule.summary} |"
        for rule in RULES
    ]
    head = f"| rule | {' | '.join(events)} | fix | since | finds |"
    return "\n".join(
        [
            NOTE.strip(),
            "",
            "# Rules",
            "",
            "Severities per event; in brackets: only when selected. `go-release-gate explain RULE` shows a page.",
            "",
            head,
            "|" + "---|" * (len(events) + 4),
            *rows,
            "",
        ]
    )
