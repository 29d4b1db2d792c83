"""Logins that `docker login` has left: config.json and the credential helpers it names.

https://docs.docker.com/reference/cli/docker/login/#credential-stores; a helper's protocol:
https://github.com/docker/docker-credential-helpers#development

Only for events that are trusted. Neither the file nor a helper may come from the checkout, whose author would choose
what is run and whom we log in as.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from go_release_gate.adapters.programs import find
from go_release_gate.adapters.registry.logins import Login, covers
from go_release_gate.adapters.registry.places import DOCKER_HUB, canonical
from go_release_gate.errors import UnavailableError

if TYPE_CHECKING:
    from go_release_gate.adapters.process import Runner

SIZE_LIMIT = 1 << 20
HELPER_SECONDS = 10.0
IDENTITY_USER = "<token>"  # a helper's word for: the secret is a refresh token
HUB_KEY = "https://index.docker.io/v1/"
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ABSENT = re.compile(rb"credentials not found|not found in native keychain", re.IGNORECASE)


@dataclass(slots=True)
class DockerConfig:
    """The logins of one configuration file.

    Attributes:
        document: the file's JSON object.
        runner, environ, root: to run credential helpers found outside `root`; None: none is run.
    """

    document: Mapping[str, Any] = field(repr=False)
    runner: Runner | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    root: Path = Path("/")
    _asked: dict[str, Login | None] = field(default_factory=dict, repr=False)
    _troubles: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def find(self, domain: str, path: str) -> Login | None:
        """The login for a repository: the host's own helper, else the store for all, else the file's own."""
        helper = self._helpers().get(domain) or _text(self.document, "credsStore")
        login = self._from_helper(helper, domain) if helper else None
        return login or self._from_file(domain, path)

    def names(self) -> tuple[str, ...]:
        """Hosts and helpers; no helper is run for it."""
        store = _text(self.document, "credsStore")
        kept = (f"{_normal(key)} (Docker's configuration)" for key, entry in self._auths().items() if _decoded(entry))
        helped = (f"{host} (docker-credential-{name})" for host, name in self._helpers().items())
        return (*sorted(kept), *sorted(helped), *([f"any host (docker-credential-{store})"] if store else ()))

    def _auths(self) -> Mapping[str, Any]:
        auths = self.document.get("auths")
        return auths if isinstance(auths, dict) else {}

    def _helpers(self) -> dict[str, str]:
        helpers = self.document.get("credHelpers")
        pairs = helpers.items() if isinstance(helpers, dict) else ()
        return {_normal(host): name for host, name in pairs if isinstance(name, str) and name}

    def _from_file(self, domain: str, path: str) -> Login | None:
        kept = {_normal(key): entry for key, entry in self._auths().items()}
        for prefix in sorted(kept, key=len, reverse=True):
            login = _decoded(kept[prefix]) if covers(prefix, domain, path) else None
            if login:
                return login
        return None

    def troubles(self) -> tuple[str, ...]:
        """Helpers that gave no login, and why."""
        return tuple(self._troubles)

    def _from_helper(self, helper: str, domain: str) -> Login | None:
        """What a helper has for a host; each is run once for it."""
        with self._lock:
            if domain not in self._asked:
                self._asked[domain] = None
                try:
                    self._asked[domain] = self._run(helper, domain)
                except _NoAnswerError as error:
                    self._troubles.append(f"{domain} was asked without the login that Docker keeps for it: {error}")
            return self._asked[domain]

    def _run(self, helper: str, domain: str) -> Login | None:
        """Raises _NoAnswerError; None: the helper has no login for the host."""
        name = f"docker-credential-{helper}"
        program = find(name, self.environ, self.root) if _HELPER.fullmatch(helper) else None
        if program is None or self.runner is None:
            raise _NoAnswerError("its credential helper was not found on PATH")
        try:
            done = self.runner.run(
                [str(program), "get"],
                cwd=Path("/"),
                env=_environment(self.environ, self.root),
                timeout=HELPER_SECONDS,
                stdin=(HUB_KEY if domain == DOCKER_HUB else domain).encode(),
                output_limit=SIZE_LIMIT,
            )
        except UnavailableError:
            raise _NoAnswerError(f"{name} could not be started") from None
        if done.timed_out:
            raise _NoAnswerError(f"{name} gave no answer within {HELPER_SECONDS:g} s")
        if done.returncode != 0 and _ABSENT.search(done.stdout + done.stderr):
            return None
        if done.returncode != 0:
            raise _NoAnswerError(f"{name} failed (exit code {done.returncode})")
        return _answered(done.stdout, name)


class _NoAnswerError(Exception):
    """A helper gave none; the text says why."""


def load(environ: Mapping[str, str], root: Path, runner: Runner | None) -> DockerConfig | None:
    """The configuration at DOCKER_CONFIG, else in the home directory; None: there is none that may be used.

    Args:
        root: the checkout; a configuration in it is not read.
    """
    folder = environ.get("DOCKER_CONFIG") or (f"{environ['HOME']}/.docker" if environ.get("HOME") else "")
    if not folder or not Path(folder).is_absolute():
        return None
    real = Path(os.path.realpath(Path(folder) / "config.json"))
    inside = os.path.realpath(root)
    if inside != "/" and (real.is_relative_to(inside) or Path(folder).is_relative_to(root)):
        return None
    try:
        if not real.is_file() or real.stat().st_size > SIZE_LIMIT:
            return None
        document = json.loads(real.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return DockerConfig(document, runner, environ, root) if isinstance(document, dict) else None


def _answered(stdout: bytes, name: str) -> Login:
    try:
        document = json.loads(stdout)
    except (ValueError, RecursionError):
        document = None
    user, secret = _text(document, "Username"), _text(document, "Secret")
    if not secret or not user:
        raise _NoAnswerError(f"{name} gave no user and secret")
    return Login("", secret, name, is_identity=True) if user == IDENTITY_USER else Login(user, secret, name)


def _decoded(entry: Any) -> Login | None:
    """The login of one entry of `auths`: a refresh token, else `auth` (base64 of user:password), else the two apart."""
    origin = "Docker's configuration"
    identity = _text(entry, "identitytoken")
    if identity:
        return Login("", identity, origin, is_identity=True)
    try:
        joined = base64.b64decode(_text(entry, "auth"), validate=False).decode()
    except (binascii.Error, ValueError):
        joined = ""
    user, _, secret = joined.rstrip("\0").partition(":")
    user, secret = user or _text(entry, "username"), secret or _text(entry, "password")
    return Login(user, secret, origin) if user and secret else None


def _environment(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """What the user has set, for a program of theirs; not our inputs, nor a PATH into the checkout."""
    kept = {key: value for key, value in environ.items() if not key.startswith(("INPUT_", "GO_RELEASE_GATE_"))}
    inside = os.path.realpath(root)
    entries = (entry for entry in environ.get("PATH", "").split(os.pathsep) if Path(entry).is_absolute())
    outside = (entry for entry in entries if not Path(os.path.realpath(entry)).is_relative_to(inside))
    return {**kept, "PATH": os.pathsep.join(outside)}


def _normal(key: str) -> str:
    """`host[/path]` of a key, which docker has written in several forms over the years."""
    name = key.partition("://")[2] or key
    host, _, path = name.rstrip("/").partition("/")
    return canonical(host) if path in ("", "v1", "v2") else f"{canonical(host)}/{path}"


def _text(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
