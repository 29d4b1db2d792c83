"""An entry of docker/metadata-action that can never make a tag on the workflow's events.

## What it finds

In a workflow, an entry of `tags` whose type waits for something the workflow does not listen to:

- `type=semver`, `pep440`, `match` and `ref,event=tag` where no tag starts the workflow,
- `type=semver` and `pep440` where every tag that does has a directory before its version (`services/api/v*`),
- `type=ref,event=pr` without pull requests, `type=ref,event=branch` without branches, `type=schedule` without a
  schedule,
- `type=edge` where its branch starts nothing,
- `enable={{is_default_branch}}` where only tags do: it is never true for the push of a tag. So is an expression that
  is false for every event.

## Why

docker/metadata-action says nothing of an entry that does not fire. `latest` is then never pushed, or a release has no
version tag at all, and it shows when somebody pulls.

## Fix

Listen to what the entry waits for (`on: push: tags: ['v*']`), or take the entry out. For tags of a
nested module add `match=v(.*)$`, which takes the version out of `services/api/v1.2.3`. For `latest` on releases write
`flavor: latest=auto` with `type=semver`, which is the default, instead of `enable={{is_default_branch}}`.

## Limits

A workflow that can be started by hand is taken to be started on any branch or tag. One that others call is judged by
the workflows of this repository that call it, and not at all where there are none. An expression that needs more than
the event counts as one that may be true.

## References

- https://github.com/docker/metadata-action#typesemver
- https://github.com/docker/metadata-action#global-expressions
- https://github.com/docker/metadata-action/issues/147
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, step_name, target
from go_release_gate.workflow.document import Job, Step, Workflow
from go_release_gate.workflow.entries import (
    WrittenEntry,
    is_of_branch,
    may_fire,
    need_of,
    without_env,
    written_entries,
)
from go_release_gate.workflow.runs import Run, runs_of
from go_release_gate.workflow.triggers import BRANCH, TAG

RULE = Rule(
    id="tag-entry-never-fires",
    summary="an entry of docker/metadata-action can never fire on these events",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workflows,),
)

# Events whose ref is known here; a workflow that listens to another one is not judged.
_KNOWN = frozenset(
    {"push", "pull_request", "pull_request_target", "release", "schedule", "workflow_dispatch", "workflow_run"}
    | {"repository_dispatch", "issues", "issue_comment", "discussion", "watch"}
)
_OTHER_BRANCH = "some-other-branch"


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per entry that no event of its workflow reaches."""
    for workflow in workflows.files:
        for job, step in workflow.steps():
            for written in written_entries(step):
                runs = _runs(workflows, workflow, is_of_branch(written))
                reached = [run for run in runs or () if _is_reached(job, step, run)]
                if reached and not any(may_fire(written, run) for run in reached):
                    yield _draft(workflow, job, step, written)


def _draft(workflow: Workflow, job: Job, step: Step, written: WrittenEntry) -> Draft:
    events = ", ".join(dict.fromkeys(trigger.event for trigger in workflow.triggers))
    return Draft(
        location=place(workflow, written.line),
        message=f"`{written.text}` can never fire: it needs {need_of(written)}, and nothing that starts this workflow "
        f"({events}, as they are filtered) brings it",
        key=f"{step_name(job, step)} {written.text}",
        target=target(workflow),
    )


def _is_reached(job: Job, step: Step, run: Run) -> bool:
    """Whether the event alone does not rule the step out."""
    conditions = [one.text for one in (job.condition, step.condition) if one]
    return all(without_env(run).is_true(condition) is not False for condition in conditions)


def _runs(workflows: Workflows, workflow: Workflow, branch: str) -> list[Run] | None:
    """Every kind of run the workflow can have, `branch` among them where it starts it; None: it cannot be told."""
    listening = [workflow]
    if workflow.trigger("workflow_call"):
        listening += workflows.callers(workflow.path)
    events = {trigger.event for one in listening for trigger in one.triggers} - {"workflow_call"}
    is_called_again = any(one.trigger("workflow_call") for one in listening[1:])
    if not events <= _KNOWN or not events or is_called_again:
        return None
    found: list[Run] = []
    for one in listening:
        found += runs_of(one, default_branch=workflows.default_branch)
        found += _more(one, branch, workflows.default_branch)
    if workflows.is_branch_known:
        return found
    return [*found, *(replace(run, default_branch=run.ref_name) for run in found if run.ref.startswith(BRANCH))]


def _more(workflow: Workflow, branch: str, default: str) -> Iterator[Run]:
    """Refs beside the usual ones: the branch that is asked for, and for a start by hand anything."""
    push = workflow.trigger("push")
    for name in (branch, _OTHER_BRANCH, default):
        if push and name and push.takes(BRANCH + name):
            yield Run("push", BRANCH + name, default_branch=default)
    if workflow.trigger("workflow_dispatch"):
        refs = (TAG + "v1.2.3", BRANCH + default, BRANCH + _OTHER_BRANCH, BRANCH + (branch or default))
        yield from (Run("workflow_dispatch", ref, default_branch=default) for ref in refs)
