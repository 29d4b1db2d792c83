"""A stranger's code is checked out where the workflow has the repository's rights.

## What it finds

A workflow that runs on `pull_request_target`, `workflow_run` or `issue_comment`, or is called by one that does, and
checks out the head of the pull request (by actions/checkout with its ref or repository, by `gh pr checkout` or by
fetching `refs/pull/…`). It is an error where the job goes on to run something; where the checkout has a `path` of its
own, something of that folder.

## Why

These events run with the base repository's token, secrets and caches. Whoever opens a pull request writes the
Makefile, the go.mod, the tests and the actions that the next step runs.

## Fix

Judge pull requests on `pull_request`, which gives a token that can only read, and hand results to a second workflow
that reads them as data: the templates pull-request.yml and annotate.yml do it so.

## Limits

A condition that is false for a stranger is a guard: that the head lies in the same repository
(`head.repo.full_name == github.repository`), that the pull request is merged, that a push started the run before. A
label is none: what is pushed after it was set is run, too. It makes a warning of it, and so do an environment, which
may have reviewers, and an answer of another job or step.

## References

- https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
- https://docs.github.com/en/actions/reference/security/secure-use
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, step_name, target
from go_release_gate.workflow.calls import CallGraph
from go_release_gate.workflow.document import Job, Step, Texts, Workflow
from go_release_gate.workflow.strangers import conditions, events_of, is_reached
from go_release_gate.workflow.tree import child

RULE = Rule(
    id="untrusted-checkout",
    summary="a stranger's code is checked out where the workflow has the repository's rights",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workflows,),
)

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
_HANDED = re.compile(r"\b(env|inputs)\.([\w-]+)", re.IGNORECASE)
_CHOSEN = re.compile(
    r"\blabels?\b|author_association|permission|\bactor\b|\b(?:needs|steps)\.[\w-]+\.outputs\b", re.IGNORECASE
)
_NO_CODE = ("actions/upload-artifact", "actions/download-artifact", "actions/labeler", "actions/github-script")


@dataclass(frozen=True, slots=True)
class _Way:
    """A workflow that a stranger starts, by itself or by calls.

    `inputs`: of the last call, by lower-case name; `is_chosen`: somebody may have to agree to a call before.
    """

    workflow: Workflow
    events: list[str]
    inputs: Texts = field(default_factory=dict)
    is_chosen: bool = False


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per step that brings the stranger's code."""
    told: set[tuple[str, int]] = set()
    for way in _ways(workflows):
        for job in way.workflow.jobs:
            for number, step in enumerate(job.steps):
                events = [event for event in way.events if is_reached(event, way.workflow, job, step)]
                line = _brought(way, job, step) if events else 0
                if line and (way.workflow.path, line) not in told:
                    told.add((way.workflow.path, line))
                    yield _draft(replace(way, events=events), job, number, line)


def _ways(workflows: Workflows) -> Iterator[_Way]:
    graph = CallGraph(workflows.files)
    for workflow in workflows.files:
        events = events_of(workflow, workflows.files)
        if not events:
            continue
        yield _Way(workflow, events)
        for call in graph.calls_of(workflow):
            for chain in graph.chains(call):
                left = [event for event in events if all(is_reached(event, one.caller, one.job) for one in chain)]
                is_chosen = any(_is_chosen(one.caller, one.job) for one in chain)
                yield _Way(chain[-1].callee, left, chain[-1].job.inputs, is_chosen)


def _draft(way: _Way, job: Job, number: int, line: int) -> Draft:
    workflow, events, step = way.workflow, way.events, job.steps[number]
    is_chosen = way.is_chosen or _is_chosen(workflow, job, step)
    runs = step.run is not None or any(_runs(other, step.input("path")) for other in job.steps[number + 1 :])
    after = "and runs it or what it brings" if runs else "beside the rights of this repository"
    return Draft(
        place(workflow, line),
        f"on {' and '.join(events)} this checks out what a stranger wrote, {after}: with the token and secrets of this "
        "repository; judge it on pull_request, and show the results from a second workflow",
        f"{step_name(job, step)} {events}",
        target=target(workflow),
        severity=None if runs and not is_chosen else Severity.WARNING,
    )


def _brought(way: _Way, job: Job, step: Step) -> int:
    """The line that brings the stranger's code, 0: none does."""
    if step.action == "actions/checkout":
        known: Mapping[str, Texts] = {"env": {**way.workflow.env, **job.env}, "inputs": way.inputs}
        written = f"{step.input('ref')} {step.input('repository')}"
        handed = (known[match[1].lower()].get(match[2]) for match in _HANDED.finditer(written))
        is_head = any(_HEAD.search(text) for text in (written, *(one.text for one in handed if one)))
        return step.input_line("ref") if is_head else 0
    match = _FETCHES.search(step.run.text) if step.run is not None else None
    return step.run.line_at(match.start()) if step.run is not None and match else 0


def _runs(step: Step, folder: str) -> bool:
    """Whether a later step may run something of the checkout; in a folder of its own data until it is entered."""
    name = folder.strip().removeprefix("./").strip("/")
    if name in ("", ".") or "$" in name:
        return step.run is not None or (step.uses is not None and step.action not in _NO_CODE)
    inside = re.compile(rf"(?:\./)?{re.escape(name)}(?:/|$)", re.IGNORECASE)
    if step.run is None:
        return step.action.startswith("./") and inside.match(step.action) is not None
    to_it = r"\b(?:cd|pushd|(?:make|go)\s+-C)\s+|(?:^|[\s;&|(])(?=\S+/)"
    enters = rf"(?:{to_it})[\"']?(?:\./)?{re.escape(name)}(?:[/\s\"';&|)]|$)"
    return inside.match(step.directory) is not None or re.search(enters, step.run.text, re.MULTILINE) is not None


def _is_chosen(workflow: Workflow, job: Job, step: Step | None = None) -> bool:
    """Whether somebody may have to agree before it runs: by a label, as reviewer of an environment."""
    needed = [one for one in workflow.jobs if one is job or one.id in job.needs]
    return any(_CHOSEN.search(text) for text in conditions(workflow, job, step)) or any(
        child(one.table, "environment") is not None for one in needed
    )
