"""The fact the repository's workflows are: what they listen to, and which image names each event would push.

Collected from the files as they lie in the checkout; everything is worked out from their text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.workflow.document import Step, Workflow, read_workflow
from go_release_gate.workflow.publishers.goreleaser import ImageTemplate, image_templates
from go_release_gate.workflow.publishers.steps import BAKE, BUILD_PUSH, Around
from go_release_gate.workflow.pushes import Allowance, Push, Surroundings, pushes
from go_release_gate.workflow.runs import Run, runs_of
from go_release_gate.workflow.tree import InvalidDocumentError, read_tree

_MODULE_ON_GITHUB = re.compile(r"github\.com/([\w.-]+/[\w.-]+)(?:/v\d+)?")
_BUILDS = re.compile(r"\b(?:docker|podman|buildah|nerdctl|ko|goreleaser|kaniko)\b")
_USUAL_BRANCHES = ("main", "master", "trunk")


@dataclass(frozen=True, slots=True)
class BrokenWorkflow:
    """A file that is no workflow one can read."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a workflow would push in one run."""

    workflow: Workflow
    run: Run
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Workflows:
    """The workflows of the repository.

    Attributes:
        files: those that can be read, by path. broken: those that cannot.
        outcomes: every workflow in every run that is thought of (workflow.runs.runs_of).
        repository: `owner/name`, empty: not known. default_branch: as it is, or as far as the workflows tell
            (`is_branch_known`).
    """

    files: tuple[Workflow, ...]
    broken: tuple[BrokenWorkflow, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    repository: str = ""
    default_branch: str = "main"
    is_branch_known: bool = False
    surroundings: Surroundings = field(default_factory=Surroundings)

    @property
    def builds_images(self) -> bool:
        """Whether any workflow builds or pushes an image."""
        return any(outcome.pushes for outcome in self.outcomes) or any(map(_builds, self.steps()))

    def steps(self) -> Iterator[Step]:
        """Every step of every workflow."""
        return (step for workflow in self.files for _, step in workflow.steps())

    def pushes(self, workflow: Workflow, run: Run) -> tuple[Push, ...]:
        """What `workflow` would push in a run of the caller's own."""
        known = replace(run, repository=run.repository or self.repository)
        return pushes(workflow, known, self.surroundings)

    def callers(self, path: str) -> tuple[Workflow, ...]:
        """The workflows that call the one at `path`."""
        return tuple(one for one in self.files if any(job.calls == path for job in one.jobs))


@dataclass(frozen=True, slots=True)
class Told:
    """What others know: the path of the root's module, `owner/name`, the default branch; empty: not known."""

    module: str = ""
    repository: str = ""
    default_branch: str = ""


def read_workflows(
    documents: Sequence[tuple[str, bytes]], releasers: Sequence[tuple[str, bytes]], told: Told
) -> Workflows:
    """The fact from the bytes of workflow files and GoReleaser files."""
    files, broken = _read(documents)
    match = _MODULE_ON_GITHUB.fullmatch(told.module)
    repository = told.repository or (match[1] if match else "")
    templates, also_broken = _templates(releasers)
    around = Surroundings({one.path: one for one in files}, Around(told.module, templates))
    branch = told.default_branch or _default_branch(files)
    allowance = Allowance()
    outcomes = tuple(
        Outcome(workflow, run, pushes(workflow, run, around, allowance))
        for workflow in files
        for run in runs_of(workflow, repository=repository, default_branch=branch)
    )
    if files and not allowance.left:
        broken.append(
            BrokenWorkflow(files[-1].path, 1, "the workflows are too large to be worked through to their end")
        )
    return Workflows(
        tuple(files), (*broken, *also_broken), outcomes, repository, branch, bool(told.default_branch), around
    )


def _read(documents: Sequence[tuple[str, bytes]]) -> tuple[list[Workflow], list[BrokenWorkflow]]:
    files: list[Workflow] = []
    broken: list[BrokenWorkflow] = []
    for path, data in documents:
        try:
            files.append(read_workflow(path, data))
        except InvalidDocumentError as error:
            broken.append(BrokenWorkflow(path, error.line, error.message))
    return files, broken


def _templates(releasers: Sequence[tuple[str, bytes]]) -> tuple[tuple[ImageTemplate, ...], list[BrokenWorkflow]]:
    found: list[ImageTemplate] = []
    broken: list[BrokenWorkflow] = []
    for path, data in releasers:
        try:
            found += image_templates(read_tree(data))
        except InvalidDocumentError as error:
            broken.append(BrokenWorkflow(path, error.line, error.message))
    return tuple(found), broken


def _default_branch(files: Sequence[Workflow]) -> str:
    """The usual name that the workflows' filters speak of most; `main` where they speak of none."""
    named = Counter(
        name
        for workflow in files
        for trigger in workflow.triggers
        for name in trigger.branches.only or ()
        if name in _USUAL_BRANCHES
    )
    return max(named, key=lambda name: (named[name], -_USUAL_BRANCHES.index(name)), default="main")


def _builds(step: Step) -> bool:
    if step.run is not None:
        return _BUILDS.search(step.run.text) is not None
    return step.action in (BUILD_PUSH, BAKE, "goreleaser/goreleaser-action", "ko-build/setup-ko")
