"""Rules as SARIF's `reportingDescriptor`s: what code scanning shows beside an alert."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from go_release_gate.model.severity import Event, Severity
from go_release_gate.report.neutral import log_text
from go_release_gate.rules.base import Rule
from go_release_gate.rules.registry import RULES

TEXT_LIMIT = 1024  # characters of a description: docs.github.com, "SARIF support for code scanning"
TAGS = ("go", "go-modules", "release")  # GitHub takes at most 20
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}

_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_FINDS = re.compile(r"## What it finds\n+(.*?)(?=\n## |\Z)", re.DOTALL)


def descriptors(used: Iterable[str]) -> list[dict[str, Any]]:
    """Every rule there is, then those of `used` that the registry does not know.

    The list does not depend on what was found: GitHub expects the same rules from the same version of a tool.
    """
    strangers = {rule_id(identifier) for identifier in used} - {rule.id for rule in RULES}
    return [_known(rule) for rule in RULES] + [_stranger(name) for name in sorted(strangers)]


def _known(rule: Rule) -> dict[str, Any]:
    severity = rule.severity_on(Event.BRANCH)
    found = _FINDS.search(rule.page)
    return {
        "id": rule.id,
        "name": rule.id.title().replace("-", ""),
        "shortDescription": {"text": cut(rule.summary)},
        "fullDescription": {"text": cut(" ".join((found[1] if found else rule.summary).split()))},
        "help": {"text": rule.page, "markdown": rule.page},
        "helpUri": rule.help_url,
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "precision": rule.confidence.value,
            "problem.severity": _PROBLEM[severity],
            "tags": list(TAGS),
        },
    }


def _stranger(name: str) -> dict[str, Any]:
    """A rule of another version: a report can be older or newer than the program that gives it this form."""
    said = f"{name}: this version of go-release-gate has no page of that rule"
    return {
        "id": name,
        "shortDescription": {"text": cut(name)},
        "fullDescription": {"text": cut(said)},
        "help": {"text": said},
        "properties": {"tags": list(TAGS)},
    }


def rule_id(identifier: str) -> str:
    """The id as SARIF may carry it: one visible line, never empty."""
    return log_text(identifier, 200).strip() or "unknown-rule"


def cut(text: str) -> str:
    """`text` within the limit of a description."""
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 3].rstrip() + "..."
