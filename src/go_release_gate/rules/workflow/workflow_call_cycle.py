"""Workflows that call each other in a circle, or too deep.

## What it finds

A workflow that calls itself by way of others, and chains of calls deeper than GitHub follows.

## Why

GitHub refuses the whole workflow when it is to start.

## Fix

Let the workflow in the middle call the last one itself, or make steps that are shared a composite action.

## Limits

More than four levels are a warning, since GitHub Enterprise Server may follow no more than four; more than ten are an
error. Workflows of other repositories are not read.

## References

- https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#limitations-of-reusable-workflows
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, target
from go_release_gate.workflow.calls import Call, CallGraph, is_callable

RULE = Rule(
    id="workflow-call-cycle",
    summary="workflows that call each other in a circle, or too deep",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)

OLD_LEVELS, LEVELS = 4, 10  # workflows in a chain, the one that the event starts among them


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per circle, at the call that closes it; one per call whose chain is too deep."""
    graph = CallGraph(workflows.files)
    told: set[frozenset[str]] = set()
    for call in graph.calls:
        for chain in graph.chains(call):
            members = [chain[0].caller.path, *(one.callee.path for one in chain)]
            closing = [one for one in graph.calls_of(chain[-1].callee) if one.callee.path == members[0]]
            if members[0] == members[-1]:
                closing, members = [chain[-1]], members[:-1]
            if closing and frozenset(members) not in told:
                told.add(frozenset(members))
                way = " → ".join([*members, members[0]])
                yield _draft(closing[0], f"workflows call each other in a circle: {way}", f"cycle {sorted(members)}")
    yield from _deep(graph)


def _deep(graph: CallGraph) -> Iterator[Draft]:
    for call in graph.calls:
        if is_callable(call.caller) and any(one.callee is call.caller for one in graph.calls):
            continue  # told at the top of the chain
        longest = max((len(chain) + 1 for chain in graph.chains(call)), default=0)
        if longest > OLD_LEVELS:
            severity = None if longest > LEVELS else Severity.WARNING
            limit = f"GitHub follows {LEVELS}" if longest > LEVELS else f"older servers follow {OLD_LEVELS}"
            message = f"this chain of calls is {longest} workflows deep, and {limit}"
            yield _draft(call, message, f"depth {call.job.id}", severity)


def _draft(call: Call, message: str, key: str, severity: Severity | None = None) -> Draft:
    return Draft(place(call.caller, call.line), message, key, target=target(call.caller), severity=severity)
