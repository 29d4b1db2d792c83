"""Measure `release status` and `release rollback` with a ledger of 10,000 entries.

    python devtools/bench/ledger.py [--write PAGE]

`rollback` is held against the bare round trips that it must make, one behind the other: git fetches the ledger's ref,
commits and pushes twice (hold and intent, then the closing entry), and the registry is asked for each manifest and blob
of the image that is gone back to, and for the tag before, at and behind its move, over one connection. Origin and
registry (docker-registry) are on this machine, so nothing waits for a network, which would be in both alike. The runs
are made in turn, so that a busy machine is busy for all of them; of each the median counts. Exit code 1: a target is
missed (status under a second; rollback, of what was read before, at most twice the bare round trips). `cold`: this user
never read the ledger on this machine, so that every entry is read out of git and judged; the clone has fetched it.
"""

from __future__ import annotations

import argparse
import http.client
import importlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
from ledgerworld import INDEX, REF, World, git, make, put_tag, services  # noqa: E402 - the path must be set first

from marks import put  # noqa: E402

LENGTH, ROUNDS = 10_000, 7
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
        medians = measured(folder)
    rows = ["| run | ms | of its limit |", "|---|--:|--:|"]
    rows += [f"| {name} | {took * 1000:.0f} | {share(name, medians)} |" for name, took in medians.items()]
    print("\n".join(rows))
    if arguments.write:
        put(arguments.write, "ledger", "\n".join(rows))
    return 0 if all(medians[name] <= limit for name, limit in limits(medians).items()) else 1


def limits(medians: dict[str, float]) -> dict[str, float]:
    """What may take how long."""
    return {"status, warm": 1.0, "status, cold": 1.0, "rollback, warm": 2 * medians["bare round trips"]}


def share(name: str, medians: dict[str, float]) -> str:
    """A part of the limit; nothing where there is none."""
    limit = limits(medians).get(name)
    return f"{medians[name] / limit:.2f}" if limit else ""


def measured(folder: Path) -> dict[str, float]:
    """What is run → median of its seconds."""
    running = importlib.import_module("support.dockerregistry").running
    with running(folder) as registry:
        world = make(folder, registry, LENGTH)
        release(world, "status")
        memory = world.folder / "home" / ".cache"
        runs: dict[str, tuple[Callable[[], None], Callable[[], object]]] = {
            "--version": (lambda: None, lambda: run(world, "--version")),
            "status, cold": (lambda: shutil.rmtree(memory, ignore_errors=True), lambda: release(world, "status")),
            "status, warm": (lambda: None, lambda: release(world, "status")),
            "bare round trips": (lambda: reset(world), lambda: bare(world)),
            "rollback, warm": (lambda: reset(world, warm=True), lambda: release(world, *ROLLBACK)),
            "rollback, cold": (lambda: reset(world), lambda: release(world, *ROLLBACK)),
        }
        found: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, (prepare, one) in runs.items():
                prepare()
                started = time.perf_counter()
                one()
                found[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def reset(world: World, *, warm: bool = False) -> None:
    """The ledger and the tag as they were; `warm`: it was read once."""
    git(world.origin, "update-ref", REF, world.tip)
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


def run(world: World, *words: str) -> str:
    """The program, as a person starts it."""
    command = [sys.executable, "-m", "go_release_gate", *words]
    done = subprocess.run(command, cwd=world.clone, env=world.environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
