"""Words and questions that the rules about `go` commands share."""

from __future__ import annotations

import re

from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import DOCKERFILE, MANIFEST, WORKFLOW, GoCall
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Workloads
from go_release_gate.model.finding import Location, Target
from go_release_gate.workflow.document import Step, Workflow

SOURCES = (Workflows, Dockerfiles, ImageBuilds, Workloads)
"""The facts that GoCalls is made from: a rule that needs it lists them among its `uses`."""

_ASIDE = re.compile(
    r"(?:^|[._/-])(?:dev|devel|development|debug|local|test|tests|e2e|ci|sample|example|watch|air|tilt|skaffold|delve)(?:[._/-]|$)"
)
_RELEASER = "goreleaser/goreleaser-action"
_SHOWN = 160


def place(call: GoCall) -> Location:
    """Where a call is written."""
    return Location(call.path, call.line)


def target(call: GoCall) -> Target:
    """What a finding about a call is about."""
    kinds = {DOCKERFILE: "dockerfile", WORKFLOW: "workflow", MANIFEST: "manifest"}
    return Target(kinds.get(call.where, "script"), call.path)


def shown(call: GoCall) -> str:
    """The command line, cut where it is long."""
    text = " ".join((call.shown or " ".join(call.command.words)).split())
    return f"`{text[:_SHOWN]}…`" if len(text) > _SHOWN else f"`{text}`"


def is_aside(path: str) -> bool:
    """Whether a file is named as one of development or of tests: `Dockerfile.dev`, `compose.override.yaml`."""
    name = path.lower()
    return _ASIDE.search(name) is not None or "override" in name.rpartition("/")[2]


def is_shipped(call: GoCall, workflows: Workflows | None) -> bool:
    """Whether a call is a part of what builds a release: an image's, a releasing workflow's, a script's they run."""
    if call.where == DOCKERFILE:
        return not is_aside(call.path)
    if call.where == WORKFLOW:
        return is_releasing(call.path, workflows)
    return any(
        is_releasing(path, workflows) if path.startswith(".github/") else _is_image(path) for path in call.ran_by
    ) or bool(call.via and not is_aside(call.via))


def is_releasing(path: str, workflows: Workflows | None) -> bool:
    """Whether a workflow publishes: it pushes an image, is started by a tag or a release, or runs GoReleaser."""
    found = next((one for one in workflows.files if one.path == path), None) if workflows else None
    if workflows is None or found is None:
        return False
    if any(outcome.workflow is found and outcome.pushes for outcome in workflows.outcomes):
        return True
    if _is_started_by_release(found) or any(_is_releaser(step) for _, step in found.steps()):
        return True
    return any(_is_started_by_release(caller) for caller in workflows.callers(path))


def _is_started_by_release(workflow: Workflow) -> bool:
    push = workflow.trigger("push")
    return workflow.trigger("release") is not None or bool(push and push.tags.only)


def _is_releaser(step: Step) -> bool:
    """GoReleaser that publishes: not a check, not a snapshot."""
    arguments = step.input("args").split()
    return step.action == _RELEASER and "release" in arguments and "--snapshot" not in arguments


def _is_image(path: str) -> bool:
    name = path.lower().rpartition("/")[2]
    return ("dockerfile" in name or "containerfile" in name) and not is_aside(path)
