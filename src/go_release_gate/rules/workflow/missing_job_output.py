"""An output that nothing sets.

## What it finds

`needs.JOB.outputs.NAME` where the job is not among `needs`, is not there, or has no such output; the same of a called
workflow of the repository; an output of a called workflow made of a job without it; an output of a job made of a step
that the job does not have.

## Why

GitHub makes an empty text of it, and goes on: a deploy without a digest, a tag without a version.

## Fix

Name the job in `needs`, and the output in its `outputs`; the message names the nearest.

## Limits

Outputs of steps are not looked for, only whether the step is there. Of workflows of other repositories nothing is
known.

## References

- https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/pass-job-outputs
- https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#needs-context
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import meant, place, target
from go_release_gate.workflow.calls import CallGraph, scalars
from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.tree import Scalar

RULE = Rule(
    id="missing-job-output",
    summary="an output that nothing sets",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_TEXT = re.compile(r"'[^']*'")
_OF_NEEDS = re.compile(r"\bneeds\.([\w-]+)(?:\.outputs\.([\w-]+))?")
_OF_JOBS = re.compile(r"\bjobs\.([\w-]+)\.outputs\.([\w-]+)")
_OF_STEPS = re.compile(r"\bsteps\.([\w-]+)\.outputs\.")
Outputs = Mapping[str, frozenset[str] | None]


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per reference to what nothing sets."""
    graph = CallGraph(workflows.files)
    called = {call.job: call.callee for call in graph.calls}
    for workflow in workflows.files:
        outputs = {job.id.lower(): _outputs(job, called.get(job)) for job in workflow.jobs}
        for job in workflow.jobs:
            yield from _of_job(workflow, job, outputs)
        for name, value in workflow.outputs.items():
            for match in _OF_JOBS.finditer(value.text):
                said = _missing(match[1], match[2], outputs)
                if said:
                    yield _draft(workflow, value, match.start(), f"the output {name!r}: {said}", f"{name} {match[0]}")


def _of_job(workflow: Workflow, job: Job, outputs: Outputs) -> Iterator[Draft]:
    seen: set[str] = set()
    needed = {name.lower() for name in job.needs}
    for scalar in scalars(job.table):
        for start, text in _expressions(scalar, job):
            for match in _OF_NEEDS.finditer(text):
                if match[0] in seen or match[1] == "result":
                    continue
                seen.add(match[0])
                said = _of_needs(match[1], match[2] or "", needed, outputs)
                if said:
                    yield _draft(workflow, scalar, start + match.start(), said, f"{job.id} {match[0]}")
    steps = {step.id.lower() for step in job.steps if step.id}
    for name, value in job.outputs.items():
        for match in _OF_STEPS.finditer(value.text):
            if match[1].lower() not in steps:
                hint = meant(match[1], sorted(steps)) or "no step has this id"
                said = f"the output {name!r} of `{job.id}` is made of the step {match[1]!r}; {hint}"
                yield _draft(workflow, value, match.start(), said, f"{job.id} {name} {match[1]}")


def _of_needs(name: str, output: str, needed: set[str], outputs: Outputs) -> str:
    if name.lower() not in outputs:
        return f"there is no job `{name}`; {meant(name, list(outputs)) or 'its outputs are empty'}"
    if name.lower() not in needed:
        return f"`{name}` is not among the `needs` of this job: what is asked of it is empty"
    return _missing(name, output, outputs) if output else ""


def _missing(name: str, output: str, outputs: Outputs) -> str:
    if name.lower() not in outputs:
        return f"there is no job `{name}`; {meant(name, list(outputs)) or 'its outputs are empty'}"
    known = outputs[name.lower()]
    if known is None or output.lower() in known:
        return ""
    hint = meant(output, sorted(known)) or (f"it has {', '.join(sorted(known))}" if known else "it has none")
    return f"the job `{name}` has no output {output!r}; {hint}"


def _outputs(job: Job, callee: Workflow | None) -> frozenset[str] | None:
    """Names in lower case, as GitHub compares them; None: they are not known."""
    if callee is not None:
        return frozenset(name.lower() for name in callee.outputs)
    return None if job.uses is not None else frozenset(name.lower() for name in job.outputs)


def _expressions(scalar: Scalar, job: Job) -> Iterator[tuple[int, str]]:
    """The parts of a text that are expressions, texts in them blanked; of `if` the whole, which needs no braces."""
    conditions = (job.condition, *(step.condition for step in job.steps))
    if any(scalar is one for one in conditions):
        yield 0, _blanked(scalar.text)
    else:
        for match in _EXPRESSION.finditer(scalar.text):
            yield match.start(), _blanked(match[0])


def _blanked(expression: str) -> str:
    return _TEXT.sub(lambda match: " " * len(match[0]), expression)


def _draft(workflow: Workflow, scalar: Scalar, offset: int, message: str, key: str) -> Draft:
    return Draft(place(workflow, scalar.line_at(offset)), message, key, target=target(workflow))
