"""The jobs of the repository's own workflows that test, build or push: what a new pipeline would take over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from go_release_gate.engine.survey_dockerfiles import repositories
from go_release_gate.facts.go_calls import WORKFLOW, GoCall, GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.pipeline.survey import BUILDS, PUSHES, TESTS, ExistingJob

if TYPE_CHECKING:
    from go_release_gate.facts.workflows import Workflows
    from go_release_gate.workflow.document import Job

_MAKE = re.compile(r"\b(?:make|task|just|mage)\b[^\n;&|]*\btests?\b")
_ORDER = (TESTS, BUILDS, PUSHES)


def existing_jobs(workflows: Workflows | None, calls: object, builds: object) -> tuple[ExistingJob, ...]:
    """The jobs, by path and line, each with all that it does."""
    if workflows is None:
        return ()
    does: dict[tuple[str, str], set[str]] = {}
    images: dict[tuple[str, str], dict[str, None]] = {}
    for path, job in _testing(workflows, calls.calls if isinstance(calls, GoCalls) else ()):
        does.setdefault((path, job), set()).add(TESTS)
    for build in builds.builds if isinstance(builds, ImageBuilds) else ():
        does.setdefault((build.path, build.scope.partition("/")[0]), set()).add(BUILDS)
    for outcome in workflows.outcomes:
        for push in outcome.pushes:
            key = (push.workflow, push.job)
            does.setdefault(key, set()).add(PUSHES)
            names = push.names if isinstance(push.names, tuple) else ()
            images.setdefault(key, {}).update(dict.fromkeys(repositories(names)))
    return tuple(
        ExistingJob(
            file.path,
            job.line,
            job.id,
            tuple(word for word in _ORDER if word in does[file.path, job.id]),
            tuple(images.get((file.path, job.id), ())),
        )
        for file in workflows.files
        for job in file.jobs
        if (file.path, job.id) in does
    )


def _testing(workflows: Workflows, calls: Iterable[GoCall]) -> Iterator[tuple[str, str]]:
    """Workflow and job of each `go test`, behind a target of make too."""
    for call in calls:
        if call.where == WORKFLOW and call.command.verb == "test":
            yield call.path, call.scope.partition("/")[0]
    for file in workflows.files:
        yield from ((file.path, job.id) for job in file.jobs if _makes_tests(job))


def _makes_tests(job: Job) -> bool:
    return any(step.run is not None and _MAKE.search(step.run.text) for step in job.steps)
