"""The ledger at its edges: away, cut short, signed, pruned, judged by probes, asked for by signed requests."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from go_release_gate.release.requests import Wanted, make_request
from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import CONFIG, World, git, stopped_clock

PLAIN = """\
services:
  api: {{image: "{registry}/{path}", module: services/api}}
environments:
  production:
    targets:
      - {{kind: command, run: "cp {{digest}} {folder}/running", observe: "cat {folder}/running"}}
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def bare(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without a repository yet."""
    return World(tmp_path, registry, stopped_clock(monkeypatch))


def test_an_emergency_is_journaled_and_brought_back(bare: World) -> None:
    """With the ledger away a rollback works from what the clone knows; the next writer appends it."""
    world = bare.make()
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    world.origin.rename(world.folder / "away.git")

    world.run("rollback", "--env", "production", "--yes", code=3)
    done = world.run("rollback", "--env", "production", "--yes", "--emergency", "--reason", "500s")

    assert "brought to the ledger by whoever writes next" in done.err
    (world.folder / "away.git").rename(world.origin)
    assert "3 entries of an emergency wait" in world.run("status").out
    world.run("unhold", "--env", "production", "--reason", "fixed")
    assert world.current() == world.digests["1.0.0"]
    assert world.json("verify", "--offline")["entries"] == 18


def test_an_emergency_that_the_ledger_contradicts(bare: World) -> None:
    """Where others moved the service meanwhile, its journal is refused until somebody gives it up; nothing is lost."""
    world = bare.make()
    for version in ("1.0.0", "1.1.0"):
        world.through(version)
    world.origin.rename(world.folder / "away.git")
    world.run("rollback", "--env", "production", "--yes", "--emergency")
    (world.folder / "away.git").rename(world.origin)
    journal = world.clone / ".git/go-release-gate/journal.jsonl"
    aside = world.folder / "journal.jsonl"
    journal.rename(aside)
    world.run("rollback", "--env", "production", "--yes", "--to", "1.0.0", "--accept-drift", "by journal")
    aside.rename(journal)
    written = world.json("verify")["entries"]

    refused = world.run("hold", "--env", "production", code=5)
    given_up = world.run("abandon", "--emergency", "--reason", "Bob was faster")  # as the refusal says it

    assert "was moved in the ledger meanwhile" in refused.err
    assert "abandon --emergency" in refused.err
    assert "is kept as" in given_up.out
    assert world.json("verify")["entries"] == written
    assert not journal.exists()


def test_a_ledger_that_was_cut_is_noticed(bare: World) -> None:
    """By who saw it longer, without any view; else by what was shown beside the images, which outlives its end."""
    world = bare.make()
    world.through("1.0.0")
    assert world.json("verify")["views"] == []
    git(world.origin, "update-ref", "refs/heads/release-ledger", "refs/heads/release-ledger~2")

    words = "the ledger was cut or rewritten: it ended at entry 7 (commit "
    for number in range(2):
        verified = world.json("verify", code=1)
        assert (verified["fault_seq"], verified["entries"]) == (6, 5), number
        assert verified["fault"].startswith(words)
    assert words in world.run("export", code=1).out
    for reading in (("status",), ("list",), ("status", "--offline"), ("diff", "1.0.0", "1.0.0")):
        assert words in world.run(*reading, code=5).err
    for writing in (("hold", "--env", "production"), ("rollback", "--env", "production", "--yes")):
        assert words in world.run(*writing, code=5).err

    verified = world.json("verify", "--accept-rewrite", "the server was restored", code=1)

    assert "accepted in this clone: the server was restored; what it saw" in "\n".join(verified["notices"])
    assert verified["fault_seq"] == 0
    assert world.run("hold", "--env", "production").out
    assert "entry 7 is beside its image, the ledger ends with entry 5" in "\n".join(verified["views"])


def test_signed_entries(bare: World, tmp_path: Path) -> None:
    """Who may write is judged when an entry is made, and whenever it is read."""
    keys = {name: key(tmp_path, name) for name in ("ci", "stranger")}
    public = (tmp_path / "ci.pub").read_text().strip()
    signers = f'ledger:\n  sign: ssh\n  signers: [{{{{key: "{public}", identity: ci@example.com, may: [release]}}}}]\n'
    world = bare.make(CONFIG + signers)
    world.release("1.0.0")

    assert "no key is given" in world.run("record", "--image", ":1.0.0", code=2).err
    strange = world.run("record", "--image", ":1.0.0", code=5, GO_RELEASE_GATE_SIGNING_KEY=keys["stranger"])
    assert "not among the signers" in strange.err
    world.run("record", "--image", ":1.0.0", GO_RELEASE_GATE_SIGNING_KEY=keys["ci"])
    refused = world.run("hold", "--env", "production", code=5, GO_RELEASE_GATE_SIGNING_KEY=keys["ci"])
    assert "may not write entries of kind hold" in refused.err
    assert world.json("list")["entries"][0]["signed_by"] == "ci@example.com"
    assert ",ci@example.com,ssh," in world.run("export", "--format", "csv").out
    assert world.json("verify")["is_signed"]


def key(folder: Path, name: str) -> str:
    """A new private key."""
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path.read_text()


def test_a_command_moves_and_probes_judge(bare: World) -> None:
    """A command target runs what the configuration says; a failing probe rolls back by itself, and exits with 1."""
    health = (
        "    health: {{commands: ['grep -q good {folder}/state'], looks: 2, failures: 1, warm_up: 0, interval: 0.01, "
        "automatic: true}}\n"
    ).replace("warm_up", "warm-up")
    world = bare.make(PLAIN.replace("cp {{digest}}", f"{mover(bare.folder)} {{{{digest}}}}") + health)
    (world.folder / "running").touch()
    state = world.folder / "state"
    for version in ("1.0.0", "1.1.0"):
        state.write_text("good")
        world.release(version)
        world.record(version)
        world.promote(version)
        assert "verdict pass" in world.run("verdict", "--env", "production").out
    assert (world.folder / "running").read_text().strip() == world.digests["1.1.0"]
    state.write_text("bad")

    failed = world.run("verdict", "--env", "production", code=1)

    assert "rolled back to 1.0.0" in failed.out
    assert (world.folder / "running").read_text().strip() == world.digests["1.0.0"]
    assert world.json("status")["places"][0]["held"]


def mover(folder: Path) -> Path:
    """A program that writes the digest to a file."""
    path = folder / "mover"
    path.write_text(f'#!/bin/sh\necho "$1" > {folder}/running\n', "utf-8")
    path.chmod(0o755)
    return path


def test_a_signed_request(bare: World, tmp_path: Path) -> None:
    """A rollback that is asked for by a signed envelope is done once; its key is the actor."""
    keys = "ledger: {{request-keys: [{{id: oncall, secret: ONCALL}}]}}\n"
    world = bare.make(CONFIG + keys)
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    world.environ |= {"ONCALL": "s" * 32, "GITHUB_REPOSITORY": "acme/shop"}
    wanted = Wanted("acme/shop", "api", "production", reason="500s")
    envelope = make_request(wanted, "oncall", now=world.clock.now, random="0a" * 16, secret="s" * 32)
    file = tmp_path / "request.json"
    file.write_text(json.dumps(envelope))

    world.run("rollback", "--request", str(file), "--yes")

    assert world.json("list")["entries"][0]["actor"] == "oncall"
    assert "carried out before" in world.run("rollback", "--request", str(file), "--yes", code=5).err
    assert (
        "do not go together" in world.run("rollback", "--request", str(file), "--env", "staging", "--yes", code=2).err
    )


def test_pruning(bare: World) -> None:
    """A dry run tells what would go; with --yes only that goes, and it can no longer be gone back to."""
    world = bare.make()
    for number in range(6):
        world.through(f"1.{number}.0")
        world.clock.now += timedelta(hours=100)

    planned = world.json("prune")
    assert {one["state"] for one in planned["removals"]} == {"planned"}
    world.json("prune", "--yes")

    gone = {one["digest"] for one in planned["removals"]}
    assert world.digests["1.0.0"] in gone
    assert not gone & {world.digests[f"1.{number}.0"] for number in range(2, 6)}
    assert (
        "its content was pruned" in world.run("rollback", "--env", "production", "--to", "1.0.0", "--yes", code=5).err
    )
    world.registry.push(world.path, "1.0.0", "1.0.0")
    assert "its content was pruned" in world.record("1.0.0").out


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 5), ("\n", 5)])
def test_a_person_is_asked(bare: World, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    """On a terminal the screen comes first, and only a yes moves anything."""
    world = bare.make()
    world.release("1.0.0")
    world.record("1.0.0")
    monkeypatch.setattr("go_release_gate.cli.release.moving._is_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))

    asked = world.run("promote", "--env", "staging", "--to", "1.0.0", code=code)

    assert "promote of api in staging" in asked.err
    assert "[y/N]" in asked.err
    assert world.current("staging") == (world.digests["1.0.0"] if code == 0 else "")


def test_a_manifest_follows(bare: World) -> None:
    """A gitops target edits the one scalar and pushes; the plan shows the diff before."""
    manifest = "image: {registry}/{path}@sha256:" + "0" * 64
    world = bare.make(CONFIG.replace("targets: [{{kind: channel-tag}}]", GITOPS, 1))
    text = f"# kept\nkind: Pod\napiVersion: v1\nspec:\n  containers:\n    - name: api # here\n      {manifest}\n"
    world.write("deploy/pod.yaml", text.format(registry=world.registry.domain, path=world.path))
    world.release("1.0.0")
    world.record("1.0.0")

    planned = world.run("promote", "--env", "staging", "--to", "1.0.0", "--dry-run", "--accept-drift", "first").out
    world.promote("1.0.0", "staging", "--accept-drift", "first")

    assert f"+      image: {world.registry.domain}/{world.path}@{world.digests['1.0.0']}" in planned
    pushed = git(world.origin, "show", "main:deploy/pod.yaml")
    assert pushed == text.format(registry=world.registry.domain, path=world.path).strip().replace(
        f"sha256:{'0' * 64}", world.digests["1.0.0"]
    )


GITOPS = "targets: [{{kind: gitops, files: [deploy/pod.yaml], branch: main}}]"


def test_offline_asks_nobody(bare: World) -> None:
    """The clone's own copy is verified without the remote; a clone that never saw the ledger says so."""
    world = bare.make()
    world.through("1.0.0")
    world.origin.rename(world.folder / "away.git")

    seen = world.json("verify", "--offline")
    assert seen["entries"] == 7
    assert any("--offline cannot tell" in one for one in seen["notices"])
    for ref in ("refs/go-release-gate/ledger-refsheadsreleaseledger", "refs/remotes/origin/release-ledger"):
        git(world.clone, "update-ref", "-d", ref)
    assert "never saw the ledger" in world.run("verify", "--offline", code=3).err


def test_what_a_target_lost_behind_a_hold_is_put_back(bare: World, registry: RealRegistry) -> None:
    """Behind a rollback's hold a promotion is refused; a rollback to what runs puts it back, and the hold stays as it
    was; without drift it is refused. Whole, by a plan, and with the order of releases as before."""
    world = bare.make()
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    place = ("--service", "api", "--env", "production")
    world.run("rollback", *place, "--yes", "--reason", "500s")
    back = ("rollback", *place, "--to", "1.0.0", "--yes")
    assert "runs in production already" in world.run(*back, "--accept-drift", "by hand", code=5).err
    held = world.json("status", *place)["places"][0]["held"]
    registry.push(world.path, "production", "moved by hand")
    assert "`--accept-drift REASON` puts it back" in world.run(*back, code=5).err

    done = world.run(*back, "--accept-drift", "moved by hand")

    assert "1.0.0 put back: api in production" in done.out
    assert world.current() == world.digests["1.0.0"]
    assert "drift" not in world.run("status", *place).out
    assert world.json("status", *place)["places"][0]["held"] == held
    assert "no good release" in world.run("rollback", *place, "--yes", code=5).err

    registry.push(world.path, "production", "moved by hand again")
    plan = str(world.folder / "plan.json")
    world.run("rollback", *place, "--to", "1.0.0", "--dry-run", "--accept-drift", "again", "--output", plan)
    assert "1.0.0 put back" in world.run("rollback", "--plan", plan, "--yes").out
    assert world.run("rollback", "--plan", plan, "--yes", code=4).err
