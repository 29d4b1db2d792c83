"""The questions of `init` on a terminal: each with what is proposed, which an empty answer takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from go_release_gate.errors import UsageError
from go_release_gate.pipeline.choices import Choices
from go_release_gate.pipeline.proposal import Proposal

Ask = Callable[[str, str], str]
"""A question and the answer that is proposed; gives the answer."""


def asked(proposal: Proposal, ask: Ask) -> Choices:
    """The choices with what a person answers; what a configuration has settled is not asked again.

    Raises:
        UsageError: an answer that no file could be written with.
    """
    choices = proposal.choices
    if proposal.services and "environments" not in proposal.survey.sections and not choices.environments:
        choices = _environments(proposal, choices, ask)
    for one in proposal.services:
        if "services" not in proposal.survey.sections and not _is_chosen(one.name, choices):
            image = ask(f"image of {one.name} ({one.dockerfile})", one.image)
            if image != one.image or not one.image:
                choices = replace(choices, images={**choices.images, one.name: image})
    if not proposal.survey.is_branch_known and not choices.branch:
        choices = replace(choices, branch=ask("default branch", proposal.branch))
    if choices.private is None and (proposal.survey.siblings or proposal.private):
        choices = _private(proposal, choices, ask)
    choices.check()
    if any(not image for image in choices.images.values()):
        raise UsageError("an image needs a name", "for example: ghcr.io/acme/shop")
    return choices


def _is_chosen(name: str, choices: Choices) -> bool:
    return bool(choices.images.get(name) or choices.images.get(""))


def _environments(proposal: Proposal, choices: Choices, ask: Ask) -> Choices:
    proposed = ", ".join(one.name for one in proposal.environments)
    answer = ask("environments, in the order of a release", proposed)
    names = tuple(word for word in answer.replace(",", " ").split() if word)
    return choices if answer == proposed else replace(choices, environments=names)


def _private(proposal: Proposal, choices: Choices, ask: Ask) -> Choices:
    proposed = ", ".join(proposal.private) or "none"
    answer = ask("owners or hosts of private modules", proposed)
    names = tuple(word for word in answer.replace(",", " ").split() if word != "none")
    return choices if answer == proposed else replace(choices, private=names)


def on_terminal(question: str, proposed: str) -> str:
    """Ask on the terminal. Raises UsageError where nobody answers any more."""
    try:
        return input(f"{question} [{proposed}]: ").strip() or proposed
    except EOFError as error:
        raise UsageError("no answer was given", "take the proposals with --yes") from error
