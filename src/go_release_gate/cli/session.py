"""One run's surroundings, wired once: private home, credentials, certificates, environment, Go, git, privileges."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from go_release_gate.adapters.git import Git
from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.programs import checkout_of
from go_release_gate.adapters.toolbox import Toolbox, ToolboxRequest, open_toolbox
from go_release_gate.adapters.trust import system_bundle
from go_release_gate.config.settings import Settings
from go_release_gate.engine.context import Edges
from go_release_gate.errors import GateError
from go_release_gate.facts.memory import memory_directory
from go_release_gate.model.progress import Progress, Silence

if TYPE_CHECKING:
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.adapters.hadolint import Hadolint
    from go_release_gate.adapters.registry.client import Registries
    from go_release_gate.adapters.workflow_linters import WorkflowLinters


PATIENCE = 20.0  # seconds for what a check asks of GitHub about tags and branches


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the session is made from beside the settings.

    Attributes:
        root: the repository, real path. workspace: whose owner children run as in a workflow.
        credentials: text of `module-credentials`. ca_bundle: text or path of `ca-bundle`.
        registry_credentials: text of that input. token: of `github-token`; both are for image registries.
        in_workflow: whether a workflow's runner started us (HOME is not a person's then).
    """

    root: Path
    workspace: Path
    credentials: str = ""
    ca_bundle: str = ""
    registry_credentials: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    in_workflow: bool = False
    progress: Progress = field(default_factory=Silence)


@dataclass(slots=True)
class Session:
    """The edges of one run, and what is to be said about how they were made.

    `own_variables`: what our own HTTPS requests need in the environment (a CA bundle). `asking`: see `ask_go`.
    """

    edges: Edges
    git: Git
    runner: Runner
    secrets: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    own_variables: Mapping[str, str] = field(default_factory=dict)
    asking: Thread | None = None

    def ask_go(self, needed: str) -> None:
        """Have Go tell its version and settings, and load the module `needed` next, while git is asked; what fails is
        said by who needs it."""
        self.asking = Thread(target=self._ask_go, daemon=True)
        self.asking.start()
        Thread(target=import_module, args=(needed,), daemon=True).start()

    def close(self) -> None:
        """Wait for what is being asked: its child uses what is removed next."""
        if self.asking is not None:
            self.asking.join()

    def _ask_go(self) -> None:
        with suppress(GateError):
            self.edges.go.toolchain  # noqa: B018 - kept for whoever asks next


@contextmanager
def open_session(wishes: Wishes, settings: Settings, environ: Mapping[str, str]) -> Iterator[Session]:
    """Make the edges; at the end children are gone, the private home is removed and caches belong to their owner.

    Raises:
        UsageError: credentials or certificates that cannot be read. UnavailableError: no Go, no space.
    """
    request = ToolboxRequest(
        root=wishes.root,
        go=settings.go,
        trusted=settings.trusted,
        in_workflow=wishes.in_workflow,
        credentials=wishes.credentials,
        ca_bundle=wishes.ca_bundle,
        workspace=wishes.workspace,
        cache_home=_cache_home(wishes, environ),
    )
    masks = _registry_masks(wishes.registry_credentials)
    with open_toolbox(environ, request) as tools:
        secrets = (*tools.masks, *masks)
        edges = Edges(
            tools.go,
            tools.scratch,
            is_conversion=tools.git.is_conversion,
            clock=time.monotonic,
            sleep=time.sleep,
            owner=tools.owner,
            # whoever names a place for temporary files means it
            memory=None if environ.get("TMPDIR") else memory_directory(),
            git=tools.git,
            github=_github(environ, wishes, settings),
            registries=lambda: _registries(environ, wishes, settings, tools),
            hadolint=lambda: _hadolint(environ, wishes.root, tools),
            workflow_linters=lambda: _workflow_linters(environ, wishes.root, tools),
            progress=wishes.progress,
        )
        session = Session(edges, tools.git, tools.runner, secrets, list(tools.notices), tools.own_variables)
        try:
            yield session
        finally:
            session.close()


def _hadolint(environ: Mapping[str, str], root: Path, tools: Toolbox) -> Hadolint | None:
    from go_release_gate.adapters.hadolint import find_hadolint

    return find_hadolint(environ, root, tools.runner, tools.scratch)


def _workflow_linters(environ: Mapping[str, str], root: Path, tools: Toolbox) -> WorkflowLinters | None:
    from go_release_gate.adapters.workflow_linters import find_workflow_linters

    return find_workflow_linters(environ, root, tools.runner, tools.scratch)


def _registry_masks(text: str) -> tuple[str, ...]:
    """What must not be shown of `registry-credentials`; a wrong line is told here, before anything is judged."""
    if not text:
        return ()
    from go_release_gate.adapters.registry import credentials

    return credentials.masks(credentials.parse(text))


def _registries(environ: Mapping[str, str], wishes: Wishes, settings: Settings, tools: Toolbox) -> Registries:
    """What asks image registries, with the logins that this run may use."""
    from go_release_gate.adapters.registry.connecting import Connecting, connect

    wanted = Connecting(
        checkout_of(wishes.root, environ),
        wishes.registry_credentials,
        wishes.token,
        trusted=settings.trusted,
        authorities=tools.own_variables.get("SSL_CERT_FILE") or str(system_bundle(environ) or ""),
        runner=tools.runner,
    )
    return connect(environ, wanted)


def _github(environ: Mapping[str, str], wishes: Wishes, settings: Settings) -> Callable[[], Api] | None:
    """What asks GitHub for what the checkout lacks; made once, when the first thing is asked."""
    if settings.offline or not environ.get("GITHUB_REPOSITORY"):
        return None

    @cache
    def made() -> Api:
        from go_release_gate.adapters.github.client import Timing
        from go_release_gate.adapters.github.connecting import client_of
        from go_release_gate.cli.basefile import Elsewhere

        elsewhere = Elsewhere(ca_bundle=wishes.ca_bundle, trusted=settings.trusted)
        return client_of(elsewhere.connection(environ, wishes.root), Timing(deadline=PATIENCE))

    return made


def _cache_home(wishes: Wishes, environ: Mapping[str, str]) -> str:
    """In a workflow the default caches lie where a later step can keep them: RUNNER_TEMP/go-release-gate."""
    temporary = environ.get("RUNNER_TEMP", "")
    return f"{temporary}/go-release-gate" if wishes.in_workflow and temporary else ""
