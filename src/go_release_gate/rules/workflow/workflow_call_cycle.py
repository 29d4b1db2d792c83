"""Workflows that call each other in a circle, too deep, or too many.

## What it finds

A workflow that calls itself by way of others, chains of calls deeper than GitHub follows, and a workflow that calls,
itself and by way of others, more of them than GitHub allows.

## Why

GitHub refuses the whole workflow when it is to start.

## Fix

Let the workflow in the middle call the last one itself, or make steps that are shared a composite action.

## Limits

More than ten levels, and more than fifty different workflows, are an error. More than four levels are a note, since
GitHub Enterprise Server follows no more than four. Workflows of other repositories are counted and not read.

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
from go_release_gate.workflow.document import Workflow

RULE = Rule(
    id="workflow-call-cycle",
    summary="workflows that call each other in a circle, too deep, or too many",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)

OLD_LEVELS, LEVELS = 4, 10  # workflows in a chain, the one that the event starts among them
CALLED = 50  # different workflows that one calls, those that they call among them


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per circle, at the call that closes it; one per workflow whose calls are too deep, or too many."""
    graph = CallGraph(workflows.files)
    told: set[frozenset[str]] = set()
    for workflow in workflows.files:
        circle = graph.circle(workflow)
        members = [one.caller.path for one in circle]
        if members and frozenset(members) not in told:
            told.add(frozenset(members))
            way = " → ".join([*members, members[0]])
            yield _draft(circle[-1], f"workflows call each other in a circle: {way}", f"cycle {sorted(members)}")
    for workflow in workflows.files:
        yield from _deep(graph, workflow)
        yield from _many(graph, workflow)


def _many(graph: CallGraph, workflow: Workflow) -> Iterator[Draft]:
    """Told where the one too many is called, or what calls it."""
    called: set[str] = set()
    reached = {workflow.path: workflow}
    pending = [(job, job) for job in workflow.jobs]
    while pending:
        first, job = pending.pop(0)
        name = (job.calls or job.uses.text.strip()) if job.uses else ""
        if not name:
            continue
        called.add(name)
        if len(called) > CALLED:
            message = f"with this call more than {CALLED} different workflows are called, which GitHub refuses"
            line = first.uses.line if first.uses else first.line
            yield Draft(place(workflow, line), message, f"many {first.id}", target=target(workflow))
            return
        callee = graph.at(name)
        if callee is not None and callee.path not in reached:
            reached[callee.path] = callee
            pending += [(first, one) for one in callee.jobs]


def _deep(graph: CallGraph, workflow: Workflow) -> Iterator[Draft]:
    """Told at the top of the chain, at the call that leads deepest."""
    calls = graph.calls_of(workflow)
    if not calls or (is_callable(workflow) and graph.is_called(workflow)):
        return
    depth, call = max(((graph.depth(call), call) for call in calls), key=lambda one: one[0])
    if depth > OLD_LEVELS:
        severity = None if depth > LEVELS else Severity.NOTE
        limit = f"GitHub follows {LEVELS}" if depth > LEVELS else f"GitHub Enterprise Server follows {OLD_LEVELS}"
        message = f"this chain of calls is {depth} workflows deep, and {limit}"
        yield _draft(call, message, f"depth {call.job.id}", severity)


def _draft(call: Call, message: str, key: str, severity: Severity | None = None) -> Draft:
    return Draft(place(call.caller, call.line), message, key, target=target(call.caller), severity=severity)
