"""A called workflow asks for more rights than its caller has.

## What it finds

A job that calls a workflow of the same repository, which has a job, or calls another that has one, with a permission
above what the calling job grants: `packages: write` below a caller with `packages: read`, or with a table that does not
name it. The permissions of the called workflow itself count, too, though each of its jobs has a smaller table.

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
from go_release_gate.workflow.document import Job
from go_release_gate.workflow.permissions import ALL, LEVELS, Permissions, level, said, said_for_all
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
    jobs = last.callee.jobs
    if all(job.has_permissions for job in jobs):  # else the jobs without a table of their own tell
        yield from _draft(call, last, granted, None, said_for_all(last.callee))
    for job in jobs:
        yield from _draft(call, last, granted, job, said(job, last.callee))


def _draft(call: Call, last: Call, granted: Permissions, job: Job | None, asked: Permissions | None) -> Iterator[Draft]:
    over = {scope: wanted for scope, wanted in (asked or {}).items() if wanted > _least(granted, scope)}
    if not over:
        return
    path = last.callee.path
    wants = ", ".join(f"{_name(scope)}: {LEVELS[wanted]}" for scope, wanted in over.items())
    has = ", ".join(f"{_name(scope)}: {LEVELS[_least(granted, scope)]}" for scope in over)
    who = f"job `{job.id}` of {path}" if job else path
    yield Draft(
        place(call.caller, call.line),
        f"{who} asks for {wants}, and `{call.job.id}`, which calls it, has {has}: "
        f"GitHub does not start such a workflow; grant it at `{call.job.id}`, or ask for less",
        f"{call.job.id} {path}/{job.id if job else ''} {wants}",
        target=target(call.caller),
        related=(Related("asked for here", Location(path, granted_at(job, last.callee, next(iter(over))))),),
    )


def _least(granted: Permissions, scope: str) -> int:
    """What is granted of a scope; of all scopes, nothing where a table names some: it leaves others out."""
    return granted.get(ALL, 0) if scope == ALL else level(granted, scope)


def _name(scope: str) -> str:
    return "all scopes" if scope == ALL else scope
