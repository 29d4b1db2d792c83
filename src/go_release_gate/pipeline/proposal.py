"""What `init` would install: services, environments, workflows, and what nobody but a person can decide."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from go_release_gate.errors import UsageError
from go_release_gate.pipeline.choices import Choices
from go_release_gate.pipeline.environments import Environment, environments_of
from go_release_gate.pipeline.services import Service, has_plain_tags, services_of, unknown, unwritable
from go_release_gate.pipeline.survey import Survey

OWNERS_LIMIT = 4  # owners of private modules that the workflows make tokens for

_NO_WORKFLOWS = ("gitlab.com", "bitbucket.org", "dev.azure.com", "ssh.dev.azure.com")
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
    def has_health(self) -> bool:
        """Whether there is anything to ask how an environment does."""
        is_added = bool(self.choices.health) and "environments" not in self.survey.sections
        return self.survey.has_health or is_added

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners of private modules whose tokens a GitHub App makes."""
        host = f"{self.survey.host or 'github.com'}/"
        return tuple(one for one in self.private if one.startswith(("github.com/", host)))


def propose(survey: Survey, choices: Choices, version: str) -> Proposal:
    """The proposal for a repository. Raises UsageError: a choice that no file could be written with."""
    choices.check()
    every = () if choices.pull_requests_only else services_of(survey, choices)
    services = tuple(one for one in every if one.dockerfile)
    bare = Proposal(
        survey,
        choices,
        services,
        environments_of(survey, choices, services),
        choices.branch or survey.default_branch,
        choices.ref or default_ref(version),
        _private(survey, choices),
    )
    _refuse_unknown_health(bare)
    questions = tuple(_questions(every, services, bare.owners))
    return replace(bare, questions=questions, notes=tuple(_notes(bare, every)))


def _refuse_unknown_health(proposal: Proposal) -> None:
    names = [one.name for one in proposal.environments]
    unknown = [name for name in proposal.choices.health if name not in names]
    if unknown and names and "environments" not in proposal.survey.sections:
        raise UsageError(f"--health: {unknown[0]!r} is no environment", f"environments: {', '.join(names)}")


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


def _questions(every: tuple[Service, ...], services: tuple[Service, ...], owners: tuple[str, ...]) -> list[Question]:
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
    if len(owners) > OWNERS_LIMIT:
        words = f"which {OWNERS_LIMIT} of {len(owners)} owners have private modules: {', '.join(owners)}"
        asked.append(Question("private", words, "--private github.com/OWNER"))
    return asked


def _notes(proposal: Proposal, every: tuple[Service, ...]) -> Iterator[str]:
    survey, choices = proposal.survey, proposal.choices
    yield from survey.notices
    if not choices.pull_requests_only:
        yield from (
            f"{path} is left aside: no workflow can take its path or its context's, or no tag its module's"
            for path in unwritable(survey)
        )
    if has_plain_tags(survey) and any(one.tag_filter.endswith("/v*") for one in proposal.services):
        yield "releases so far have plain tags, which name no module: a service is released by those of its module"
    yield from (f"{one.name}: no Dockerfile was found, so it is not released" for one in every if not one.dockerfile)
    yield from (f"{one.name}: {one.dockerfile} is built, not {', '.join(one.aside)}" for one in every if one.aside)
    if survey.services and not choices.services and not choices.pull_requests_only:
        yield from _left_out(survey, choices)
    others = [one for one in proposal.private if one not in proposal.owners]
    if others:
        yield f"{', '.join(others)}: no App's token is good there; give workflows MODULE_CREDENTIALS yourself"
    if survey.siblings and choices.private is None and not survey.private:
        yield _siblings(survey.siblings)
    if len({login_of(one.image) for one in proposal.services if one.image}) > 1:
        yield "the images lie in registries of several kinds: rollback and watch log in by REGISTRY_CREDENTIALS"
    if choices.health and "environments" in survey.sections:
        yield "--health changes nothing: the configuration has its environments; add `health` there"
    if survey.host in _NO_WORKFLOWS:
        yield f"{survey.host} runs no workflows of GitHub's: these files are for a mirror of the repository there"
    if not survey.is_branch_known and not choices.branch:
        yield f"the default branch is taken to be {survey.default_branch}; --branch names another"


def _left_out(survey: Survey, choices: Choices) -> Iterator[str]:
    """The programs that the configuration's services leave out, and the options that take them in."""
    found = unknown(survey, choices)
    yield from (f"{one.dockerfile} builds a program that `services` of the configuration lacks" for one in found)
    if found:
        options = [f"--service {one.name}" for one in survey.services]
        options += [f"--service {shlex.quote(f'{one.name}={one.dockerfile}')}" for one in found]
        yield f"to release these, too: go-release-gate init {' '.join(options)}"


def _siblings(paths: tuple[str, ...]) -> str:
    shown = ", ".join(paths[:3]) + (" and others" if len(paths) > 3 else "")
    owner = "/".join(paths[0].split("/")[:2])
    is_one = len(paths) == 1
    words = "has the same owner: if it is private" if is_one else "have the same owner: if they are private"
    return f"{shown} {words}, add --private {owner}"
