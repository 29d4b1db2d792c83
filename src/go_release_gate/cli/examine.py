"""The examinations of `doctor`, one function each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from go_release_gate import __version__
from go_release_gate.adapters import goenv, trust
from go_release_gate.adapters.environment import Surroundings, child_environment
from go_release_gate.adapters.go import GoCommand
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import checkout_of, find, find_go
from go_release_gate.cli.basefile import git_of
from go_release_gate.cli.settings import read_payload
from go_release_gate.config.environment import secret
from go_release_gate.config.event import load_event
from go_release_gate.config.settings import GoSettings
from go_release_gate.errors import GateError
from go_release_gate.facts.toolchain import Toolchain

LITTLE_SPACE = 1 << 30  # bytes; the build cache of one large module is about that
NO_SPACE = 100 << 20
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


class State(StrEnum):
    """Result of one examination: `trouble` keeps a check from running."""

    FINE = "fine"
    NOTE = "note"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found about one thing, and what to do about it."""

    name: str
    state: State
    text: str
    hint: str = ""

    def document(self) -> dict[str, str]:
        """Its object in the JSON output."""
        return {"name": self.name, "state": self.state.value, "text": self.text, "hint": self.hint}


def program(python: tuple[int, ...]) -> Examined:
    """This program and the Python it runs on."""
    return Examined("program", State.FINE, f"go-release-gate {__version__} on Python {'.'.join(map(str, python))}")


def go(root: Path, environ: Mapping[str, str], version: str) -> tuple[Examined, Toolchain]:
    """The Go that would judge. Raises GateError when there is none, or none new enough."""
    path = find_go(environ, root)
    with TemporaryDirectory(prefix="go-release-gate-") as home:
        around = Surroundings(root, Path(home), personal=True, go_settings=goenv.read(environ), programs=(path.parent,))
        variables = child_environment(environ, around).variables
        Path(variables["GOTMPDIR"]).mkdir(parents=True, exist_ok=True)
        command = GoCommand(ProcessRunner(), path, variables, home=Path(home), settings=GoSettings(version=version))
        toolchain = command.toolchain
    return Examined("go", State.FINE, f"{toolchain.version} at {path}"), toolchain


def git(root: Path, environ: Mapping[str, str]) -> Examined:
    """git, and whether history is there to compare with."""
    path = find("git", environ, root)
    if path is None:
        return Examined("git", State.NOTE, "not found", "without git no base commit can be read")
    repository = git_of(environ, root)
    if not repository.is_repository():
        return Examined("git", State.NOTE, f"{path}; this folder is no repository")
    if repository.is_shallow():
        hint = "to compare with a base commit, check out with history (fetch-depth: 0)"
        return Examined("git", State.NOTE, f"{path}; shallow checkout", hint)
    return Examined("git", State.FINE, str(path))


def cache(name: str, path: Path) -> Examined:
    """Whether a cache can be written and has space."""
    existing = next((place for place in (path, *path.parents) if place.is_dir()), Path("/"))
    if not os.access(existing, os.W_OK | os.X_OK):
        return Examined(
            name, State.TROUBLE, f"{path} cannot be written", f"make {existing} writable, or choose another"
        )
    free = shutil.disk_usage(existing).free
    text = f"{path}, {free >> 20} MiB free"
    if free < NO_SPACE:
        return Examined(name, State.TROUBLE, text, "make space on that disk")
    if free < LITTLE_SPACE:
        return Examined(name, State.NOTE, text, "that is little: large modules need a gigabyte")
    return Examined(name, State.FINE, text)


def module_network(env: Mapping[str, str]) -> list[Examined]:
    """Where modules and their checksums come from."""
    source = ",".join(without_user(part) for part in env.get("GOPROXY", "").split(","))
    sums = env.get("GOSUMDB", "")
    private = env.get("GOPRIVATE", "")
    off = source == "off"
    found = [
        Examined(
            "GOPROXY",
            State.NOTE if off else State.FINE,
            source,
            "modules outside the cache are unavailable" if off else "",
        )
    ]
    hint = "new checksums are believed unseen; name private modules in GOPRIVATE instead"
    found.append(Examined("GOSUMDB", State.NOTE if sums == "off" else State.FINE, sums, hint if sums == "off" else ""))
    return [*found, Examined("GOPRIVATE", State.FINE, private or "none")]


def proxy(environ: Mapping[str, str]) -> Examined:
    """Proxies of the network, without their passwords."""
    given = {name: without_user(environ[name]) for name in _PROXIES if environ.get(name)}
    bad = [name for name, value in given.items() if not urlsplit(value if "://" in value else f"//{value}").hostname]
    text = ", ".join(f"{name}={value}" for name, value in given.items()) or "none"
    if bad:
        return Examined("network proxy", State.NOTE, text, f"{bad[0]} names no host; expected http://host:port")
    return Examined("network proxy", State.FINE, text)


def certificates(root: Path, environ: Mapping[str, str], bundle: str) -> Examined:
    """Certificate authorities beyond the system's."""
    name = "certificates"
    try:
        if bundle:
            trust.read_bundle(bundle, root=root, trusted=True)
            return Examined(name, State.FINE, "the system's and those of ca-bundle")
    except GateError as error:
        return Examined(name, State.TROUBLE, error.message, error.hint)
    chosen = environ.get("SSL_CERT_FILE", "")
    if chosen and not os.access(chosen, os.R_OK):
        return Examined(name, State.TROUBLE, f"SSL_CERT_FILE={chosen} cannot be read", "correct the path or unset it")
    return Examined(name, State.FINE, f"SSL_CERT_FILE={chosen}" if chosen else "the system's")


def registries(root: Path, environ: Mapping[str, str]) -> list[Examined]:
    """A line for each image registry that there is a login for; no helper is run and nothing is asked."""
    from go_release_gate.adapters.registry.connecting import Connecting, logins_of

    name = "registry login"
    lines, token = (secret(environ, item) for item in ("registry-credentials", "github-token"))
    trusted = load_event(environ, read_payload).trusted
    try:
        names = logins_of(environ, Connecting(checkout_of(root, environ), lines, token, trusted=trusted)).names()
    except GateError as error:
        return [Examined(name, State.TROUBLE, error.message, error.hint)]
    return [Examined(name, State.FINE, each) for each in names] or [Examined(name, State.FINE, "none")]


def event(environ: Mapping[str, str]) -> Examined:
    """What a check would take for the event, and whether it trusts it."""
    context = load_event(environ, read_payload)
    trusted = "trusted" if context.trusted else "not trusted"
    state = State.FINE if context.trusted else State.NOTE
    return Examined("event", state, f"{context.event.value}, {trusted}", "; ".join(context.notices))


def without_user(address: str) -> str:
    """An address without user and password."""
    scheme, mark, rest = address.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"
