"""A workflow that pushes images on pull requests.

## What it finds

A step that pushes image names to a registry when the workflow is run for a pull request, with no condition that could
keep it from it: docker/build-push-action, docker/bake-action, `docker push` and `docker buildx build --push`, ko,
GoReleaser.

## Why

What a pull request builds has not been reviewed. Pushed as `latest` or as a branch's name it replaces what others pull;
under `pull_request_target` whoever opens a pull request builds it with the repository's secrets.

## Fix

Build without pushing: `push: ${{ github.event_name != 'pull_request' }}`, or `if: github.event_name != 'pull_request'`
on the step that logs in and pushes.

## Limits

Names that carry the pull request's number (`pr-12`), as previews do, are a note. A condition that only a run can
evaluate counts as a guard. A registry on the runner itself (`localhost:5000`, `registry.local:5000`, a service such as
`registry:5000`) is none. A pull request from a fork has no secrets, so its push mostly fails.

## References

- https://github.com/docker/build-push-action#customizing
- https://docs.github.com/en/actions/reference/security/secure-use
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.workflows import Outcome, Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import named, place, target, written_names
from go_release_gate.workflow.pushes import Push
from go_release_gate.workflow.runs import PULL_REQUESTS, SAMPLE_NUMBER

RULE = Rule(
    id="push-on-pull-request",
    summary="a workflow pushes images when it is run for a pull request",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workflows,),
)


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per line that pushes, and event."""
    for outcome in workflows.outcomes:
        if outcome.run.event in PULL_REQUESTS:
            groups: dict[tuple[str, int], list[Push]] = {}
            for push in outcome.pushes:
                if not push.is_conditional and written_names(push):
                    groups.setdefault((push.workflow, push.line), []).append(push)
            yield from (_draft(workflows, outcome, pushes) for pushes in groups.values())


def _draft(workflows: Workflows, outcome: Outcome, pushes: list[Push]) -> Draft:
    first, event = pushes[0], outcome.run.event
    workflow = next(one for one in workflows.files if one.path == first.workflow)
    names = [name for push in pushes for name in written_names(push)]
    is_preview = all(str(SAMPLE_NUMBER) in name for name in names)
    shown = named([name.replace(str(SAMPLE_NUMBER), "N") for name in names])
    return Draft(
        location=place(workflow, first.line),
        message=f"on {event} this pushes {shown}: what nobody has reviewed, expected a build without a push "
        "(push: ${{ github.event_name != 'pull_request' }})",
        key=f"{event} {first.job}/{first.step} {named(names)}",
        target=target(workflow),
        severity=_severity(event, is_preview=is_preview),
    )


def _severity(event: str, *, is_preview: bool) -> Severity | None:
    if event == "pull_request_target":
        return Severity.ERROR
    return Severity.NOTE if is_preview else None
