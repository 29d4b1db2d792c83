"""Of what linters say, that is passed on which the repository decides."""

from __future__ import annotations

import pytest

from go_release_gate.facts.workflow_lint import WorkflowLint, WorkflowWord
from go_release_gate.facts.workflows import Told, read_workflows
from go_release_gate.rules.workflow.workflow_lint import check

PATH = ".github/workflows/ci.yml"
WORKFLOWS = read_workflows([(PATH, b"on: push\njobs:\n  one:\n    runs-on: x\n    steps: [{run: make}]\n")], (), Told())
KNOWN = '"ubuntu-latest", "ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "windows-latest", "self-hosted"'


@pytest.mark.parametrize(
    ("label", "is_told"),
    [
        ("ubuntu-lastest", True),
        ("windows-latests", True),
        ("gpu-large", False),
        ("ubuntu-latest-16x", False),
        ("depot-ubuntu-24.04-8", False),
        ("ubuntu-26.04", False),
    ],
)
def test_labels_of_runners(label: str, *, is_told: bool) -> None:
    """A label is a slip where it is nearly GitHub's; else it may be a runner of the organisation's, or a newer one."""
    said = f'label "{label}" is unknown. available labels are {KNOWN}. if it is a custom label, …'
    word = WorkflowWord(PATH, 4, 14, "actionlint", "runner-label", said)

    assert bool(list(check(WorkflowLint((word,)), WORKFLOWS))) == is_told
