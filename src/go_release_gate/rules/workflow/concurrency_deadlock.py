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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, target
from go_release_gate.workflow.calls import Call, CallGraph, declared, given
from go_release_gate.workflow.concurrency import group_of, name_of
from go_release_gate.workflow.document import Workflow
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
    """A group: its name, where it is written, and what it is of."""

    name: str
    path: str
    line: int
    what: str


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per group that is asked for while it is held."""
    graph = CallGraph(workflows.files)
    for workflow in workflows.files:
        own = _of_workflow(workflow, workflow, {})
        for job in workflow.jobs:
            held = [*own, *_of_job(workflow, job.table, job.id, workflow, {})]
            yield from _drafts(workflow, held[: len(own)], held[len(own) :])
    for call in graph.calls:
        before = [
            *_of_workflow(call.caller, call.caller, {}),
            *_of_job(call.caller, call.job.table, call.job.id, call.caller, {}),
        ]
        for chain in graph.chains(call):
            inputs: dict[str, str] = {}
            for one in chain:
                inputs = _inputs(one, inputs)
            last = chain[-1].callee
            after = _of_workflow(last, call.caller, inputs)
            for job in last.jobs:
                after += _of_job(last, job.table, job.id, call.caller, inputs)
            yield from _drafts(call.caller, before, after, call)


def _drafts(workflow: Workflow, held: list[_Held], asked: list[_Held], call: Call | None = None) -> Iterator[Draft]:
    for one in asked:
        holder = next((other for other in held if other.name == one.name), None)
        if holder is None:
            continue
        through = f", which `{call.job.id}` calls," if call else ""
        yield Draft(
            place(workflow, holder.line),
            f"{holder.what} holds the concurrency group that {one.what}{through} waits for: GitHub cancels such a run; "
            "name the group at one of them alone",
            f"{holder.what} {one.path} {one.what}",
            target=target(workflow),
            related=(Related("waited for here", Location(one.path, one.line)),),
        )


def _of_workflow(workflow: Workflow, root: Workflow, inputs: Mapping[str, str]) -> list[_Held]:
    group = group_of(child(workflow.table, "concurrency"))
    return _held(group, workflow, root, inputs, f"the workflow {workflow.path}")


def _of_job(workflow: Workflow, table: object, name: str, root: Workflow, inputs: Mapping[str, str]) -> list[_Held]:
    group = group_of(child(table, "concurrency"))  # type: ignore[arg-type]
    return _held(group, workflow, root, inputs, f"the job `{name}` of {workflow.path}")


def _held(
    group: Scalar | None, workflow: Workflow, root: Workflow, inputs: Mapping[str, str], what: str
) -> list[_Held]:
    name = name_of(group, root, inputs) if group else ""
    if group and not name and workflow is root:  # what a workflow's own inputs are, two groups of it have alike
        name = f"as written: {group.text}"
    return [_Held(name, workflow.path, group.line, what)] if group and name else []


def _inputs(call: Call, outer: Mapping[str, str]) -> dict[str, str]:
    """The inputs of a called workflow, as far as the call or a default writes them out."""
    defaults = {name.lower(): value.text for name, value in call.callee.defaults.items()}
    told = {name: node.text for name, (_, node) in given(call.job, "with").items() if isinstance(node, Scalar)}
    known = declared(call.callee, "inputs")
    handed = {name: _handed(text, outer) for name, text in told.items()}
    return {name: text for name, text in {**defaults, **handed}.items() if name in known}


def _handed(text: str, outer: Mapping[str, str]) -> str:
    """What `${{ inputs.x }}` hands on from one call to the next."""
    inner = text.strip().removeprefix("${{").removesuffix("}}").strip()
    is_one = text.strip().startswith("${{") and inner.startswith("inputs.")
    return outer.get(inner.removeprefix("inputs.").lower(), text) if is_one else text
