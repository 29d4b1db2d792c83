"""The registries that a run may ask, put together from inputs and surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.adapters.registry import credentials, dockerconfig
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.logins import Logins, Source
from go_release_gate.adapters.registry.ownpackages import OwnPackages
from go_release_gate.adapters.registry.wire import HttpWire

if TYPE_CHECKING:
    from go_release_gate.adapters.process import Runner

GITHUB = "https://github.com"


@dataclass(frozen=True, slots=True)
class Connecting:
    """What registries are asked with.

    Attributes:
        root: the whole checkout; no configuration and no program comes from it.
        lines: text of the input `registry-credentials`. token: the input `github-token`, may be empty.
        trusted: False on a fork's or bot's pull request: no login is used at all.
        authorities: PEM file with the certificate authorities to trust; empty: Python's own choice.
        runner: runs credential helpers; None: none is run.
    """

    root: Path
    lines: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    trusted: bool = True
    authorities: str = ""
    runner: Runner | None = None


def connect(environ: Mapping[str, str], wanted: Connecting, timing: Timing | None = None) -> Registries:
    """The registries. Nothing is sent yet, and no helper is run.

    Raises:
        UsageError: the lines or the certificates cannot be read.
    """
    lines = credentials.parse(wanted.lines)
    asker = Asker(HttpWire(wanted.authorities), timing or Timing())
    return Registries(Access(asker, logins_of(environ, wanted)), lines.insecure)


def logins_of(environ: Mapping[str, str], wanted: Connecting) -> Logins:
    """The logins that may be used, the most explicit first: lines, Docker's configuration, the step's own token."""
    if not wanted.trusted:
        return Logins()
    sources: list[Source] = [credentials.parse(wanted.lines)]
    docker = dockerconfig.load(environ, wanted.root, wanted.runner)
    if docker:
        sources.append(docker)
    is_github = environ.get("GITHUB_ACTIONS") == "true" and environ.get("GITHUB_SERVER_URL", GITHUB) == GITHUB
    if is_github and wanted.token:
        sources.append(OwnPackages(wanted.token, environ.get("GITHUB_REPOSITORY", "").partition("/")[0]))
    return Logins(sources)
