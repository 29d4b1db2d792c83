"""The Go command, as this program uses it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from go_release_gate.adapters.limits import LIMITS_OF_TESTS
from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.adapters.programs import GO_HINT
from go_release_gate.config.settings import GoSettings
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.facts.toolchain import Toolchain

OLDEST = (1, 23)
"""The first Go with `go mod tidy -diff`."""

FETCH_HINT = "check GOPROXY and GOSUMDB (a toolchain is never fetched unverified), or install that Go"

ASKED = (
    "GOVERSION", "GOROOT", "GOOS", "GOARCH", "GOMODCACHE", "GOCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GONOSUMDB",
    "GONOPROXY", "GOPRIVATE", "GOINSECURE", "GOVCS", "GOFLAGS", "GOTOOLCHAIN", "GOWORK", "GOENV", "CGO_ENABLED",
)  # fmt: skip


class Go(Protocol):
    """The Go in use, with the environment of research rule R1 around every call."""

    @property
    def toolchain(self) -> Toolchain:
        """Version, caches and settings; asked of Go once."""
        ...

    def run(
        self,
        args: Sequence[str],
        *,
        cwd: Path,
        timeout: float | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run `go ARGS` in `cwd`. `env` adds to the fixed environment (GOPROXY=off, GODEBUG=goindex=0 …)."""
        ...

    def early(
        self, args: Sequence[str], *, cwd: Path, timeout: float, env: Mapping[str, str] | None = None
    ) -> Completed | None:
        """Run `go ARGS` before anything was asked of Go; None: which Go judges, or how, is not known before."""
        ...

    @property
    def cache(self) -> str:
        """The build cache that every call is given; empty: Go's own."""
        ...

    @property
    def environment(self) -> Mapping[str, str]:
        """The fixed environment itself, for who makes another one of it."""
        ...

    def hear(
        self,
        args: Sequence[str],
        heard: Callable[[bytes], None],
        *,
        cwd: Path,
        timeout: float,
        env: Mapping[str, str],
    ) -> Completed:
        """Run `go ARGS` with `env` as the whole environment; standard output goes to `heard` as it comes."""
        ...

    def newer(self, version: str) -> Go | None:
        """The Go of that full version, fetched and verified, for a module that asks for it; None: not allowed."""
        ...


class GoCommand:
    """The real Go.

    Args:
        program: absolute path of the go command.
        environment: the whole environment of its processes.
        home: a directory that holds no module: where Go is asked for its settings.
        settings: which Go is wanted, and the time limit of a call.
        trusted: whether a newer toolchain may be fetched, if the settings allow it.
        toolchains: a module cache for fetched toolchains, which Go verifies as it fetches and never again: a
            private one where others could have filled the usual one; None: the usual one.
    """

    def __init__(
        self,
        runner: Runner,
        program: Path,
        environment: Mapping[str, str],
        *,
        home: Path,
        settings: GoSettings | None = None,
        trusted: bool = True,
        toolchains: Path | None = None,
    ) -> None:
        self._runner = runner
        self._program = str(program)
        self._environment = dict(environment)
        self._home = home
        self._settings = settings or GoSettings()
        self._may_fetch = trusted and self._settings.fetch_toolchain
        self._is_trusted = trusted
        self._toolchains = toolchains
        self._asking = threading.Lock()
        self._toolchain: Toolchain | None = None

    @property
    def toolchain(self) -> Toolchain:
        """Version, caches and settings; asked of Go once.

        Raises:
            UnavailableError: Go cannot be run, is too old, or is not the one that `go-version` asks for.
        """
        with self._asking:
            if self._toolchain is None:
                self._toolchain = self._select()
            return self._toolchain

    def run(
        self,
        args: Sequence[str],
        *,
        cwd: Path,
        timeout: float | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run `go ARGS` in `cwd`; `env` adds to the fixed environment. The time limit defaults to the setting's."""
        self.toolchain  # noqa: B018 - selects the Go that judges, once
        return self._call(args, cwd, self._environment | dict(env or {}), timeout)

    def early(
        self, args: Sequence[str], *, cwd: Path, timeout: float, env: Mapping[str, str] | None = None
    ) -> Completed | None:
        """Run `go ARGS` before anything was asked of Go; None: which Go judges, or how, is not known before."""
        if self._settings.version or not self._is_trusted:
            return None
        return self._call(args, cwd, self._environment | dict(env or {}), timeout)

    @property
    def cache(self) -> str:
        """The build cache that every call is given; empty: Go's own."""
        return self._environment.get("GOCACHE", "")

    @property
    def environment(self) -> Mapping[str, str]:
        """The fixed environment itself, for who makes another one of it."""
        self.toolchain  # noqa: B018 - which may decide about GOPROXY
        return dict(self._environment)

    def hear(
        self,
        args: Sequence[str],
        heard: Callable[[bytes], None],
        *,
        cwd: Path,
        timeout: float,
        env: Mapping[str, str],
    ) -> Completed:
        """Run `go ARGS` with `env` as the whole environment; standard output goes to `heard` as it comes."""
        self.toolchain  # noqa: B018 - selects the Go that runs, once
        return self._runner.run(
            [self._program, *args], cwd=cwd, env=env, timeout=timeout, heard=heard, limits=LIMITS_OF_TESTS
        )

    def newer(self, version: str) -> GoCommand | None:
        """The Go of `version` (`1.27.0`), fetched when it is first used; None: fetching is not allowed."""
        if not self._may_fetch:
            return None
        settings = replace(self._settings, version=version)
        return GoCommand(
            self._runner,
            Path(self._program),
            self._environment,
            home=self._home,
            settings=settings,
            trusted=self._is_trusted,
            toolchains=self._toolchains,
        )

    def _call(self, args: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float | None) -> Completed:
        limit = self._settings.timeout if timeout is None else timeout
        return self._runner.run([self._program, *args], cwd=cwd, env=env, timeout=limit)

    def _select(self) -> Toolchain:
        found = self._ask()
        wanted = self._settings.version.removeprefix("go")
        if wanted and not _is_version(found.version, wanted):
            found = self._fetch(wanted, found)
        if _numbers(found.version) < OLDEST:
            raise UnavailableError(f"{found.version} is too old: `go mod tidy -diff` came with Go 1.23", GO_HINT)
        if not self._is_trusted:
            self._environment["GOPROXY"] = without_direct(found.env.get("GOPROXY", ""))
            found = replace(found, env={**found.env, "GOPROXY": self._environment["GOPROXY"]})
        return found

    def _fetch(self, wanted: str, found: Toolchain) -> Toolchain:
        """Let Go fetch a toolchain, then call that one directly; every call stays GOTOOLCHAIN=local.

        Go compares what it fetches with the checksum database, and refuses when GOSUMDB is off.
        """
        if not self._may_fetch:
            raise UnavailableError(
                f"go-version asks for Go {wanted}, and the Go in use is {found.version}",
                "install that Go, or allow fetching it (go.fetch-toolchain: true; on trusted events only)",
            )
        cache = {"GOMODCACHE": str(self._toolchains)} if self._toolchains else {}
        fetched = self._ask({"GOTOOLCHAIN": f"go{_full(wanted)}", **cache}, FETCH_HINT)
        self._program = f"{fetched.env['GOROOT']}/bin/go"
        return self._ask()

    def _ask(self, env: Mapping[str, str] | None = None, hint: str = GO_HINT) -> Toolchain:
        answer = self._call(["env", "-json", *ASKED], self._home, self._environment | dict(env or {}), None)
        if answer.returncode != 0:
            text = answer.stderr.decode("utf-8", "replace").strip().splitlines()
            raise UnavailableError(f"go env failed: {text[-1] if text else answer.returncode}", hint)
        try:
            said = json.loads(answer.stdout)
            return Toolchain(_first_go(said["GOVERSION"]), said["GOMODCACHE"], said)
        except (ValueError, KeyError, TypeError) as error:
            raise UnavailableError(f"{self._program} does not answer as Go does", GO_HINT) from error


def without_direct(proxies: str) -> str:
    """A GOPROXY list that asks no version control host; `off` when nothing is left."""
    parts = re.split(r"([,|])", proxies)
    kept = [pair for pair in zip(["", *parts[1::2]], parts[::2], strict=True) if pair[1].strip() not in {"", "direct"}]
    return "".join(mark + name for mark, name in kept).lstrip(",|") or "off"


def _first_go(text: str) -> str:
    """The version word of GOVERSION: `go1.26.8 X:…` and `devel go1.27-…` have more than one word."""
    return next((word for word in text.split() if word.startswith("go1")), text)


def _is_version(found: str, wanted: str) -> bool:
    return found == f"go{wanted}" or (wanted.count(".") == 1 and found.startswith((f"go{wanted}.", f"go{wanted}rc")))


def _numbers(version: str) -> tuple[int, int]:
    match = re.match(r"go(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _full(version: str) -> str:
    if not re.fullmatch(r"1\.\d+\.\d+|1\.\d+rc\d+", version):
        raise UsageError(f"{version!r} names no Go toolchain", "give the full version, like 1.25.3")
    return version
