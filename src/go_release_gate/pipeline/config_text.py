"""The configuration file: written whole where there is none, else with the sections that it lacks put behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from go_release_gate.config.schema import ADDRESS
from go_release_gate.pipeline.config_entries import with_entries
from go_release_gate.pipeline.environments import GITOPS, NONE, Environment
from go_release_gate.pipeline.proposal import Proposal
from go_release_gate.pipeline.services import Service, tag_filter

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9._/-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_HEAD = f"""\
# yaml-language-server: $schema={ADDRESS}
# Settings of go-release-gate: `go-release-gate config --effective` shows all that are in force.
"""


def config_text(proposal: Proposal) -> bytes:
    """The bytes of the file as it should be; those that are there stay as they are, in front."""
    known = proposal.survey.config
    sections = proposal.survey.sections
    missing = [make(proposal) for key, make in _SECTIONS if key not in sections and proposal.services]
    if known is None and not missing:
        return b""
    if known is None:
        return "\n".join([_HEAD, *missing]).encode()
    known = with_entries(known, missing_entries(proposal)) or known
    if not missing:
        return known
    before = known if known.endswith(b"\n") or not known else known + b"\n"
    text = "".join(f"\n{one}" for one in missing)
    is_windows = b"\r\n" in known
    return before + (text.replace("\n", "\r\n") if is_windows else text).encode()


def missing_sections(proposal: Proposal) -> tuple[str, ...]:
    """The keys that the file lacks."""
    return tuple(key for key, _ in _SECTIONS if key not in proposal.survey.sections and proposal.services)


def missing_entries(proposal: Proposal) -> dict[str, tuple[str, Any]]:
    """What sections that are there lack of the services to release: key → text and content of the entries."""
    survey = proposal.survey
    images = [one for one in proposal.services if one.image not in {known.image for known in survey.services}]
    services = [one for one in proposal.services if one.name not in {known.name for known in survey.services}]
    added: dict[str, tuple[str, Any]] = {}
    if survey.services and images and "images" in survey.sections:
        added["images"] = _of(images, lambda one: "".join(_image(one)))
    if survey.services and services and "services" in survey.sections:
        added["services"] = _of(services, _service)
    return added


def unplaced_entries(proposal: Proposal) -> dict[str, str]:
    """The entries that could not be put in, as text below their keys."""
    known, added = proposal.survey.config, missing_entries(proposal)
    is_placed = known is None or not added or with_entries(known, added) is not None
    return {} if is_placed else {key: text for key, (text, _) in added.items()}


def _of(services: list[Service], make: Callable[[Service], str]) -> tuple[str, Any]:
    import yaml

    text = "".join(make(one) for one in services)
    return text, yaml.safe_load(text)


def _indented(text: str) -> str:
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


def _images(proposal: Proposal) -> str:
    head = "# What is built of which module, for which platforms.\nimages:\n"
    return head + _indented("".join("".join(_image(one)) for one in proposal.services))


def _image(one: Service) -> Iterator[str]:
    yield f"- image: {_scalar(one.image)}\n  module: {_scalar(one.module)}\n"
    if one.tag_filter != tag_filter(one.module):
        yield f"  tags: [{_scalar(one.tag_filter)}]\n"
    yield f"  platforms: [{', '.join(one.platforms)}]\n"


def _services(proposal: Proposal) -> str:
    head = "# What is released and rolled back as one.\nservices:\n"
    return head + _indented("".join(map(_service, proposal.services)))


def _service(one: Service) -> str:
    return f"{_scalar(one.name)}:\n  image: {_scalar(one.image)}\n  module: {_scalar(one.module)}\n"


def _ledger(_proposal: Proposal) -> str:
    return "# Where releases are recorded: a branch that only grows.\nledger:\n  ref: refs/heads/release-ledger\n"


def _environments(proposal: Proposal) -> str:
    head = "# Where releases run, and what a promotion changes there.\nenvironments:\n"
    last = proposal.environments[-1].name if proposal.environments else ""
    return head + "".join(
        "".join(
            (
                *_environment(one, is_last=one.name == last and len(proposal.environments) > 1),
                *_health(proposal.choices.health.get(one.name, "")),
            )
        )
        for one in proposal.environments
    )


def _health(address: str) -> Iterator[str]:
    if address:
        yield f"    health:\n      http:\n        - url: {_scalar(address)}\n"


def _environment(one: Environment, *, is_last: bool) -> Iterator[str]:
    yield f"  {_scalar(one.name)}:\n"
    yield from [] if is_last else ["    prereleases: true\n"]
    if one.kind == NONE:
        yield f"    targets: []  # {one.why}: name a gitops, kubectl or command target, or take the record alone\n"
    elif one.kind == GITOPS:
        yield "    targets:\n      - kind: gitops\n"
        yield f"        by: {one.by}\n        files:\n"
        yield from (f"          - {_scalar(path)}\n" for path in one.files)
    else:
        yield f"    targets:\n      - kind: channel-tag\n        tag: {_scalar(one.name)}\n"


def _scalar(text: str) -> str:
    """A text as YAML; quoted where it could mean something else."""
    if text == "." or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS):
        return text
    return json.dumps(text)


_SECTIONS: tuple[tuple[str, Callable[[Proposal], str]], ...] = (
    ("images", _images),
    ("services", _services),
    ("ledger", _ledger),
    ("environments", _environments),
)
