"""A job waits for a concurrency group that its own run holds.

## What it finds

The same concurrency group at a workflow and at one of its jobs, or at a calling workflow or job and at the workflow it
calls (or at a job there). `${{ github.workflow }}` is the name of the calling workflow in the called one, too; inputs
are followed into the call.

## Why

The run holds the group, the job behind it waits for the group: GitHub cancels the run, at run time, and mostly the run
that matters, since the pull request's run has another ref.

## Fix

Give each group a literal prefix of its own, and name groups only where something is changed: at the job that deploys,
not at the workflow that calls it.

## Limits

Groups made of values that only a run knows (outputs, variables, a matrix) are not compared, but where workflow and job
are written alike.

## References

- https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, target
from go_release_gate.workflow.calls import Call, CallGraph, declared, given, is_callable
from go_release_gate.workflow.concurrency import Inputs, group_of, name_of
from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.tree import Scalar, child

RULE = Rule(
    id="concurrency-deadlock",
    summary="a job waits for a concurrency group that its own run holds",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)


@dataclass(frozen=True, slots=True)
class _Held:
    """A group: its name, where it is written, and what it is of; `calls`: the job that calls on while it is held."""

    name: str
    workflow: Workflow
    line: int
    what: str
    calls: str = ""


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per group that is asked for while it is held."""
    graph = CallGraph(workflows.files)
    told: set[tuple[str, int, str, int]] = set()
    for workflow in workflows.files:
        own = _of(workflow, None, workflow, None)
        for job in workflow.jobs:
            yield from _drafts(own, _of(workflow, job, workflow, None), told)
    for root in workflows.files:
        if is_callable(root) and len(root.triggers) == 1 and graph.is_called(root):
            continue  # its callers give it its inputs, and `github.workflow`
        for call in graph.calls_of(root):
            for chain in graph.chains(call):
                yield from _of_chain(chain, root, told)


def _of_chain(chain: tuple[Call, ...], root: Workflow, told: set[tuple[str, int, str, int]]) -> Iterator[Draft]:
    held: list[_Held] = []
    inputs: Inputs | None = None
    for call in chain:
        held += _of(call.caller, None, root, inputs, call.job.id) + _of(
            call.caller, call.job, root, inputs, call.job.id
        )
        inputs = _inputs(call, root, inputs)
    last = chain[-1].callee
    for asking in (None, *last.jobs):
        yield from _drafts(held, _of(last, asking, root, inputs), told)


def _drafts(held: list[_Held], asked: list[_Held], told: set[tuple[str, int, str, int]]) -> Iterator[Draft]:
    for one in asked:
        holder = next((other for other in held if other.name == one.name), None)
        if holder is None:
            continue
        key = (holder.workflow.path, holder.line, one.workflow.path, one.line)
        if key in told:
            continue
        told.add(key)
        through = f", which `{holder.calls}` calls," if holder.calls else ""
        yield Draft(
            place(holder.workflow, holder.line),
            f"{holder.what} holds the concurrency group that {one.what}{through} waits for: GitHub cancels such a run; "
            "name the group at one of them alone",
            f"{holder.what} {one.workflow.path} {one.what}",
            target=target(holder.workflow),
            related=(Related("waited for here", Location(one.workflow.path, one.line)),),
        )


def _of(workflow: Workflow, job: Job | None, root: Workflow, inputs: Inputs | None, calls: str = "") -> list[_Held]:
    """The group of a job, without one of the workflow: none or one."""
    group = group_of(child(job.table if job else workflow.table, "concurrency"))
    if group is None:
        return []
    name = name_of(group.text, root, inputs)
    if name is None and workflow is root:  # what a workflow's own values are, two groups of it have alike
        name = f"as written: {group.text}"
    what = f"the job `{job.id}` of {workflow.path}" if job else f"the workflow {workflow.path}"
    return [_Held(name, workflow, group.line, what, calls)] if name else []


def _inputs(call: Call, root: Workflow, outer: Inputs | None) -> Inputs:
    """The inputs of a called workflow, as far as the call or a default writes them out."""
    defaults = {name.lower(): name_of(value.text, root, {}) for name, value in call.callee.defaults.items()}
    handed = {
        name: name_of(node.text, root, outer)
        for name, (_, node) in given(call.job, "with").items()
        if isinstance(node, Scalar)
    }
    known = declared(call.callee, "inputs")
    return {name: text for name, text in {**defaults, **handed}.items() if name in known}
