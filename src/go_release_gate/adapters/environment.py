"""The environment of child processes: an allow-list, so that nothing else of ours or of the checkout reaches them.

Go's own settings, proxy and CA variables of the process environment are the user's and pass (CONTRACT of the command).
Everything else is fixed here: Go reads no settings file, switches to no other toolchain, sees no workspace; git reads
no configuration of the machine and speaks https only. Pure: effects are the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from go_release_gate.adapters.goflags import filtered

GO_PASSED = (
    "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOMODCACHE", "GOCACHE", "GOPATH",
)  # fmt: skip
GO_PASSED_WHEN_TRUSTED = ("GOINSECURE",)
NETWORK_PASSED = (
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH",
)  # fmt: skip
PERSONAL_PASSED = (
    "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", "NETRC", "GOAUTH", "USER", "LOGNAME",
)  # fmt: skip
"""What passes on a person's own machine only, where HOME is theirs too."""

SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")

GIT_SETTINGS = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.askPass", ""),
    ("safe.bareRepository", "explicit"),
    ("protocol.file.allow", "never"),
    ("protocol.ext.allow", "never"),
    ("http.followRedirects", "initial"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the environment of children is made of.

    Attributes:
        root: the repository under judgement; git may read it whoever owns it.
        private_home: an empty directory of this run, for HOME and temporary files.
        trusted: False on a fork's or bot's pull request: no version control system is run for a module, no
            insecure host is allowed.
        personal: on a person's own machine, outside workflows: HOME, ssh and git credentials are theirs and pass.
        go_settings: what the person's own `go env -w` file says; read by the caller, and only when personal.
        programs: directories of go and git, first on PATH.
        git_settings: further (key, value) pairs of git configuration: credentials.
        extra: further variables: a CA bundle, a netrc.
        cache_home: directory that holds the default caches; empty: HOME of the process environment.
        is_modcache_writable: whether Go leaves the module cache deletable by its owner.
    """

    root: Path
    private_home: Path
    trusted: bool = True
    personal: bool = False
    go_settings: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[Path, ...] = ()
    git_settings: tuple[tuple[str, str], ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    cache_home: str = ""
    is_modcache_writable: bool = False


@dataclass(frozen=True, slots=True)
class ChildEnvironment:
    """The variables for `go` and `git`, and what was left out: one `NAME value` per entry of `dropped`."""

    variables: Mapping[str, str]
    dropped: tuple[str, ...] = ()


def child_environment(parent: Mapping[str, str], around: Surroundings) -> ChildEnvironment:
    """Make the environment of children from `parent`, the environment of the process.

    A setting in the process environment beats the same one in the settings file, as it does for Go.
    """
    own = {key: value for key, value in around.go_settings.items() if around.personal}
    go_given = own | {key: value for key, value in parent.items() if key.startswith("GO")}
    flags, dropped = filtered(go_given.get("GOFLAGS", ""), writable_modcache=around.is_modcache_writable)
    variables = _passed(go_given, parent, around)
    variables |= _caches(go_given, parent, around)
    variables |= _fixed_for_all(parent, around)
    variables |= _fixed_for_go(flags, around)
    variables |= _fixed_for_git(variables, around)
    variables |= around.extra
    return ChildEnvironment(variables, tuple(f"GOFLAGS {flag}" for flag in dropped))


def _passed(go_given: Mapping[str, str], parent: Mapping[str, str], around: Surroundings) -> dict[str, str]:
    names = GO_PASSED + (GO_PASSED_WHEN_TRUSTED if around.trusted else ())
    passed = _selected(go_given, names) | _selected(parent, NETWORK_PASSED)
    if around.personal:
        passed |= _selected(parent, PERSONAL_PASSED) | _selected(go_given, ("GOAUTH",))
    return passed


def _selected(given: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: given[name] for name in names if given.get(name)}


def _caches(go_given: Mapping[str, str], parent: Mapping[str, str], around: Surroundings) -> dict[str, str]:
    """Go's own defaults, spelled out because HOME is another: https://go.dev/ref/mod#environment-variables."""
    home = around.cache_home or parent.get("HOME", "") or str(around.private_home)
    gopath = go_given.get("GOPATH") or f"{home}/go"
    first = gopath.split(":")[0]
    cache = parent.get("XDG_CACHE_HOME") or f"{home}/.cache"
    return {
        "GOPATH": gopath,
        "GOMODCACHE": go_given.get("GOMODCACHE") or f"{first}/pkg/mod",
        "GOCACHE": go_given.get("GOCACHE") or f"{cache}/go-build",
    }


def _fixed_for_go(flags: str, around: Surroundings) -> dict[str, str]:
    return {
        "GOENV": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOFLAGS": flags,
        "CGO_ENABLED": "0",
        "GOTELEMETRY": "off",
        "GOVCS": "public:git,private:git" if around.trusted else "*:off",
        "GOTMPDIR": str(around.private_home / "tmp"),
    }


def _fixed_for_git(variables: Mapping[str, str], around: Surroundings) -> dict[str, str]:
    fixed = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_ALLOW_PROTOCOL": _protocols(variables, around)}
    if not around.personal:
        fixed |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    return fixed | git_configuration((("safe.directory", str(around.root)), *GIT_SETTINGS, *around.git_settings))


def _fixed_for_all(parent: Mapping[str, str], around: Surroundings) -> dict[str, str]:
    private = str(around.private_home)
    return {
        "PATH": ":".join(dict.fromkeys([*map(str, around.programs), *SYSTEM_PATH])),
        "HOME": (parent.get("HOME") or private) if around.personal else private,
        "LANG": "C.UTF-8",
        "TMPDIR": str(around.private_home / "tmp"),
    }


def _protocols(variables: Mapping[str, str], around: Surroundings) -> str:
    """https; http where the user calls hosts insecure; ssh on a person's own machine, with their own keys."""
    insecure = ("http",) if variables.get("GOINSECURE") else ()
    return ":".join(("https", *insecure, *(("ssh",) if around.personal else ())))


def git_configuration(settings: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The variables that give git these (key, value) pairs: above every file, and never in arguments."""
    pairs = tuple(settings)
    variables = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (key, value) in enumerate(pairs):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables
