"""Whether the race detector works here: a program of one line is built and started with it.

It needs cgo with a C compiler on most platforms, and is there on some only: https://go.dev/doc/articles/race_detector
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from go_release_gate.adapters.go import Go
from go_release_gate.engine.testing.place import made
from go_release_gate.errors import UnavailableError

TIMEOUT = 300.0  # seconds; the first time Go's own library is built for it


def why_no_race(go: Go, env: Mapping[str, str], scratch: Path, owner: tuple[int, int] | None) -> str:
    """Why it does not work, in Go's words; empty: it works."""
    place = made(scratch / "race", owner)
    file = place / "main.go"
    file.write_text("package main\n\nfunc main() {}\n")
    said: list[bytes] = []
    try:
        done = go.hear(
            ["run", "-race", str(file)],
            said.append,
            cwd=place,
            timeout=TIMEOUT,
            env={**env, "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "1"},
        )
    except UnavailableError as error:
        return error.message
    if done.returncode == 0:
        return ""
    if done.timed_out:
        return f"a program of one line did not start within {TIMEOUT:g} s"
    lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith("#")]
    return " ".join((own or ["it does not start"])[0].split())[:200]
