"""The targets of an environment, by kind; each kind's code is loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.releases import Environment, Target
from go_release_gate.errors import UsageError
from go_release_gate.ledger.move import Target as Place

if TYPE_CHECKING:
    from go_release_gate.adapters.targets.surroundings import Surroundings

if TYPE_CHECKING:
    from go_release_gate.adapters.targets.surroundings import Surroundings

Make = Callable[[Target, str, str, Desk], Place]


def targets_of(environment: str, settings: Environment, service: str, desk: Desk) -> list[Place]:
    """The targets in their order. Raises UsageError: a kind that is not there, or two of one name."""
    made = [_made(target, environment, service, desk) for target in settings.targets]
    names = [target.name for target in made]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise UsageError(f"two targets of {environment} are called {twice}", "give each a `name` of its own")
    return made


def _made(target: Target, environment: str, service: str, desk: Desk) -> Place:
    try:
        return MAKERS[target.kind](target, environment, service, desk)
    except (ImportError, KeyError) as error:
        raise UsageError(f"targets of kind {target.kind} are not part of this program") from error


def _channel_tag(target: Target, environment: str, service: str, desk: Desk) -> Place:  # noqa: ARG001
    from go_release_gate.adapters.targets.channel_tag import channel_tag

    return channel_tag(target, desk.registries, desk.settings.services)


def _gitops(target: Target, environment: str, service: str, desk: Desk) -> Place:  # noqa: ARG001
    from go_release_gate.adapters.targets.addresses import full_address, own_address, own_settings
    from go_release_gate.adapters.targets.checkout import Checkout, GitAccess
    from go_release_gate.adapters.targets.gitops import GitOps
    from go_release_gate.report.delivery import delivery_words

    git = (desk.runner, desk.git_program, desk.git_variables, desk.root)
    server = desk.environ.get("GITHUB_SERVER_URL", "")
    remote = desk.settings.ledger.remote
    address = full_address(target.repository, server) if target.repository else own_address(*git, remote)
    access = GitAccess(desk.runner, desk.git_program, own_settings(*git), desk.scratch, desk.now)
    github = desk.github if desk.environ.get("GITHUB_REPOSITORY") else None
    services, words = desk.settings.services, delivery_words()
    return GitOps(target, services, Checkout(access, address), words, github, desk.said)


def _kubectl(target: Target, environment: str, service: str, desk: Desk) -> Place:  # noqa: ARG001
    from go_release_gate.adapters.targets.kubectl import kubectl_target

    return kubectl_target(target, _surroundings(desk))


def _command(target: Target, environment: str, service: str, desk: Desk) -> Place:  # noqa: ARG001
    from go_release_gate.adapters.targets.command import command_target

    return command_target(target, _surroundings(desk))


def _surroundings(desk: Desk) -> Surroundings:
    from go_release_gate.adapters.targets.surroundings import Surroundings

    heard = desk.said if desk.args.verbose else (lambda _line: None)
    return Surroundings(desk.runner, desk.variables, desk.root, desk.scratch, desk.said, heard)


MAKERS: Mapping[str, Make] = {
    "channel-tag": _channel_tag,
    "gitops": _gitops,
    "kubectl": _kubectl,
    "command": _command,
}
