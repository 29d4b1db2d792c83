"""The targets of an environment, by kind; each kind's code is loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.releases import Environment, Target
from go_release_gate.errors import UsageError
from go_release_gate.ledger.move import Target as Place

Make = Callable[[Target, str, str, Desk], Place]


def targets_of(environment: str, settings: Environment, service: str, desk: Desk) -> list[Place]:
    """The targets in their order. Raises UsageError: a kind that this program does not have."""
    named = (replace(target, name=name) for target, name in zip(settings.targets, _names(settings), strict=True))
    return [_made(target, environment, service, desk) for target in named]


def _names(settings: Environment) -> list[str]:
    """What messages call each: its name, else its kind, numbered where there are several."""
    kinds = [target.kind for target in settings.targets]
    return [
        target.name or (target.kind if kinds.count(target.kind) == 1 else f"{target.kind}-{number}")
        for number, target in enumerate(settings.targets, 1)
    ]


def _made(target: Target, environment: str, service: str, desk: Desk) -> Place:
    try:
        return MAKERS[target.kind](target, environment, service, desk)
    except ImportError as error:
        raise UsageError(f"targets of kind {target.kind} are not part of this program") from error


def _channel_tag(target: Target, environment: str, service: str, desk: Desk) -> Place:  # noqa: ARG001
    from go_release_gate.adapters.targets.channel_tag import channel_tag

    return channel_tag(target, desk.registries, desk.settings.services)


MAKERS: Mapping[str, Make] = {"channel-tag": _channel_tag}
