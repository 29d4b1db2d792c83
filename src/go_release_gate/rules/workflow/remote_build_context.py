"""An image built from the repository on GitHub instead of the tree that was checked out.

## What it finds

After a checkout in the same job, docker/build-push-action without `context` (or with the address of a git repository),
and docker/bake-action from v6 on without `source`.

## Why

Both then fetch the commit from GitHub themselves. Whatever the job did to its tree before (`go generate`, a version
file, a vendored dependency, files of a download, submodules) is not in the image, and what was tested is not what is
shipped.

## Fix

`context: .` for build-push-action, `source: .` for bake-action. The offered edit adds it; it is not a safe one, as the
image may change.

## Limits

A job that leaves its tree as it was checked out gets the same files either way, apart from submodules and LFS.

## References

- https://github.com/docker/build-push-action#git-context
- https://github.com/docker/bake-action#git-context
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Edit, Fix
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, step_name, target
from go_release_gate.workflow.document import Job, Step, Workflow
from go_release_gate.workflow.publishers.steps import BAKE, BUILD_PUSH

RULE = Rule(
    id="remote-build-context",
    summary="an image is built from the remote ref, not from the checked out tree",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workflows,),
    fix="unsafe",
)

_REMOTE = re.compile(r"https?://|git://|ssh://|git@|github\.com/|\{\{\s*defaultContext|\$\{\{\s*github\.server_url")
_MAJOR = re.compile(r"@v(\d+)")


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per step that builds from afar behind a checkout."""
    for workflow in workflows.files:
        for job in workflow.jobs:
            is_checked_out = False
            for step in job.steps:
                is_checked_out = is_checked_out or step.action == "actions/checkout"
                name = _input_of(step)
                if is_checked_out and name and _is_remote(step.input(name), step.action):
                    yield _draft(workflow, job, step, name)


def _input_of(step: Step) -> str:
    """The input that says what is built; empty: the step does not build from afar by itself."""
    if step.uses is None:
        return ""
    major = _MAJOR.search(step.uses.text)
    if step.action == BUILD_PUSH:  # the first edition took the checked tree
        is_first = (major and major[1] == "1") or "repository" in step.inputs
        return "" if is_first else "context"
    return "source" if step.action == BAKE and major and int(major[1][:4]) >= 6 else ""


def _is_remote(value: str, action: str) -> bool:
    return (
        not value.strip() or _REMOTE.match(value.strip()) is not None or (action == BAKE and "defaultContext" in value)
    )


def _draft(workflow: Workflow, job: Job, step: Step, name: str) -> Draft:
    is_given = name in step.inputs
    line = step.input_line(name) if is_given else step.uses.line if step.uses else step.line
    found = f"`{name}: {step.input(name).strip()}`" if step.input(name).strip() else f"no `{name}`"
    return Draft(
        location=place(workflow, line),
        message=f"{step.action} with {found} builds the commit as GitHub has it, not the tree this job checked out; "
        f"expected `{name}: .`",
        key=step_name(job, step),
        target=target(workflow),
        fix=None if is_given else _fix(workflow, step, name),
    )


def _fix(workflow: Workflow, step: Step, name: str) -> Fix | None:
    """The input in front of the others; None where they are not written one a line."""
    table = step.table
    if table is None or table.is_flow or not table.entries or table.line == step.line:
        return None
    text = f"{' ' * (table.column - 1)}{name}: .\n"
    return Fix(safe=False, edits=(Edit(workflow.path, table.line, table.line - 1, text),))
