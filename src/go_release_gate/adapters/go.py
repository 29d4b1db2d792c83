"""The Go command, as this program uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from go_release_gate.adapters.process import Completed
from go_release_gate.facts.toolchain import Toolchain


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
