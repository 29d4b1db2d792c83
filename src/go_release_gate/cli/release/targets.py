"""The targets of an environment, by kind; each kind's code is loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.releases import Environment, Target
from go_release_gate.errors import UsageError
from go_release_gate.ledger.move import Target as Place

if TYPE_CHECKING:
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.adapters.targets.surroundings import Surroundings

Make = Callable[[Target, str, str, Desk], Place]


def targets_of(environment: str, settings: Environment, service: str, desk: Desk) -> list[Place]:
    """The targets in their order. Raises UsageError: a kind that is not there, or two of one name."""
    made = [*_restoring(settings, service, desk)]
    made += [_made(target, environment, service, desk) for target in settings.targets]
    names = [target.name for target in made]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise UsageError(f"two targets of {environment} are called {twice}", "give each a `name` of its own")
    return made


def _restoring(settings: Environment, service: str, desk: Desk) -> list[Place]:
    """What restores the snapshot of a release, before anything else moves."""
    if not settings.require.restore:
        return []
    from go_release_gate.cli.release.choosing import verifiers
    from go_release_gate.release.requirements import RestoreStep

    def snapshot_of(digest: str) -> str:
        release = desk.book.state(fresh=False).release(service, digest)
        return release.source.snapshot if release else ""

    return [RestoreStep(settings.require.restore, verifiers(desk), snapshot_of)]


def _made(target: Target, environment: str, service: str, desk: Desk) -> Place:
    try:
        return MAKERS[target.kind](target, environment, service, desk)
    except (ImportError, KeyError) as error:
        raise UsageError(f"targets of kind {target.kind} are not part of this program") from error


def _channel_tag(target: Target, environment: str, service: str, desk: Desk) -> Place:  # noqa: ARG001
    from go_release_gate.adapters.targets.channel_tag import channel_tag

    return channel_tag(target, desk.registries, desk.settings.services, desk.held)


def _gitops(target: Target, environment: str, service: str, desk: Desk) -> Place:  # noqa: ARG001
    from go_release_gate.adapters.targets.addresses import checkout_for
    from go_release_gate.adapters.targets.checkout import GitAccess
    from go_release_gate.adapters.targets.gitops import GitOps
    from go_release_gate.report.delivery import delivery_words

    access = GitAccess(
        desk.runner, desk.git_program, desk.git_variables, desk.scratch, desk.now, timeout=target.timeout
    )  # fmt: skip
    server = desk.environ.get("GITHUB_SERVER_URL", "")
    checkout = checkout_for(target, access, desk.root, desk.settings.ledger.remote, server)
    github = _github_at(checkout.address, target, desk)
    return GitOps(
        target, desk.settings.services, checkout, delivery_words(), github, desk.said, partial(_digest_at, desk)
    )


def _digest_at(desk: Desk, reference: str) -> str:
    """The digest at a reference; empty: there is no such tag."""
    from go_release_gate.adapters.registry.errors import AbsentError
    from go_release_gate.oci.reference import parse

    try:
        return desk.registries.look(parse(reference)).digest
    except AbsentError:
        return ""


def _github_at(address: str, target: Target, desk: Desk) -> Callable[[], Api] | None:
    """GitHub's interface for the repository at an address, which need not be the one that is released."""
    from go_release_gate.adapters.targets.addresses import repository_name

    own = "" if target.repository else desk.environ.get("GITHUB_REPOSITORY", "")
    name = own or repository_name(address, desk.environ.get("GITHUB_SERVER_URL", ""))
    there = replace(desk, environ={**desk.environ, "GITHUB_REPOSITORY": name})
    return there.github if name else None


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
