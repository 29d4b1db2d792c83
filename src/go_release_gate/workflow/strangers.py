"""Which jobs run for a stranger's pull request, on events that have the repository's rights.

https://docs.github.com/en/actions/reference/security/securely-using-pull_request_target. A condition keeps a stranger
out where it is false whatever else is true: for a fork, for what is not merged, for a run that a pull request started.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from go_release_gate.shell.unknown import Holes
from go_release_gate.workflow.document import Job, Step, Workflow
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record, Value
from go_release_gate.workflow.runs import LATER
from go_release_gate.workflow.tree import child, texts_of

EVENTS = ("pull_request_target", "workflow_run", "issue_comment")
# What starts a workflow for commits of the repository's own alone.
_OWN_EVENTS = frozenset({"push", "schedule", "workflow_dispatch", "repository_dispatch", "release", "merge_group"})
_THEIRS = r"github\.event\.(?:pull_request|workflow_run)\.head(?:\.repo|_repository)\.[\w.]+"
_OURS = r"github\.(?:repository\w*|event\.(?:repository|pull_request\.base\.repo|workflow_run\.repository)\.[\w.]+)"
_COMPARED = re.compile(rf"(?:{_THEIRS}\s*(==|!=)\s*{_OURS}|{_OURS}\s*(==|!=)\s*{_THEIRS})\b")
_WHATEVER = re.compile(r"\balways\s*\(|\bfailure\s*\(|\bcancelled\s*\(")


def events_of(workflow: Workflow, files: Iterable[Workflow]) -> list[str]:
    """The events by which a stranger starts it; `workflow_run` not where all that it follows are others' to start."""
    return [
        event
        for event in EVENTS
        if workflow.trigger(event) and not (event == "workflow_run" and _follows_own(workflow, files))
    ]


def is_reached(event: str, workflow: Workflow, job: Job, step: Step | None = None) -> bool:
    """Whether a stranger's event may come to the job, and to the step: no condition on the way is known to be false."""
    jobs = {one.id.lower(): one for one in workflow.jobs}
    return _is_job_reached(event, job, jobs, frozenset()) and not (step and _is_false(step, event))


def conditions(workflow: Workflow, job: Job, step: Step | None = None) -> Iterator[str]:
    """What is asked before the job, and the step, runs: the conditions of the jobs it needs are among it."""
    jobs = {one.id.lower(): one for one in workflow.jobs}
    for one in (*(jobs[name.lower()] for name in job.needs if name.lower() in jobs), job, step):
        if one is not None and one.condition is not None:
            yield one.condition.text


def _is_job_reached(event: str, job: Job, jobs: dict[str, Job], seen: frozenset[str]) -> bool:
    if _is_false(job, event):
        return False
    if job.condition is not None and _WHATEVER.search(job.condition.text):
        return True
    needed = (jobs[name.lower()] for name in job.needs if name.lower() in jobs and name.lower() not in seen)
    return all(_is_job_reached(event, one, jobs, seen | {job.id.lower()}) for one in needed)


def _is_false(asked: Job | Step, event: str) -> bool:
    if asked.condition is None:
        return False
    text = _COMPARED.sub(lambda match: "false" if "==" in (match[1], match[2]) else "true", asked.condition.text)
    return Evaluator({"github": _github(event)}, Holes()).is_true(text) is False


def _github(event: str) -> Record:
    """The context as a stranger's event fills it; what any value may stand in is left unknown."""
    fork = Record({"fork": True, "full_name": "stranger/fork", "owner": Record({"login": "stranger"}, LATER)}, LATER)
    user = Record({"login": "stranger"}, LATER)
    head = Record({"repo": fork, "user": user}, LATER)
    payload: dict[str, dict[str, Value]] = {
        "pull_request_target": {"pull_request": Record({"merged": False, "head": head, "user": user}, LATER)},
        "workflow_run": {"workflow_run": Record({"event": "pull_request", "head_repository": fork}, LATER)},
        "issue_comment": {"issue": Record({"pull_request": Record({}, LATER)}, LATER)},
    }
    return Record({"event_name": event, "event": Record(payload[event], LATER)}, LATER)


def _follows_own(workflow: Workflow, files: Iterable[Workflow]) -> bool:
    """Whether every workflow it follows is here and runs for commits of the repository's own."""
    followed = {one.text for one in texts_of(child(workflow.table, "on", "workflow_run", "workflows"))}
    known = [one for one in files if (one.name or one.path) in followed]
    return (
        bool(followed)
        and {one.name or one.path for one in known} == followed
        and all(trigger.event in _OWN_EVENTS for one in known for trigger in one.triggers)
    )
