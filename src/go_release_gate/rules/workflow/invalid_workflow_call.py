"""A call of a reusable workflow that GitHub refuses.

## What it finds

A job that calls a workflow of the same repository which is not there, does not listen to `workflow_call`, or is named
with a ref, or which a step calls; an input that the called workflow does not take, a required one that is missing (with
a default or without), a literal or a default of another type; a secret that it does not take, a required one that is
missing, one with GitHub's own name `GITHUB_TOKEN`.

## Why

The call fails when it runs, not when it is merged: for what a tag starts, that is the day of the release.

## Fix

As the message says, in the calling or the called workflow.

## Limits

Workflows of other repositories are not read. Values that are expressions have any type.

## References

- https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows
- https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_call
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import meant, place, step_name, target
from go_release_gate.workflow.calls import (
    Call,
    CallGraph,
    Declared,
    declared,
    given,
    inherits_secrets,
    is_callable,
)
from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.tree import Node, Scalar

RULE = Rule(
    id="invalid-workflow-call",
    summary="a call of a reusable workflow that GitHub refuses",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)

FOLDER = ".github/workflows/"
_WORKFLOW = re.compile(r"(?:^\./|/)\.github/workflows/[^/@]+\.ya?ml(?:@|\s*$)")


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per thing that is wrong with a call."""
    broken = {one.path for one in workflows.broken}
    graph = CallGraph(workflows.files)
    known = {call.job: call for call in graph.calls}
    for workflow in workflows.files:
        yield from _of_declarations(workflow)
        for job in workflow.jobs:
            call = known.get(job)
            yield from _of_steps(workflow, job)
            if call is None:
                yield from _lost(workflow, job, broken)
            elif not is_callable(call.callee):
                message = f"{call.callee.path} does not listen to workflow_call: it cannot be called"
                yield _draft(call, call.line, message, "on")
            else:
                yield from _of_inputs(call)
                yield from _of_secrets(call)


def _lost(workflow: Workflow, job: Job, broken: set[str]) -> Iterator[Draft]:
    path = job.calls
    if not path or path in broken or job.uses is None or "${{" in path:
        return
    name, at, _ = path.partition("@")
    if at:
        what = f"{name} is named with a ref; a workflow of this repository is that of the same commit, without one"
    elif not path.startswith(FOLDER) or "/" in path.removeprefix(FOLDER):
        what = f"{path} does not lie in {FOLDER}, where alone workflows can be called"
    else:
        what = f"{path} is not there"
    yield Draft(place(workflow, job.uses.line), what, f"{job.id} {path}", target=target(workflow))


def _of_steps(workflow: Workflow, job: Job) -> Iterator[Draft]:
    for step in job.steps:
        if step.uses is not None and _WORKFLOW.search(step.uses.text):
            what = f"{step.uses.text.strip()} is a workflow, which a step cannot call: `uses` stands at a job then"
            yield Draft(place(workflow, step.uses.line), what, f"{step_name(job, step)} step", target=target(workflow))


def _of_declarations(workflow: Workflow) -> Iterator[Draft]:
    """What no call can mend."""
    for name, one in declared(workflow, "inputs").items():
        if not isinstance(one.default, Scalar) or one.default.value is None:
            continue
        wrong = _mistyped(one, one.default)
        if wrong:
            message = f"the default of the input {one.name.text!r} {wrong}"
            yield Draft(place(workflow, one.default.line), message, f"default {name}", target=target(workflow))
    for name, one in declared(workflow, "secrets").items():
        if name == "github_token":
            message = f"no secret can be called {one.name.text}, GitHub's own; a called workflow has it anyway"
            yield Draft(place(workflow, one.name.line), message, f"secret {name}", target=target(workflow))


def _of_inputs(call: Call) -> Iterator[Draft]:
    takes, gives = declared(call.callee, "inputs"), given(call.job, "with")
    yield from _unknown(call, takes, gives, "input")
    for name, one in takes.items():
        if one.is_required and name not in gives:  # a default does not help: GitHub looks at `required` first
            yield _missing(call, one, "input", "with")
        elif name in gives:
            key, value = gives[name]
            wrong = _mistyped(one, value)
            if wrong:
                yield _draft(
                    call, key.line, f"the input {one.name.text!r} of {call.callee.path} {wrong}", f"type {name}", one
                )


def _of_secrets(call: Call) -> Iterator[Draft]:
    if inherits_secrets(call.job):
        return
    takes, gives = declared(call.callee, "secrets"), given(call.job, "secrets")
    yield from _unknown(call, takes, gives, "secret")
    for name, one in takes.items():
        if one.is_required and name not in gives:
            yield _missing(call, one, "secret", "secrets")


def _unknown(
    call: Call, takes: dict[str, Declared], gives: dict[str, tuple[Scalar, Node]], what: str
) -> Iterator[Draft]:
    for name, (key, _) in gives.items():
        if name not in takes:
            known = [one.name.text for one in takes.values()]
            hint = meant(key.text, known) or (f"it takes {', '.join(known)}" if known else f"it takes no {what}s")
            yield _draft(call, key.line, f"{call.callee.path} takes no {what} {key.text!r}; {hint}", f"{what} {name}")


def _missing(call: Call, one: Declared, what: str, where: str) -> Draft:
    lacks = f"{call.callee.path} requires the {what} {one.name.text!r}, which `{call.job.id}` does not give"
    message = f"{lacks}; add it to `{where}`"
    return _draft(call, call.line, message, f"no {what} {one.name.text}", one)


def _mistyped(one: Declared, value: Node) -> str:
    """Why a literal is none of the input's type."""
    if not isinstance(value, Scalar) or "${{" in value.text:
        return ""
    found = value.value
    if one.kind == "boolean" and not isinstance(found, bool):
        return f"is a boolean, and {value.text!r} is none"
    if one.kind == "number" and (isinstance(found, bool) or not isinstance(found, float)):
        return f"is a number, and {value.text!r} is none"
    return ""


def _draft(call: Call, line: int, message: str, key: str, one: Declared | None = None) -> Draft:
    related = (Related("declared here", Location(call.callee.path, one.name.line)),) if one else ()
    return Draft(place(call.caller, line), message, f"{call.job.id} {key}", target=target(call.caller), related=related)
