"""The edges of one run, put together: private directory, environment, credentials, privileges, Go and git.

with open_toolbox(os.environ, ToolboxRequest(root=…, settings=…)) as tools:
    tools.go.run(["mod", "tidy", "-diff"], cwd=…)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from go_release_gate.adapters import credentials, goenv, handover, trust
from go_release_gate.adapters.credentials import Credential
from go_release_gate.adapters.environment import ChildEnvironment, Surroundings, child_environment
from go_release_gate.adapters.git import Git
from go_release_gate.adapters.go import GoCommand
from go_release_gate.adapters.lowered import lowered_privileges
from go_release_gate.adapters.privatehome import private_home
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import checkout_of, find, find_go
from go_release_gate.adapters.signals import watched
from go_release_gate.config.settings import GoSettings

URL_VARIABLES = ("GOPROXY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True, slots=True)
class ToolboxRequest:
    """What a run needs its edges for.

    Attributes:
        root: real path of the repository under judgement.
        go: which Go, time limits.
        trusted: False on a fork's or bot's pull request: no credentials, no version control hosts.
        in_workflow: in a workflow or a container of one, as against a person's own machine.
        credentials: the input `module-credentials`. ca_bundle: the input `ca-bundle`.
        workspace: whose owner children run as and caches belong to in a workflow; None: the root.
        cache_home: where default caches lie instead of below HOME; empty: where Go would keep them.
    """

    root: Path
    go: GoSettings = field(default_factory=GoSettings)
    trusted: bool = True
    in_workflow: bool = False
    credentials: str = ""
    ca_bundle: str = ""
    workspace: Path | None = None
    cache_home: str = ""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The edges.

    Attributes:
        go, git, runner: what runs; `runner` drops privileges where that was taken.
        scratch: private directory outside the tree, gone at the end.
        owner: (uid, gid) that children run as when privileges are dropped, else None.
        masks: every form of every secret: for `add-mask` and for redaction.
        notices: what the user should know about how this run is set up, one line each.
        own_variables: what our own HTTPS requests need in the environment (a CA bundle).
    """

    go: GoCommand
    git: Git
    runner: ProcessRunner
    scratch: Path
    owner: tuple[int, int] | None
    masks: tuple[str, ...]
    notices: tuple[str, ...]
    own_variables: Mapping[str, str]


@contextmanager
def open_toolbox(parent: Mapping[str, str], request: ToolboxRequest) -> Iterator[Toolbox]:
    """Set up the edges, and take everything down again whatever happens. Enter it from the main thread.

    Raises:
        UsageError: credentials or CA bundle cannot be used.
        UnavailableError: no Go, no place for temporary files.
        InterruptedRun: SIGINT, SIGTERM or SIGHUP came while the toolbox was open; children are gone.
    """
    secrets = credentials.parse(request.credentials)
    pem = trust.read_bundle(request.ca_bundle, root=request.root, trusted=request.trusted) if request.ca_bundle else ""
    runners: list[ProcessRunner] = []

    def end_children() -> None:
        for runner in runners:
            runner.terminate_all()

    with watched(end_children), private_home(request.root) as home:
        around, own_variables = _surroundings(parent, request, home, pem, secrets if request.trusted else ())
        children = child_environment(parent, around)
        caches = [Path(children.variables[name]) for name in ("GOMODCACHE", "GOCACHE")]
        with lowered_privileges(
            request.root, home, caches, in_workflow=request.in_workflow, workspace=request.workspace
        ) as (runner, owner, word):
            runners.append(runner)
            yield Toolbox(
                go=_go(runner, parent, request, children, home),
                git=Git(
                    runner, find("git", parent, checkout_of(request.root, parent)), children.variables, request.root
                ),
                runner=runner,
                scratch=home,
                owner=owner,
                masks=(*credentials.masks(secrets), *url_secrets(parent)),
                notices=(*_notices(children.dropped, secrets, request), *word),
                own_variables=own_variables,
            )


def url_secrets(parent: Mapping[str, str]) -> tuple[str, ...]:
    """The passwords inside the proxy addresses of the environment, as written and decoded."""
    addresses = [
        one for name in URL_VARIABLES for one in parent.get(name, "").replace("|", ",").split(",") if "@" in one
    ]
    if not addresses:
        return ()
    from urllib.parse import unquote, urlsplit

    found: dict[str, None] = {}
    for address in addresses:
        secret = urlsplit(address).netloc.rpartition("@")[0].partition(":")[2]
        found |= {form: None for form in (secret, unquote(secret)) if form}
    return tuple(found)


def _surroundings(
    parent: Mapping[str, str], request: ToolboxRequest, home: Path, pem: str, secrets: Sequence[Credential]
) -> tuple[Surroundings, dict[str, str]]:
    personal = request.trusted and not request.in_workflow
    checkout = checkout_of(request.root, parent)
    own = goenv.read(parent) if personal else {}
    bundle = str(trust.install(pem, home, parent)) if pem else ""
    extra = dict.fromkeys(trust.FOR_CHILDREN, bundle) if bundle else {}
    if secrets:
        extra |= handover.install(secrets, home, {**own, **parent} if personal else {**parent, "GOAUTH": ""})
    programs = (find("go", parent, checkout), find("git", parent, checkout))
    around = Surroundings(
        root=request.root,
        private_home=home,
        trusted=request.trusted,
        personal=personal,
        go_settings=own,
        programs=tuple(program.parent for program in programs if program),
        git_settings=(("safe.directory", str(checkout)), *handover.git_settings(secrets)),
        extra=extra,
        cache_home=request.cache_home,
        is_modcache_writable=request.in_workflow,
    )
    return around, dict.fromkeys(trust.FOR_OURSELVES, bundle) if bundle else {}


def _go(
    runner: ProcessRunner, parent: Mapping[str, str], request: ToolboxRequest, children: ChildEnvironment, home: Path
) -> GoCommand:
    program = find_go(parent, checkout_of(request.root, parent))
    return GoCommand(
        runner,
        program,
        children.variables,
        home=home,
        settings=request.go,
        trusted=request.trusted,
        toolchains=home / "toolchains" if request.in_workflow else None,
    )


def _notices(dropped: Sequence[str], secrets: Sequence[Credential], request: ToolboxRequest) -> tuple[str, ...]:
    left_out = [f"{flag} was left out: it changes verdicts or runs programs" for flag in dropped]
    if secrets and not request.trusted:
        return (*left_out, "module-credentials are withheld: this event is not trusted with secrets")
    return (*left_out, *handover.notices(secrets))
