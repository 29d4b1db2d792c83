"""A stranger's code is checked out where the workflow has the repository's rights.

## What it finds

A workflow that runs on `pull_request_target`, `workflow_run` or `issue_comment` and checks out the head of the pull
request (by actions/checkout with its ref or repository, by `gh pr checkout` or by fetching `refs/pull/…`). It is an
error where the job goes on to run something.

## Why

These events run with the base repository's token, secrets and caches. Whoever opens a pull request writes the
Makefile, the go.mod, the tests and the actions that the next step runs.

## Fix

Judge pull requests on `pull_request`, which gives a token that can only read, and hand results to a second workflow
that reads them as data: the templates pull-request.yml and annotate.yml do it so.

## Limits

A condition that the head lies in the same repository (`head.repo.full_name == github.repository`) is a guard. A label
is none: what is pushed after it was set is run, too; it makes a warning of it.

## References

- https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
- https://docs.github.com/en/actions/reference/security/secure-use
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, step_name, target
from go_release_gate.workflow.document import Job, Step, Workflow

RULE = Rule(
    id="untrusted-checkout",
    summary="a stranger's code is checked out where the workflow has the repository's rights",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)

EVENTS = ("pull_request_target", "workflow_run", "issue_comment")
_HEAD = re.compile(
    r"github\.event\.pull_request\.(?:head\b|merge_commit_sha)|github\.head_ref|refs/pull/"
    r"|github\.event\.workflow_run\.(?:head_sha|head_branch|head_repository|head_commit|pull_requests)"
    r"|github\.event\.(?:number|issue\.number)\b",
)
_FETCHES = re.compile(
    r"\bgh\s+pr\s+checkout\b"
    r"|\bgit\s+(?:-C\s+\S+\s+)?(?:fetch|pull|clone|checkout|switch)\b[^\n;&|]*(?:refs/)?pull/"
    r"|\bgit\s+(?:-C\s+\S+\s+)?(?:checkout|switch|reset|fetch|merge)\b[^\n;&|]*\$\{\{\s*github\.(?:head_ref|event\.pull_request\.head)"
)
_SAME = re.compile(
    r"head(?:_repository|\.repo)\.(?:full_name|fork|id|owner\.login)|\.fork\s*(?:==|!=)|github\.repository_owner\s*=="
)
_LABEL = re.compile(r"\blabels?\b|author_association|permission", re.IGNORECASE)
_NO_CODE = ("actions/upload-artifact", "actions/download-artifact", "actions/labeler", "actions/github-script")


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per step that brings the stranger's code."""
    for workflow in workflows.files:
        events = [event for event in EVENTS if workflow.trigger(event)]
        if not events:
            continue
        for job in workflow.jobs:
            for number, step in enumerate(job.steps):
                if _brings(step) and not _is_same(job, step):
                    yield _draft(workflow, job, number, events)


def _draft(workflow: Workflow, job: Job, number: int, events: list[str]) -> Draft:
    step = job.steps[number]
    runs = step.run is not None or any(_runs(other) for other in job.steps[number + 1 :])
    is_chosen = _LABEL.search(_conditions(job, step)) is not None
    after = "and runs it or what it brings" if runs else "beside the rights of this repository"
    return Draft(
        place(workflow, step.input_line("ref") if "ref" in step.inputs else step.line),
        f"on {' and '.join(events)} this checks out what a stranger wrote, {after}: with the token and secrets of this "
        "repository; judge it on pull_request, and show the results from a second workflow",
        f"{step_name(job, step)} {events}",
        target=target(workflow),
        severity=None if runs and not is_chosen else Severity.WARNING,
    )


def _brings(step: Step) -> bool:
    if step.action == "actions/checkout":
        return _HEAD.search(f"{step.input('ref')} {step.input('repository')}") is not None
    return step.run is not None and _FETCHES.search(step.run.text) is not None


def _runs(step: Step) -> bool:
    """Whether a later step may run something of the checkout."""
    return step.run is not None or (step.uses is not None and step.action not in _NO_CODE)


def _is_same(job: Job, step: Step) -> bool:
    return _SAME.search(_conditions(job, step)) is not None


def _conditions(job: Job, step: Step) -> str:
    return " ".join(one.text for one in (job.condition, step.condition) if one is not None)
