"""What `init` would install: services, environments, workflows, and what nobody but a person can decide."""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.pipeline.choices import Choices
from go_release_gate.pipeline.environments import GITOPS, Environment, environments_of
from go_release_gate.pipeline.services import Service, services_of, unknown
from go_release_gate.pipeline.survey import Survey

_REGISTRIES = (
    (re.compile(r"ghcr\.io|containers\..+"), "ghcr"),
    (re.compile(r".+\.dkr\.ecr\..+\.amazonaws\.com(?:\.cn)?|public\.ecr\.aws"), "aws"),
    (re.compile(r".+\.pkg\.dev|(?:.+\.)?gcr\.io"), "google"),
    (re.compile(r".+\.azurecr\.(?:io|cn|us)"), "azure"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be decided: about which `subject`, in words, and the option that answers it."""

    subject: str
    words: str
    option: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be installed.

    Attributes:
        services: those whose image a workflow would build; empty: nothing is released.
        private: hosts and owners of private modules.
        questions: what cannot be decided here. notes: what a person should know.
    """

    survey: Survey
    choices: Choices
    services: tuple[Service, ...]
    environments: tuple[Environment, ...]
    branch: str
    ref: str
    private: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_gitops(self) -> bool:
        """Whether a promotion edits manifests."""
        return any(one.kind == GITOPS for one in self.environments)


def propose(survey: Survey, choices: Choices, version: str) -> Proposal:
    """The proposal for a repository. Raises UsageError: a choice that no file could be written with."""
    choices.check()
    every = () if choices.pull_requests_only else services_of(survey, choices)
    services = tuple(one for one in every if one.dockerfile)
    return Proposal(
        survey,
        choices,
        services,
        environments_of(survey, choices, services),
        choices.branch or survey.default_branch,
        choices.ref or default_ref(version),
        _private(survey, choices),
        tuple(_questions(every, services)),
        tuple(_notes(survey, choices, every)),
    )


def default_ref(version: str) -> str:
    """The tag of the running version; `v1` before there is a first one."""
    is_released = re.fullmatch(r"[1-9]\d*\.\d+\.\d+", version)
    return f"v{version}" if is_released else "v1"


def login_of(image: str) -> str:
    """How one logs in to the registry of an image: ghcr, aws, google, azure or credentials."""
    host = image.partition("/")[0]
    return next((name for form, name in _REGISTRIES if form.fullmatch(host)), "credentials")


def _private(survey: Survey, choices: Choices) -> tuple[str, ...]:
    """Owners and hosts: `github.com/acme/*` is written as `github.com/acme`."""
    given = choices.private if choices.private is not None else survey.private
    plain = (re.sub(r"(?:/\*)+$", "", one).removeprefix("*.") for one in given)
    return tuple(dict.fromkeys(one for one in plain if one and "*" not in one and "~" not in one))


def _questions(every: tuple[Service, ...], services: tuple[Service, ...]) -> list[Question]:
    asked = [
        Question(one.name, f"which image {one.name} is pushed to", f"--image {one.name}=REGISTRY/REPOSITORY")
        for one in services
        if not one.image
    ]
    names = [one.name for one in every]
    asked += [
        Question(name, f"which of two services is called {name}", "--service NAME=DOCKERFILE")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    return asked


def _notes(survey: Survey, choices: Choices, every: tuple[Service, ...]) -> list[str]:
    notes = list(survey.notices)
    notes += [f"{one.name}: no Dockerfile was found, so it is not released" for one in every if not one.dockerfile]
    notes += [
        f"{one.name}: {one.dockerfile} is built; {', '.join(one.aside)} is left aside" for one in every if one.aside
    ]
    if survey.services and not choices.services and not choices.pull_requests_only:
        notes += (
            f"{name} is built here, and `services` of the configuration lacks it" for name in unknown(survey, choices)
        )
    if survey.siblings and choices.private is None and not survey.private:
        shown = ", ".join(survey.siblings[:3]) + (" and others" if len(survey.siblings) > 3 else "")
        owner = "/".join(survey.siblings[0].split("/")[:2])
        notes.append(f"{shown} have the same owner: if they are private, add --private {owner}")
    if not survey.is_branch_known and not choices.branch:
        notes.append(f"the default branch is taken to be {survey.default_branch}; --branch names another")
    return notes
