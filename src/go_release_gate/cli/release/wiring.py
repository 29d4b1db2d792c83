"""The desk that every action works at: settings, ledger, git, registries, surroundings of targets; made once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from go_release_gate.adapters.ledger.history import ReleaseHistory
from go_release_gate.adapters.ledger.surroundings import git_environment
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import checkout_of, find
from go_release_gate.adapters.signals import watched
from go_release_gate.adapters.trust import install, read_bundle, system_bundle
from go_release_gate.cli.release.emergency import opened
from go_release_gate.cli.release.offline import LastKnown
from go_release_gate.cli.root import root_of
from go_release_gate.cli.settings import judged_settings
from go_release_gate.config.environment import secret
from go_release_gate.config.event import EventContext
from go_release_gate.config.releases import Environment, Releases, Service
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Actor
from go_release_gate.release.applying import Hands
from go_release_gate.release.book import Book
from go_release_gate.report.neutral import log_text

if TYPE_CHECKING:
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.adapters.ledger.git_store import GitStore
    from go_release_gate.adapters.registry.client import Manifest, Registries
    from go_release_gate.ledger.move import Target
    from go_release_gate.ledger.store import Memory, Store


def current_time() -> datetime:
    """Now, in UTC and whole seconds, as the ledger has times."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True)
class Desk:
    """What an action works with.

    Attributes:
        root: real path of the checkout. settings: what the configuration says of releases.
        git: reads the checkout's history. git_program, git_variables: for what talks to remotes.
        scratch: private directory, gone at the end. authorities: PEM file to trust; empty: Python's choice.
        variables: environment of programs that the configuration names (targets, probes, hooks): the process's own
            without the secrets that are ours.
        actor: who does it, as entries name it. is_writing: whether entries are to be signed.
        is_journaled: whether they go to the journal of an emergency, as the ledger is away. discarded: why such a
            journal was put aside; empty: none was.
        said: tells people about a step.
    """

    args: argparse.Namespace
    environ: Mapping[str, str]
    root: Path
    settings: Releases
    event: EventContext
    git: ReleaseHistory
    git_program: Path
    git_variables: Mapping[str, str]
    runner: ProcessRunner
    scratch: Path
    authorities: str
    variables: Mapping[str, str]
    actor: Actor
    is_writing: bool = False
    is_journaled: bool = False
    discarded: str = ""
    now: Callable[[], datetime] = current_time
    said: Callable[[str], None] = lambda _words: None
    held: dict[tuple[str, str], Manifest] = field(default_factory=dict)  # what repositories hold, by their digests
    _book: Book | None = None
    _ledger: GitStore | None = None
    _registries: Registries | None = None

    @property
    def in_workflow(self) -> bool:
        """Whether a workflow's runner started us."""
        return self.environ.get("GITHUB_ACTIONS") == "true"

    @property
    def repository(self) -> str:
        """`OWNER/NAME` at GitHub: as a workflow says, else by the ledger's remote; empty: it is nowhere there."""
        from go_release_gate.adapters.targets.addresses import own_address, repository_name

        if name := self.environ.get("GITHUB_REPOSITORY", ""):
            return name
        try:
            address = own_address(
                self.runner, self.git_program, self.git_variables, self.root, self.settings.ledger.remote
            )
        except UsageError:
            return ""
        return repository_name(address, self.environ.get("GITHUB_SERVER_URL", ""))

    @property
    def registries(self) -> Registries:
        """The registries that this run may ask, with its logins."""
        if self._registries is None:
            from go_release_gate.adapters.registry.connecting import Connecting, connect

            wanted = Connecting(
                checkout_of(self.root, self.environ),
                secret(self.environ, "registry-credentials"),
                secret(self.environ, "github-token"),
                trusted=self.event.trusted,
                authorities=self.authorities,
                runner=self.runner,
            )
            self._registries = connect(self.environ, wanted)
        return self._registries

    @property
    def ledger(self) -> GitStore:
        """The ledger's bytes, as git reaches them."""
        if self._ledger is None:
            self._ledger = _git_store(self)
        return self._ledger

    @property
    def book(self) -> Book:
        """The ledger."""
        if self._book is None:
            book = _book(self)
            self._book = opened(self, book) if self.is_writing else book
        return self._book

    def github(self) -> Api:
        """GitHub's interface for this repository. Raises UsageError where the environment names none."""
        from go_release_gate.adapters.github.connecting import connect

        pem = Path(self.authorities).read_text("utf-8") if self.args.ca_bundle else ""
        environ = {**self.environ, "GITHUB_REPOSITORY": self.repository}
        return connect(environ, token=secret(self.environ, "github-token"), ca_bundle_pem=pem)

    def service(self, name: str) -> Service:
        """The settings of a service."""
        return self.settings.services[name]

    def targets(self, service: str, environment: str) -> list[Target]:
        """The environment's targets for a service, in their order."""
        from go_release_gate.cli.release.targets import targets_of

        return targets_of(environment, self.settings.environments[environment], service, self)

    def hands(self, service: str, environment: str, fields: Mapping[str, str]) -> Hands:
        """What applying works with."""
        return Hands(
            self.book,
            self.targets(service, environment),
            self.now,
            self.actor,
            dict(fields),
            timedelta(hours=self.settings.ledger.rollback_point),
            self.said,
        )

    def environment(self, name: str) -> Environment:
        """The settings of an environment; defaults for one that is recorded alone."""
        return self.settings.environments.get(name) or Environment()

    def refuse_untrusted(self) -> None:
        """Raise RefusedError on a fork's or bot's pull request: its author must not write to the ledger."""
        if not self.event.trusted:
            raise RefusedError("this event is not trusted: nothing is written to the ledger, and nothing is moved")


@contextmanager
def open_desk(args: argparse.Namespace, environ: Mapping[str, str], *, is_writing: bool) -> Iterator[Desk]:
    """Put everything together; nothing is sent yet. At the end children are gone and the scratch is removed.

    Raises:
        UsageError: settings, keys or certificates that cannot be used; no git repository. UnavailableError: no git.
    """
    args.path = args.repository or args.path or "."
    root = root_of(args, environ)
    judged = judged_settings(args, environ, root)
    runner = ProcessRunner()
    git = find("git", environ, checkout_of(root, environ))
    if git is None:
        raise UnavailableError("git was not found on PATH, and the ledger lies in git", "install git")
    with watched(runner.terminate_all), TemporaryDirectory(prefix="go-release-gate-") as folder:
        scratch = Path(folder)
        variables = git_environment(environ, root, runner, git, secret(environ, "github-token"))
        history = ReleaseHistory(runner, git, {**variables}, root)
        if not history.is_repository():
            raise UsageError(f"{root} is no git checkout, which the ledger is reached through", "run it in a checkout")
        desk = Desk(
            args=args,
            environ=environ,
            root=root,
            settings=judged.settings.releases or Releases(),
            event=judged.event,
            git=history,
            git_program=git,
            git_variables=variables,
            runner=runner,
            scratch=scratch,
            authorities=_authorities(args, environ, root, scratch, trusted=judged.settings.trusted),
            variables=_own_programs(environ),
            actor=_actor(environ, history, judged.event),
            is_writing=is_writing,
            now=lambda: current_time(),  # noqa: PLW0108 - looked up when asked, so that tests can stop the clock
            said=_teller(args),
        )
        try:
            yield desk
        finally:
            desk.ledger.end(runner.terminate_all)


def _teller(args: argparse.Namespace) -> Callable[[str], None]:
    def tell(words: str) -> None:
        if not args.quiet:
            sys.stderr.write(f"{log_text(words)}\n")
            sys.stderr.flush()

    return tell


def _actor(environ: Mapping[str, str], history: ReleaseHistory, event: EventContext) -> Actor:
    """Who starts this: the one who started the workflow, else the mail address git knows, else the user's name."""
    if environ.get("GITHUB_ACTIONS") == "true":
        attempt = environ.get("GITHUB_RUN_ATTEMPT", "")
        name = environ.get("GITHUB_TRIGGERING_ACTOR") or environ.get("GITHUB_ACTOR") or "unknown"
        return Actor(name, event.run or "", int(attempt) if attempt.isdigit() else 0)
    return Actor(history.identity() or environ.get("USER") or environ.get("LOGNAME") or "unknown")


def _authorities(
    args: argparse.Namespace, environ: Mapping[str, str], root: Path, scratch: Path, *, trusted: bool
) -> str:
    if not args.ca_bundle:
        return str(system_bundle(environ) or "")
    return str(install(read_bundle(args.ca_bundle, root=root, trusted=trusted), scratch, environ))


def _own_programs(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of programs that the configuration names."""
    ours = ("INPUT_", "GO_RELEASE_GATE_")
    return {name: value for name, value in environ.items() if not name.startswith(ours)}


def _book(desk: Desk) -> Book:
    from go_release_gate.adapters.ledger.signing import Outside, judge_of, signer_of
    from go_release_gate.cli.release.keys import keys_of

    ledger = desk.settings.ledger
    keys = keys_of(desk.environ, ledger, checkout_of(desk.root, desk.environ), desk.actor.name)
    outside = Outside(desk.runner, desk.variables, desk.scratch)
    # only who writes needs a key; everybody judges what is read
    sign = signer_of(ledger, keys, outside) if desk.is_writing else (lambda _entry: None)
    by_git = desk.ledger
    return Book(_store(desk, by_git), sign, judge_of(ledger, keys, outside), _memory(desk, by_git, keys.shared))


def _memory(desk: Desk, by_git: GitStore, shared: Mapping[str, str]) -> Memory | None:
    """What this user's earlier runs believed; none where the whole ledger is to be verified anew."""
    if desk.args.release_action in ("verify", "export"):
        return None
    from go_release_gate import __version__
    from go_release_gate.adapters.ledger.memory import FileMemory, binding_of, memory_path

    ledger = desk.settings.ledger
    path = memory_path(desk.environ, desk.root, ledger.ref)
    binding = binding_of(__version__, ledger.remote, ledger.ref, ledger.sign, list(map(asdict, ledger.signers)), shared)
    return FileMemory(path, binding, by_git.entry_at) if path else None


def forget(desk: Desk) -> None:
    """Remove what this user's earlier runs believed."""
    from go_release_gate.adapters.ledger.memory import memory_path

    path = memory_path(desk.environ, desk.root, desk.settings.ledger.ref)
    if path:
        path.unlink(missing_ok=True)


def _git_store(desk: Desk) -> GitStore:
    from go_release_gate.adapters.ledger.git_store import GitStore, Place

    place = Place(desk.root, desk.settings.ledger.remote, desk.settings.ledger.ref)
    return GitStore(desk.runner, desk.git_program, desk.git_variables, place)


def _store(desk: Desk, by_git: GitStore) -> Store:
    """Where the ledger lies, by `ledger.transport`."""
    ledger = desk.settings.ledger
    if getattr(desk.args, "offline", None):
        return LastKnown(by_git)
    if ledger.transport == "git":
        return by_git
    from go_release_gate.adapters.ledger.api_store import ApiStore

    return ApiStore(by_git, desk.github, ledger.ref)
