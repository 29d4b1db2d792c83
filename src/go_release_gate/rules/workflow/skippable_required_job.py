"""A job that stands for all others can be skipped, and skipped counts as passed.

## What it finds

A job that sums others up (it looks at `needs.*.result`, uses alls-green, or has a name such as `required`, `ci-ok`,
`all-green` and several `needs`) and

- has no `if: always()`: it is skipped when a job that it needs fails;
- runs unless cancelled (`!cancelled()`), or on `failure()` alone: it is skipped when somebody cancels a job;
- looks for failures and not for what was cancelled, or runs always and looks at nothing;
- stands in a workflow that pull requests start by path alone: where no path fits, the check is never reported.

## Why

A required check that was skipped is a success to GitHub: the pull request can be merged although its tests failed. One
that is never reported keeps it waiting for ever.

## Fix

`if: always()`, and a step that fails unless every result is `success`; no filter by path at the workflow, but in a job
that decides which others run.

## Limits

Which jobs are required is a setting of the repository, which is not asked: jobs that look as if they were are judged.
Results that are `skipped` may pass: a job that was not needed for a change is skipped on purpose.

## References

- https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
- https://github.com/re-actors/alls-green#why
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, target
from go_release_gate.shell.unknown import Holes, Unknown
from go_release_gate.workflow.calls import scalars
from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record
from go_release_gate.workflow.runs import LATER
from go_release_gate.workflow.tree import child, entries_of

RULE = Rule(
    id="skippable-required-job",
    summary="a job that stands for all others can be skipped, and skipped counts as passed",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workflows,),
)

_SUMS = re.compile(r"needs\.(?:\*|[\w-]+)\.result|toJSON\(\s*needs\s*\)|join\(\s*needs\.\*", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:required|required-checks?|all-?(?:green|checks|jobs|passed|done|ok)|alls-green|merge-ok|status-check|gatekeeper"
    r"|(?:ci|tests?|checks?|build)-(?:ok|pass|passed|success|status|complete|completed|done|result|required))"
)
_SUMMING_ACTION = "re-actors/alls-green"
_FAILS = re.compile(r"['\"]failure['\"]|==\s*failure\b", re.IGNORECASE)
_STATUS = re.compile(r"\b(always|success|failure|cancelled)\s*\(\s*\)", re.IGNORECASE)
_IDLE = re.compile(r"(?:\s*(?:echo\b[^;&|<>`$\n]*|true|:|exit 0)[ \t]*(?:\n|$))+\s*")
_ASKS = re.compile(r"\bneeds\.|\(\s*needs\s*\)|\b(?:failure|success|cancelled)\s*\(")
_ENDS = (
    ("failure", False, "one of them fails"),
    ("cancelled", False, "a job was cancelled"),
    ("cancelled", True, "the run is cancelled"),
)
_ALSO = re.compile(r"cancelled|success|skipped", re.IGNORECASE)


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per such job and way past it."""
    for workflow in workflows.files:
        if (
            workflow.trigger("pull_request")
            or workflow.trigger("merge_group")
            or workflow.trigger("pull_request_target")
        ):
            for job in workflow.jobs:
                if _stands_for_others(job):
                    yield from _drafts(workflow, job)


def _drafts(workflow: Workflow, job: Job) -> Iterator[Draft]:
    said = _condition(job)
    if said:
        line = job.condition.line if job.condition else job.line
        yield _draft(workflow, job, line, f"`{job.id}` stands for the jobs it needs, and {said}", "condition")
    elif job.condition is not None and "always()" in job.condition.text:
        if _is_idle(job):
            message = f"`{job.id}` stands for the jobs it needs and asks none how it ended: it passes whatever they do"
            yield _draft(workflow, job, job.condition.line, message, "idle")
        texts = [one for one in scalars(job.table) if one is not job.condition]
        fails = next((one for one in texts if _FAILS.search(one.text)), None)
        if fails is not None and not any(_ALSO.search(one.text) for one in texts):
            message = (
                f"`{job.id}` fails when a job failed, and passes when one was cancelled; look for 'cancelled', too"
            )
            yield _draft(workflow, job, fails.line, message, "cancelled")
    for event in ("pull_request", "pull_request_target"):
        for key, _ in entries_of(child(workflow.table, "on", event)):
            if key.text in ("paths", "paths-ignore"):
                message = (
                    f"`{job.id}` stands for all jobs, and {event} starts them by `{key.text}`: where it does not, the "
                    "check is never reported and a pull request that must have it waits for ever"
                )
                yield _draft(workflow, job, key.line, message, f"{event} {key.text}")


def _condition(job: Job) -> str:
    """Why it can be skipped though it should fail."""
    better = "expected `if: always()` and a step that fails unless all results are success"
    for result, is_whole, when in _ENDS:
        if _is_run(job, result, is_whole=is_whole) is False:
            return f"is skipped when {when}, which counts as passed; {better}"
    return ""


def _is_run(job: Job, result: str, *, is_whole: bool) -> bool | Unknown:
    """Whether the job runs after the first that it needs, or the whole run, ended so.

    A condition that asks no status asks success. What `cancelled()` says of one cancelled job is left open.
    """
    text = job.condition.text.strip().removeprefix("${{").removesuffix("}}") if job.condition else "success()"
    if not _STATUS.search(text):
        text = f"success() && ({text})"
    open_ = "github.run" if result == "cancelled" else "false"
    known = {"always": "true", "success": "false", "failure": str(result == "failure").lower()}
    known["cancelled"] = "true" if is_whole else open_
    results = [result, *("success" for _ in job.needs[1:])]
    needs = {name: Record({"result": one}, LATER) for name, one in zip(job.needs, results, strict=True)}
    told = _STATUS.sub(lambda match: known[match[1].lower()], text)
    return Evaluator({"needs": Record(needs)}, Holes()).is_true(told)


def _is_idle(job: Job) -> bool:
    """Whether nothing in it can fail or asks how others ended."""
    texts = (one.text for one in scalars(job.table) if one is not job.condition)
    return all(step.run is not None and _IDLE.fullmatch(step.run.text) for step in job.steps) and not any(
        _ASKS.search(text) for text in texts
    )


def _stands_for_others(job: Job) -> bool:
    if not job.needs or job.uses is not None:
        return False
    if any(step.action == _SUMMING_ACTION for step in job.steps):
        return True
    is_named = len(job.needs) > 1 and _NAMED.fullmatch(job.id.lower().replace("_", "-")) is not None
    runs = [step.run.text for step in job.steps if step.run is not None]
    fails = any("exit 1" in run or "false" in run or "test " in run or "[" in run for run in runs)
    return is_named or (fails and any(_SUMS.search(one.text) for one in scalars(job.table)))


def _draft(workflow: Workflow, job: Job, line: int, message: str, key: str) -> Draft:
    return Draft(place(workflow, line), message, f"{job.id} {key}", target=target(workflow))
