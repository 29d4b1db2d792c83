"""What actionlint and zizmor say of a workflow.

## What it finds

Where [actionlint](https://github.com/rhysd/actionlint) or [zizmor](https://docs.zizmor.sh) is installed (on PATH, or by
`pip install "go-release-gate[lint]"`), their findings, among them expressions of strangers inside scripts (template
injection), unpinned actions, permissions that are too wide, expressions that mean nothing. What zizmor calls low or
informational is a note.

## Why

One place for what is wrong with a pipeline, with suppressions, baseline and severities of one kind.

## Fix

The message begins with the linter and its own name for the finding; zizmor's have a page each:
https://docs.zizmor.sh/audits/. `# zizmor: ignore[...]` on a line counts.

## Limits

Left out, because another rule here says it with more context: actionlint on calls of reusable workflows
(`invalid-workflow-call`) and on needs and outputs of jobs (`missing-job-output`), zizmor on unpinned images
(`unpinned-image`). A runner's label that actionlint does not know is told where it is nearly one of GitHub's: others
may be the organisation's own. Composite actions of the repository are not given to them. Their configuration files do
not count. Without them nothing is said; a notice says so where the rule is selected by name.

## References

- https://github.com/rhysd/actionlint/blob/main/docs/checks.md
- https://docs.zizmor.sh/audits/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from go_release_gate.facts.workflow_lint import WorkflowLint, WorkflowWord
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import target

RULE = Rule(
    id="workflow-lint",
    summary="actionlint or zizmor has something to say of a workflow",
    severity=Severity.WARNING,
    since="0.1",
    needs=(WorkflowLint, Workflows),
)

_SAID_HERE = frozenset({"workflow-call", "job-needs", "action", "unpinned-images"})
_OF_JOBS = re.compile(r'property "[^"]*" is not defined in object type .*(?:outputs|result)')
_QUOTED = re.compile(r'"([^"]*)"')
_INJECTION = "template-injection"
_LONGEST = 400  # characters of a message


@RULE.check
def check(lint: WorkflowLint, workflows: Workflows) -> Iterator[Draft]:
    """One draft per finding that is passed on."""
    known = {one.path: one for one in workflows.files}
    injected = {(one.path, one.line) for one in lint.words if one.kind == _INJECTION}
    for word in lint.words:
        if word.path in known and not (_is_said_here(word) or _is_elsewhere(word) or _is_said_twice(word, injected)):
            message = f"{word.tool}, {word.kind}: {' '.join(word.message.split())}"[:_LONGEST]
            place = Location(word.path, max(word.line, 1), None, max(word.column, 1))
            severity = None if word.is_grave else Severity.NOTE
            yield Draft(
                place,
                message,
                f"{word.tool} {word.kind} {word.message}",
                target=target(known[word.path]),
                severity=severity,
            )


def _is_said_twice(word: WorkflowWord, injected: set[tuple[str, int]]) -> bool:
    """Both linters know expressions of strangers in scripts."""
    is_it = word.tool == "actionlint" and "potentially untrusted" in word.message
    return is_it and (word.path, word.line) in injected


def _is_elsewhere(word: WorkflowWord) -> bool:
    """Whether a label that actionlint does not know may be one of the organisation's own runners.

    It is taken for a slip only where it is nearly GitHub's and has the same digits.
    """
    if word.kind != "runner-label":
        return False
    label, *known = _QUOTED.findall(word.message) or [""]
    near = get_close_matches(label, known, 1, 0.9)
    return not near or _digits(near[0]) != _digits(label) or len(label) > len(near[0]) + 1


def _digits(label: str) -> str:
    return "".join(one for one in label if one.isdigit())


def _is_said_here(word: WorkflowWord) -> bool:
    return word.kind in _SAID_HERE or (word.kind == "expression" and _OF_JOBS.search(word.message) is not None)
