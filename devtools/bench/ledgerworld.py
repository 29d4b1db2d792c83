"""A repository with a release ledger of thousands of entries, its bare origin, and a registry that holds the images."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from go_release_gate.adapters.ledger.git_store import GitStore, Place  # noqa: E402 - the path must be set first
from go_release_gate.adapters.process import ProcessRunner  # noqa: E402
from go_release_gate.ledger.canonical import digest_of, encoded  # noqa: E402
from go_release_gate.ledger.chain import linked  # noqa: E402
from go_release_gate.ledger.entry import Actor, Child, Entry, Image, Source  # noqa: E402

REF = "refs/heads/release-ledger"
SERVICES, ENVIRONMENTS = 10, ("staging", "production")
ANN = Actor("ann@example.com", "https://github.example.com/acme/shop/actions/runs/1", 1)
INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class World:
    """Where it lies. `releases`: the newest two digests of each service, which are in the registry."""

    folder: Path
    registry: Any
    releases: dict[str, tuple[str, str]]
    tip: str

    @property
    def clone(self) -> Path:
        """The checkout."""
        return self.folder / "clone"

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.folder / "origin.git"

    @property
    def environ(self) -> dict[str, str]:
        """Of everything that is run."""
        home = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "PYTHONPATH": str(ROOT / "src")}
        return home | (
            {"GO_RELEASE_GATE_SIGNING_KEY": key.read_text()} if (key := self.folder / "key").exists() else {}
        )


def make(folder: Path, registry: Any, length: int, extra: str = "", sign: Any = None) -> World:
    """Origin, clone and a ledger of `length` entries; `extra`: more of the configuration of the ledger."""
    git(folder, "init", "-q", "--bare", "-b", "main", "origin.git")
    git(folder, "clone", "-q", "origin.git", "clone")
    (folder / "home").mkdir()
    world = World(folder, registry, {}, "")
    (world.clone / ".go-release-gate.yml").write_text(_configuration(registry.domain, extra))
    git(world.clone, "config", "user.email", "ann@example.com")
    git(world.clone, "config", "user.name", "Ann")
    for message in ("one", "two"):
        git(world.clone, "add", "-A")
        git(world.clone, "commit", "-q", "--allow-empty", "-m", message)
    git(world.clone, "push", "-q", "origin", "HEAD:main")
    releases = {name: _pushed(registry, name) for name in services()}
    commit = git(world.clone, "rev-parse", "HEAD~1")
    store = GitStore(ProcessRunner(), Path("/usr/bin/git"), world.environ, Place(world.clone, "origin", REF))
    tip = store.append(list(_records(_entries(length, registry.domain, releases, commit), sign)), "")
    git(world.clone, "repack", "-adq")
    return World(folder, registry, releases, tip or "")


def services() -> list[str]:
    """Their names."""
    return [f"service-{number}" for number in range(SERVICES)]


def git(place: Path, *words: str) -> str:
    """One git command's output."""
    return subprocess.run(["git", *words], cwd=place, capture_output=True, text=True, check=True).stdout.strip()


def _configuration(domain: str, extra: str) -> str:
    named = "".join(f"  {name}:\n    image: {domain}/{name}\n" for name in services())
    places = "".join(f"  {name}:\n    targets: [{{kind: channel-tag}}]\n" for name in ENVIRONMENTS)
    return f"ledger:\n  views: []\n{extra}services:\n{named}environments:\n{places}"


def _pushed(registry: Any, name: str) -> tuple[str, str]:
    """The last two releases of a service; the newer one runs in every environment."""
    older, newer = (registry.push_platforms(name, tag, "linux/amd64", "linux/arm64") for tag in ("older", "newer"))
    for environment in ENVIRONMENTS:
        put_tag(registry.domain, name, newer, environment)
    return older, newer


def put_tag(domain: str, name: str, digest: str, tag: str) -> None:
    """Put the manifest of a digest under a tag."""
    connection = http.client.HTTPConnection(domain, timeout=20)
    connection.request("GET", f"/v2/{name}/manifests/{digest}", headers={"Accept": INDEX})
    content = connection.getresponse().read()
    connection.request("PUT", f"/v2/{name}/manifests/{tag}", content, {"Content-Type": INDEX})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 201:
        raise SystemExit(f"{name}:{tag} cannot be put: {answer.status}")


def _entries(length: int, domain: str, releases: dict[str, tuple[str, str]], commit: str) -> Iterator[Entry]:
    """Releases of every service in turn, each promoted and judged everywhere; the last ones are in the registry."""
    per_release = 1 + 3 * len(ENVIRONMENTS)
    rounds = length // (per_release * SERVICES)
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=rounds + 1)
    before: dict[str, str] = {}
    seq = 0
    for number in range(rounds):
        now += timedelta(minutes=1)
        for order, name in enumerate(services()):
            left = rounds - number
            digest = releases[name][2 - left] if left <= 2 else f"sha256:{order:032x}{number:032x}"
            machines = ("amd64", "arm64") if left > 2 else ()
            children = tuple(Child(f"linux/{one}", f"{digest[:-5]}{at:05}", 500) for at, one in enumerate(machines))
            image = Image(digest, INDEX, 500, children, (f"{domain}/{name}",))
            source = Source(f"{name}/v1.{number}.0", f"1.{number}.0", commit, name, digest, digest, digest)
            yield Entry(0, "", "release", name, "", now, ANN, image=image, source=source)
            seq += 1
            for environment in ENVIRONMENTS:
                move = Entry(0, "", "promote", name, environment, now, ANN, before=before.get(name, ""), after=digest)
                yield replace(move, phase="intent", image=image)
                yield replace(move, phase="done", image=image, intent=seq + 1, targets=("channel-tag",))
                yield Entry(0, "", "verdict", name, environment, now, ANN, digest=digest, health="pass")
                seq += 3
            before[name] = digest
    for number in range(length - seq):
        yield Entry(0, "", "quarantine", "service-0", "", now, ANN, digest=f"sha256:{number:064x}")


def _records(entries: Iterator[Entry], sign: Any) -> Iterator[tuple[bytes, str]]:
    head = ""
    for number, entry in enumerate(entries):
        made = linked(entry, number, head)
        made = replace(made, signature=sign(made)) if sign else made
        head = digest_of(made)
        yield encoded(made), f"{entry.kind} {entry.service}"
