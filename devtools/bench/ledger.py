"""Measure `release status` and `release rollback` with a ledger of 10,000 entries.

    python devtools/bench/ledger.py [--write PAGE]

`rollback` is held against the bare round trips that it must make, one behind the other: git fetches the ledger's ref,
commits and pushes twice (hold and intent, then the closing entry), and the registry is asked for each manifest and blob
of the image that is gone back to, and for the tag before, at and behind its move, over one connection; all that by an
interpreter that runs already. Origin and registry (docker-registry) are on this machine. `far`: both are 40 ms away,
there and back, for both sides (farlink.py; git over `git daemon`). The runs are made in turn, so that a busy machine is
busy for all of them; of each the median counts. `warm`: this user has read the ledger before. `cold`: never, so that
every entry is read out of git and judged; the clone has fetched it. Exit code 1: a target is missed (status under a
second; rollback at most twice the bare round trips).
"""

from __future__ import annotations

import argparse
import http.client
import importlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
from farlink import Link, linked  # noqa: E402 - the path must be set first
from ledgerworld import INDEX, REF, World, git, make, put_tag, services  # noqa: E402 - the path must be set first

from marks import put  # noqa: E402

LENGTH, ROUNDS = 10_000, 7
SEEN_BELOW = "refs/go-release-gate"  # what a clone remembers of ledgers
FAR = 0.02  # seconds one way
SERVICE, ENVIRONMENT = services()[3], "production"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ROLLBACK = ("rollback", "--service", SERVICE, "--env", ENVIRONMENT, "--yes", "--reason", "500s")


def main() -> int:
    """Measure, print (or write) the table, and say by the exit code whether the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="put the table between the marks `ledger` of this page")
    parser.add_argument("--keep", type=Path, help="make the world in this folder and keep it; for looking closer")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        medians, counts = measured(folder)
    rows = ["| run | ms | of its limit |", "|---|--:|--:|"]
    rows += [f"| {name} | {took * 1000:.0f} | {share(name, medians)} |" for name, took in medians.items()]
    rows += ["", counts]
    print("\n".join(rows))
    if arguments.write:
        put(arguments.write, "ledger", "\n".join(rows))
    return 0 if all(medians[name] <= limit for name, limit in limits(medians).items()) else 1


def limits(medians: dict[str, float]) -> dict[str, float]:
    """What may take how long."""
    pairs = {"rollback, warm": "bare round trips", "rollback, warm, far": "bare round trips, far"}
    return {"status, warm": 1.0, "status, cold": 1.0} | {name: 2 * medians[bare] for name, bare in pairs.items()}


def share(name: str, medians: dict[str, float]) -> str:
    """A part of the limit; nothing where there is none."""
    limit = limits(medians).get(name)
    return f"{medians[name] / limit:.2f}" if limit else ""


def measured(folder: Path) -> tuple[dict[str, float], str]:
    """What is run → median of its seconds; and what a rollback starts and asks, in a sentence."""
    running = importlib.import_module("support.dockerregistry").running
    with (
        running(folder) as registry,
        linked(registry.domain) as near,
        daemon(folder) as address,
        linked(address) as git_,
    ):
        world = make(folder, replace(registry, domain=near.address), LENGTH)
        release(world, "status")
        found: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for name, (prepare, one) in runs(world, near, git_).items():
                prepare()
                started = time.perf_counter()
                one()
                found.setdefault(name, []).append(time.perf_counter() - started)
        near.delay = git_.delay = 0.0
        return {name: statistics.median(seconds) for name, seconds in found.items()}, counted(world, registry)


def runs(world: World, registry: Link, origin: Link) -> dict[str, tuple[Callable[[], None], Callable[[], object]]]:
    """What is run → what comes before, which is not measured, and it."""
    memory = world.folder / "home" / ".cache"

    def placed(delay: float, *, warm: bool) -> None:
        registry.delay = origin.delay = 0.0
        git(world.clone, "remote", "set-url", "origin", str(world.origin))
        if delay:  # before it is read: what is remembered is of this remote
            git(world.clone, "remote", "set-url", "origin", f"git://{origin.address}/origin.git")
        reset(world, warm=warm)
        registry.delay = origin.delay = delay

    def rollback() -> str:
        return release(world, *ROLLBACK)

    return {
        "--version": (lambda: placed(0, warm=False), lambda: run(world, "--version")),
        "status, cold": (lambda: shutil.rmtree(memory, ignore_errors=True), lambda: release(world, "status")),
        "status, warm": (lambda: None, lambda: release(world, "status")),
        "bare round trips": (lambda: placed(0, warm=False), lambda: bare(world)),
        "rollback, warm": (lambda: placed(0, warm=True), rollback),
        "rollback, cold": (lambda: placed(0, warm=False), rollback),
        "bare round trips, far": (lambda: placed(FAR, warm=False), lambda: bare(world)),
        "rollback, warm, far": (lambda: placed(FAR, warm=True), rollback),
    }


def counted(world: World, registry: Any) -> str:
    """One rollback more, with a git that counts."""
    reset(world, warm=True)
    shim, log = world.folder / "shim", world.folder / "started"
    shim.mkdir()
    (shim / "git").write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {shutil.which("git")} "$@"\n')
    (shim / "git").chmod(0o755)
    before = len(registry.requests())
    run(world, "release", *ROLLBACK, environ={**world.environ, "PATH": f"{shim}:{world.environ['PATH']}"})
    ours, started = len(registry.requests()) - before, len(log.read_text().splitlines())
    reset(world)
    before = len(registry.requests())
    bare(world)
    sides = f"starts git {started} times and asks the registry {ours} times"
    return f"A warm rollback {sides}; bare it is 6 and {len(registry.requests()) - before}."


@contextmanager
def daemon(folder: Path) -> Iterator[str]:
    """`git daemon` for the folder: its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("--reuseaddr", "--export-all", "--enable=receive-pack", f"--base-path={folder}", "--listen=127.0.0.1")
    process = subprocess.Popen(["git", "daemon", *words, f"--port={port}", str(folder)])
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def reset(world: World, *, warm: bool = False) -> None:
    """The ledger and the tag as they were, and no clone that saw more; `warm`: it was read once."""
    git(world.origin, "update-ref", REF, world.tip)
    for seen in git(world.clone, "for-each-ref", "--format=%(refname)", SEEN_BELOW).split():
        git(world.clone, "update-ref", "-d", seen)
    put_tag(world.registry.domain, SERVICE, world.releases[SERVICE][1], ENVIRONMENT)
    shutil.rmtree(world.folder / "home" / ".cache", ignore_errors=True)
    if warm:
        release(world, "list", "--service", SERVICE, "--env", ENVIRONMENT)


def bare(world: World) -> None:
    """The round trips of a rollback, without thinking."""
    wire = http.client.HTTPConnection(world.registry.domain, timeout=20)
    target = world.releases[SERVICE][0]
    git(world.clone, "fetch", "--quiet", "--no-tags", "origin", f"+{REF}:refs/bench/ledger")
    content = asked(wire, "GET", f"manifests/{target}")
    for child in json.loads(content)["manifests"]:
        inner = json.loads(asked(wire, "GET", f"manifests/{child['digest']}"))
        for blob in (inner["config"], *inner["layers"]):
            asked(wire, "HEAD", f"blobs/{blob['digest']}")
    asked(wire, "HEAD", f"manifests/{ENVIRONMENT}")
    tip = pushed(world, world.tip, "hold", "intent")
    asked(wire, "HEAD", f"manifests/{ENVIRONMENT}")
    asked(wire, "PUT", f"manifests/{ENVIRONMENT}", content)
    asked(wire, "HEAD", f"manifests/{ENVIRONMENT}")
    pushed(world, tip, "done")
    wire.close()


def pushed(world: World, tip: str, *names: str) -> str:
    """Commits behind the tip, pushed on the condition that it still is the tip."""
    new = tip
    for name in names:
        new = git(world.clone, "commit-tree", "-p", new, "-m", name, f"{new}^{{tree}}")
    git(world.clone, "push", "--quiet", f"--force-with-lease={REF}:{tip}", "origin", f"{new}:{REF}")
    return new


def asked(wire: http.client.HTTPConnection, method: str, place: str, body: bytes = b"") -> bytes:
    """One request's answer."""
    headers = {"Accept": f"{INDEX}, {MANIFEST}"} | ({"Content-Type": INDEX} if body else {})
    wire.request(method, f"/v2/{SERVICE}/{place}", body or None, headers)
    answer = wire.getresponse()
    content = answer.read()
    if answer.status not in (200, 201):
        raise SystemExit(f"{method} {place}: {answer.status}")
    return content


def release(world: World, *words: str) -> str:
    """One `release` of ours."""
    return run(world, "release", *words)


def run(world: World, *words: str, environ: dict[str, str] | None = None) -> str:
    """The program, as a person starts it."""
    command = [sys.executable, "-m", "go_release_gate", *words]
    environ = environ or world.environ
    done = subprocess.run(command, cwd=world.clone, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
