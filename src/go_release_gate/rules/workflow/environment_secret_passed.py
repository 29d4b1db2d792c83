"""A secret is passed to a job whose environment has its own.

## What it finds

A call that hands a secret to a workflow which reads it only in jobs that name an `environment`; and a calling job that
names an `environment` itself, which GitHub does not take.

## Why

Secrets of an environment cannot be passed by a caller: at the call the name stands for the repository's secret. In the
called job the environment's secret of the same name counts, and without one the repository's is used, past the
reviewers who guard the environment.

## Fix

Leave the secret out of `secrets:` at the call and out of `workflow_call`, keep it in the environment, and read it in
the called job that names the environment.

## Limits

Workflows of other repositories are not read. `secrets: inherit` is not judged here.

## References

- https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#passing-inputs-and-secrets-to-a-reusable-workflow
- https://github.com/actions/runner/issues/1490
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, target
from go_release_gate.workflow.calls import Call, CallGraph, declared, given, scalars
from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.tree import Mapping as Table
from go_release_gate.workflow.tree import child, entries_of, text_of

RULE = Rule(
    id="environment-secret-passed",
    summary="a secret is passed to a job whose environment has its own",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workflows,),
)

_INPUT = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")
_TOKEN = re.compile(r"\b(?:secrets\.GITHUB_TOKEN|github\.token)\b", re.IGNORECASE)


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per secret that is passed so, and per call with an environment."""
    for workflow in workflows.files:
        for job in workflow.jobs:
            if job.uses is not None and child(job.table, "environment") is not None:
                yield _at_the_call(workflow, job)
    for call in CallGraph(workflows.files).calls:
        takes = declared(call.callee, "secrets")
        for name, (key, value) in given(call.job, "secrets").items():
            if _TOKEN.search(text_of(value)):
                continue  # no environment has a token of its own
            readers = [job for job in call.callee.jobs if _reads(job, name)]
            if name in takes and readers and all(_environment(job, call) for job in readers):
                yield Draft(
                    place(call.caller, key.line),
                    f"the secret {key.text} is read in {call.callee.path} only by jobs with an environment, whose own "
                    "secrets no caller can pass; leave it out here and under workflow_call, and keep it in the "
                    "environment",
                    f"{call.job.id} {name}",
                    target=target(call.caller),
                    related=(Related("read with an environment here", Location(call.callee.path, readers[0].line)),),
                )


def _environment(job: Job, call: Call) -> str:
    """The name of the environment as the call gives it, empty: it names none."""
    node = child(job.table, "environment")
    written = text_of(child(node, "name")) or text_of(node)
    match = _INPUT.fullmatch(written.strip())
    if match is None:
        return written
    name = match[1].lower()
    value = call.job.inputs.get(name) or call.callee.defaults.get(name)
    return value.text if value else ""


def _at_the_call(workflow: Workflow, job: Job) -> Draft:
    key = next((key for key, _ in entries_of(job.table) if key.text == "environment"), None)
    return Draft(
        place(workflow, key.line if key else job.line),
        f"`{job.id}` calls a workflow and names an environment, which GitHub does not take there; hand its name on as "
        "an input, and name it at the called job",
        f"{job.id} environment",
        target=target(workflow),
        severity=Severity.ERROR,
    )


def _reads(job: Job, name: str) -> bool:
    wanted = re.compile(rf"\bsecrets(?:\.{re.escape(name)}\b|\[\s*'{re.escape(name)}'\s*\])", re.IGNORECASE)
    inside = [node for key, node in entries_of(job.table) if key.text != "environment"]
    return isinstance(job.table, Table) and any(wanted.search(one.text) for node in inside for one in scalars(node))
