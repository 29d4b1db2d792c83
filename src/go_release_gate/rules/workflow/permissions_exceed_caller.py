"""A called workflow asks for more rights than its caller has.

## What it finds

A job that calls a workflow of the same repository, which has a job, or calls another that has one, with a permission
above what the calling job grants: `packages: write` below a caller with `packages: read`, or with a table that does not
name it.

## Why

Permissions only shrink down a chain of calls. GitHub refuses to start the whole workflow, at run time: for a release
that is the moment the tag is pushed. Linters that look at one file at a time do not see it.

## Fix

Grant at the calling job what the called one needs, or take it away there.

## Limits

Silent where neither the calling job nor its workflow has `permissions`: the repository's settings count then.
Workflows of other repositories are not read.

## References

- https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
- https://github.com/rhysd/actionlint/issues/538
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, target
from go_release_gate.workflow.calls import Call, CallGraph
from go_release_gate.workflow.permissions import ALL, LEVELS, Permissions, level, said
from go_release_gate.workflow.permissions import place as granted_at

RULE = Rule(
    id="permissions-exceed-caller",
    summary="a called workflow asks for more rights than its caller has",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per call and job below it that asks for too much."""
    graph = CallGraph(workflows.files)
    for call in graph.calls:
        granted = said(call.job, call.caller)
        if granted is None:
            continue
        for chain in graph.chains(call):
            if all(said(one.job, one.caller) is None for one in chain[1:]):  # else a nearer call is the one to mend
                yield from _drafts(call, chain[-1], granted)


def _drafts(call: Call, last: Call, granted: Permissions) -> Iterator[Draft]:
    for job in last.callee.jobs:
        asked = said(job, last.callee)
        if asked is None:
            continue
        over = {scope: wanted for scope, wanted in asked.items() if wanted > _least(granted, scope)}
        if not over:
            continue
        wants = ", ".join(f"{_name(scope)}: {LEVELS[wanted]}" for scope, wanted in over.items())
        has = ", ".join(f"{_name(scope)}: {LEVELS[_least(granted, scope)]}" for scope in over)
        line = granted_at(job, last.callee, next(iter(over)))
        yield Draft(
            place(call.caller, call.line),
            f"job `{job.id}` of {last.callee.path} asks for {wants}, and `{call.job.id}`, which calls it, has {has}: "
            f"GitHub does not start such a workflow; grant it at `{call.job.id}`, or ask for less",
            f"{call.job.id} {last.callee.path}/{job.id} {wants}",
            target=target(call.caller),
            related=(Related("asked for here", Location(last.callee.path, line)),),
        )


def _least(granted: Permissions, scope: str) -> int:
    """What is granted of a scope; of all scopes, nothing where a table names some: it leaves others out."""
    return granted.get(ALL, 0) if scope == ALL else level(granted, scope)


def _name(scope: str) -> str:
    return "all scopes" if scope == ALL else scope
