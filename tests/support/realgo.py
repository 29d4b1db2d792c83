"""Real Go behind the Protocol of the adapter, with the environment of a test's module proxy."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from go_release_gate.adapters.process import Completed
from go_release_gate.facts.toolchain import Toolchain
from support.moduleproxy import ModuleProxy


class RealGo:
    """Runs the `go` on PATH; `calls` keeps the arguments of each call, `env` can be changed by a test."""

    def __init__(self, proxy: ModuleProxy, **extra: str) -> None:
        self.env = proxy.env(GOWORK="off", **extra)
        self.calls: list[tuple[str, ...]] = []
        self._toolchain: Toolchain | None = None

    @property
    def toolchain(self) -> Toolchain:
        """Version and settings of the Go on PATH."""
        if self._toolchain is None:
            said = json.loads(
                subprocess.run(["go", "env", "-json"], env=self.env, check=True, capture_output=True).stdout
            )
            self._toolchain = Toolchain(said["GOVERSION"], said["GOMODCACHE"], said)
        return self._toolchain

    def run(
        self,
        args: Sequence[str],
        *,
        cwd: Path,
        timeout: float | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run `go ARGS`."""
        self.calls.append(tuple(args))
        start = time.monotonic()
        done = subprocess.run(
            ["go", *args], cwd=cwd, env={**self.env, **(env or {})}, capture_output=True, timeout=timeout, check=False
        )
        return Completed(done.returncode, done.stdout, done.stderr, time.monotonic() - start)
