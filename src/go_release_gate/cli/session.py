"""One run's surroundings, wired once: private home, credentials, certificates, environment, Go, git, privileges."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from go_release_gate.adapters import credentials as credential_lines
from go_release_gate.adapters import goenv, handover, privileges, trust
from go_release_gate.adapters.environment import Surroundings, child_environment
from go_release_gate.adapters.git import Git
from go_release_gate.adapters.go import GoCommand
from go_release_gate.adapters.privatehome import private_home
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import find, find_go
from go_release_gate.adapters.signals import watched
from go_release_gate.config.settings import Settings
from go_release_gate.engine.context import Edges
from go_release_gate.model.progress import Progress, Silence


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the session is made from beside the settings.

    Attributes:
        root: the repository, real path. workspace: whose owner children run as in a workflow.
        credentials: text of `module-credentials`. ca_bundle: text or path of `ca-bundle`.
        in_workflow: whether a workflow's runner started us (HOME is not a person's then).
    """

    root: Path
    workspace: Path
    credentials: str = ""
    ca_bundle: str = ""
    in_workflow: bool = False
    progress: Progress = field(default_factory=Silence)


@dataclass(slots=True)
class Session:
    """The edges of one run, and what is to be said about how they were made."""

    edges: Edges
    git: Git
    secrets: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)


@contextmanager
def open_session(wishes: Wishes, settings: Settings, environ: Mapping[str, str]) -> Iterator[Session]:
    """Make the edges; at the end children are gone, the private home is removed and caches belong to their owner.

    Raises:
        UsageError: credentials or certificates that cannot be read. UnavailableError: no Go, no space.
    """
    plain = ProcessRunner()
    secrets = credential_lines.parse(wishes.credentials)
    with watched(plain.terminate_all), private_home(wishes.root) as home:
        variables, notices = _environment(wishes, settings, environ, home, secrets)
        runner, identity = _runner(plain, wishes, home, variables, notices)
        with watched(runner.terminate_all):
            edges = Edges(
                GoCommand(
                    runner,
                    find_go(environ, wishes.root),
                    variables,
                    home=home,
                    settings=settings.go,
                    trusted=settings.trusted,
                ),
                home,
                clock=time.monotonic,
                sleep=time.sleep,
                owner=(identity.user, identity.group) if identity else None,
                progress=wishes.progress,
            )
            git = Git(runner, find("git", environ, wishes.root), variables, wishes.root)
            edges.is_conversion = git.is_conversion
            try:
                yield Session(edges, git, credential_lines.masks(secrets), notices)
            finally:
                _hand_back(wishes, variables, identity)


def _environment(
    wishes: Wishes,
    settings: Settings,
    environ: Mapping[str, str],
    home: Path,
    secrets: tuple[credential_lines.Credential, ...],
) -> tuple[dict[str, str], list[str]]:
    personal = not wishes.in_workflow and settings.trusted
    notices = list(handover.notices(secrets)) if settings.trusted else []
    if secrets and not settings.trusted:
        notices.append("module-credentials are withheld: this pull request is not trusted")
        secrets = ()
    extra = handover.install(secrets, home, environ)
    if wishes.ca_bundle:
        pem = trust.read_bundle(wishes.ca_bundle, root=wishes.root, trusted=settings.trusted)
        bundle = str(trust.install(pem, home, environ))
        extra |= dict.fromkeys(trust.FOR_CHILDREN, bundle)
    around = Surroundings(
        root=wishes.root,
        private_home=home,
        trusted=settings.trusted,
        personal=personal,
        go_settings=goenv.read(environ) if personal else {},
        programs=tuple(path.parent for path in _programs(environ, wishes.root)),
        git_settings=handover.git_settings(secrets),
        extra=extra,
        cache_home=_cache_home(wishes, environ),
        is_modcache_writable=wishes.in_workflow,
    )
    made = child_environment(environ, around)
    notices += [f"{entry} was left out: it would change the answer" for entry in made.dropped]
    return dict(made.variables), notices


def _programs(environ: Mapping[str, str], root: Path) -> list[Path]:
    git = find("git", environ, root)
    return [find_go(environ, root), *([git] if git else [])]


def _cache_home(wishes: Wishes, environ: Mapping[str, str]) -> str:
    """In a workflow the default caches lie where a later step can keep them: RUNNER_TEMP/go-release-gate."""
    temporary = environ.get("RUNNER_TEMP", "")
    return f"{temporary}/go-release-gate" if wishes.in_workflow and temporary else ""


def _runner(
    plain: ProcessRunner, wishes: Wishes, home: Path, variables: Mapping[str, str], notices: list[str]
) -> tuple[ProcessRunner, privileges.Identity | None]:
    """A runner that drops privileges where the system lets it, and a word about which was taken."""
    owner = privileges.owner_of(wishes.workspace)
    identity = privileges.wanted(os.geteuid(), (owner.user, owner.group), in_workflow=wishes.in_workflow)
    if identity is None:
        return plain, None
    caches = _caches(variables)
    for cache in caches:
        cache.mkdir(parents=True, exist_ok=True)
    lesser = ProcessRunner(user=identity.user, group=identity.group)
    privileges.give([home, *caches], identity)
    problem = privileges.obstacle(lesser, readable=wishes.root, writable=[home, *caches])
    if problem:
        privileges.give([home, *caches], privileges.Identity(os.geteuid(), os.getegid()))
        notices.append(f"child processes keep our own rights: {problem}")
        return plain, None
    notices.append(f"child processes run as user {identity.user}, group {identity.group}")
    return lesser, identity


def _caches(variables: Mapping[str, str]) -> list[Path]:
    return [Path(variables["GOMODCACHE"]), Path(variables["GOCACHE"])]


def _hand_back(wishes: Wishes, variables: Mapping[str, str], identity: privileges.Identity | None) -> None:
    """Caches end with the workspace's owner, whoever filled them."""
    if os.geteuid() == 0 and wishes.in_workflow:
        owner = privileges.owner_of(wishes.workspace)
        if identity is None or identity != owner:
            privileges.give(_caches(variables), owner)
