"""What `init` says for machines: one JSON object, and workflow commands where a step checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from go_release_gate.adapters.github.runner import command
from go_release_gate.pipeline.files import Planned, State
from go_release_gate.pipeline.next_steps import Step, replaced_jobs
from go_release_gate.pipeline.proposal import Proposal
from go_release_gate.report.neutral import log_text


@dataclass(frozen=True, slots=True)
class InitService:
    """A service that is released: its image and what that is built from; `why`: where the image's name comes from."""

    name: str
    image: str
    module: str
    dockerfile: str
    context: str
    target: str
    platforms: tuple[str, ...]
    tags: str
    why: str


@dataclass(frozen=True, slots=True)
class InitEnvironment:
    """An environment, in the order of a release; `files`: manifests that a promotion edits."""

    name: str
    target: Literal["channel-tag", "gitops", "none"]
    files: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class InitFile:
    """A file, what is to be done with it, and the change as a unified diff; of an edited one what is left undone."""

    path: str
    state: Literal["create", "update", "unchanged", "edited", "overwrite"]
    diff: str


@dataclass(frozen=True, slots=True)
class InitQuestion:
    """What nobody but a person can decide, and the option that answers it."""

    question: str
    option: str


@dataclass(frozen=True, slots=True)
class InitStep:
    """What is left to people, in words, and commands that do it."""

    words: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InitReport:
    """A pipeline as it is proposed or written.

    `behind`: how many files are missing or not as they would be written. `replaces`: jobs that are taken over.
    """

    repository: str
    branch: str
    ref: str
    services: tuple[InitService, ...]
    environments: tuple[InitEnvironment, ...]
    private: tuple[str, ...]
    questions: tuple[InitQuestion, ...]
    notes: tuple[str, ...]
    replaces: tuple[str, ...]
    files: tuple[InitFile, ...]
    behind: int
    written: tuple[str, ...]
    next: tuple[InitStep, ...]


def init_report(
    proposal: Proposal, files: Sequence[Planned], written: Sequence[str] = (), steps: Sequence[Step] = ()
) -> InitReport:
    """The report on a proposal; `written`: the paths that were."""
    return InitReport(
        proposal.survey.repository,
        proposal.branch,
        proposal.ref,
        tuple(_services(proposal)),
        tuple(InitEnvironment(one.name, _target(one.kind), one.files, one.why) for one in proposal.environments),
        proposal.private,
        tuple(InitQuestion(one.words, one.option) for one in proposal.questions),
        proposal.notes,
        replaced_jobs(proposal),
        tuple(InitFile(one.path, one.state.value, one.diff) for one in files),
        sum(one.state.is_behind for one in files),
        tuple(written),
        tuple(InitStep(one.words, one.commands) for one in steps),
    )


def _services(proposal: Proposal) -> Iterator[InitService]:
    for one in proposal.services:
        built = (one.module, one.dockerfile, one.context, one.target, one.platforms)
        yield InitService(one.name, one.image, *built, one.tag_filter, one.why)


def _target(kind: str) -> Literal["channel-tag", "gitops", "none"]:
    return "gitops" if kind == "gitops" else "channel-tag" if kind == "channel-tag" else "none"


def check_commands(files: Sequence[Planned]) -> Iterator[str]:
    """Workflow commands: an error at each file that is behind, at the first line that would change, and a notice at
    each edited one."""
    for one in files:
        if one.state.is_behind:
            what = "there is no such file" if one.before is None else "the file is not as init would write it"
            yield _command("error", one, f"{what}: run `go-release-gate init`")
        elif one.state is State.EDITED:
            yield _command("notice", one, "edited since init wrote it, and kept as it is")


def _command(level: str, one: Planned, words: str) -> str:
    line = _first_change(one.before, one.after) if one.before is not None else None
    return command(level, words, file=log_text(one.path), line=line, title="go-release-gate init")


def _first_change(before: bytes, after: bytes) -> int:
    old, new = before.splitlines(), after.splitlines()
    pairs = enumerate(zip(old, new, strict=False), 1)
    first = next((number for number, (left, right) in pairs if left != right), min(len(old), len(new)) + 1)
    return max(1, min(first, len(old)))
