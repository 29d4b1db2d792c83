"""Calls of reusable workflows are followed as far as is of use, and no further."""

from __future__ import annotations

import time

from go_release_gate.facts.workflows import Told, Workflows, read_workflows
from go_release_gate.rules.workflow import (
    concurrency_deadlock,
    invalid_workflow_call,
    missing_job_output,
    permissions_exceed_caller,
    untrusted_checkout,
    workflow_call_cycle,
)
from go_release_gate.workflow.calls import CHAIN_LIMIT, CallGraph

RULES = (
    concurrency_deadlock,
    invalid_workflow_call,
    missing_job_output,
    permissions_exceed_caller,
    untrusted_checkout,
    workflow_call_cycle,
)
LEVELS, WIDTH = 9, 6
SOON = 20.0  # seconds; all chains of the lattice would take hours


def lattice() -> Workflows:
    """Each of six workflows calls the next six, nine times over: ten million ways from top to bottom."""
    documents = []
    for level in range(LEVELS):
        on = "pull_request_target" if level == 0 else "workflow_call"
        calls = "".join(f"  j{to}:\n    uses: ./.github/workflows/l{level + 1}-{to}.yml\n" for to in range(WIDTH))
        last = "  j:\n    runs-on: ubuntu-latest\n    steps: [{run: make}]\n"
        text = f"on: {on}\npermissions: {{contents: read}}\njobs:\n{calls if level < LEVELS - 1 else last}"
        documents += [(f".github/workflows/l{level}-{one}.yml", text.encode()) for one in range(WIDTH)]
    return read_workflows(documents, (), Told())


def test_a_lattice_of_calls_is_judged_soon() -> None:
    """The number of ways through a repository's calls is no measure of the time that the rules take."""
    workflows = lattice()
    began = time.monotonic()

    found = {rule.RULE.id: list(rule.check(workflows)) for rule in RULES}

    assert time.monotonic() - began < SOON
    assert [name for name, drafts in found.items() if drafts] == ["workflow-call-cycle"]
    assert len(found["workflow-call-cycle"]) == WIDTH


def test_short_chains_come_first() -> None:
    """Where not every chain is gone through, those left out are the longest."""
    graph = CallGraph(lattice().files)

    lengths = [len(chain) for chain in graph.chains(graph.calls[0])]

    assert len(lengths) == CHAIN_LIMIT
    assert lengths == sorted(lengths)
