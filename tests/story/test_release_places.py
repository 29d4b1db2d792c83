"""Several services and environments, people who are told, and moves that end between two steps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import CONFIG, World, stopped_clock

TWO = """\
services:
  api: {{image: "{registry}/{path}", module: services/api}}
  web: {{image: "{registry}/{path}-web"}}
environments:
  staging:
    targets: [{{kind: channel-tag}}]
  production:
    services: [api]
    targets: [{{kind: channel-tag}}, {{kind: command, name: cluster, run: "{folder}/mover {{digest}}"}}]
"""
TOLD = """\
    owners: ["@acme/oncall"]
    alerts:
      - {{kind: command, run: "{folder}/page"}}
      - {{kind: webhook, url: "http://127.0.0.1:9/"}}
"""
SUMS = "    require: {{checksums: dist/SHA256SUMS}}\n"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def bare(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without a repository yet."""
    return World(tmp_path, registry, stopped_clock(monkeypatch))


def program(path: Path, text: str) -> None:
    """A shell script."""
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)


def test_services_do_not_meet(bare: World, registry: RealRegistry) -> None:
    """A hold, a version and a tag are of one service in one environment."""
    world = bare.make(TWO)
    world.release("1.0.0")
    world.record("1.0.0")
    digest = registry.push(f"{world.path}-web", "1.0.0", "web")
    world.run("record", "--service", "web", "--image", ":1.0.0")
    world.run("hold", "--service", "api", "--env", "staging", "--reason", "sale")

    refused = world.run("promote", "--service", "api", "--env", "staging", "--to", "1.0.0", "--yes", code=5)
    world.run("promote", "--service", "web", "--env", "staging", "--to", "1.0.0", "--yes")
    elsewhere = world.run("promote", "--service", "web", "--env", "production", "--yes", code=2)

    assert "sale" in refused.err
    assert "web does not run in production" in elsewhere.err
    rows = {(one["service"], one["environment"]): one for one in world.json("status")["places"]}
    assert sorted(rows) == [("api", "production"), ("api", "staging"), ("web", "staging")]
    assert rows["web", "staging"]["digest"] == digest
    assert not rows["web", "staging"]["held"]
    assert rows["api", "staging"]["held"]


def test_a_move_that_stopped_between_two_waves(bare: World) -> None:
    """The intent stays open, keeps others out, and is carried on to its end, or given up, by name."""
    world = bare.make(TWO)
    program(world.folder / "mover", "exit 1")
    world.release("1.0.0")
    world.record("1.0.0")
    words = ("--service", "api", "--env", "production")

    world.run("promote", *words, "--to", "1.0.0", "--yes", code=3)
    shown = world.json("status", *words)["places"][0]
    others = world.run("promote", *words, "--to", "1.0.0", "--yes", code=5)
    program(world.folder / "mover", "exit 0")
    done = world.json("resume", *words)

    assert shown["open"].startswith("promote to")
    assert "release resume" in others.err
    assert [one["phase"] for one in done["entries"]] == ["intent", "done"]
    assert world.json("status", *words)["places"][0]["digest"] == world.digests["1.0.0"]
    assert "no move of api in production is open" in world.run("abandon", *words, "--reason", "x", code=5).err


def test_people_are_told_once_and_before(bare: World) -> None:
    """A way that fails is a notice and nothing more; the command to run stands in the alert."""
    world = bare.make(CONFIG + TOLD)
    program(world.folder / "page", f"cat >> {world.folder}/pages; echo >> {world.folder}/pages")
    world.through("1.0.0")
    world.through("1.1.0", "fail")

    done = world.run("rollback", "--env", "production", "--yes", "--reason", "500s")

    pages = [json.loads(line) for line in (world.folder / "pages").read_text().splitlines() if line]
    assert [one["state"] for one in pages] == ["failing", "failing", "rolled-back"]  # the verdict, begun, ended
    assert pages[0]["command"] == "go-release-gate release rollback --service api --env production"
    assert pages[1]["reason"] == "a rollback to 1.0.0 is begun: 500s"
    assert {one["digest"] for one in pages} == {world.digests["1.1.0"]}
    assert len({one["incident"] for one in pages}) == 1
    assert pages[2]["command"] == "go-release-gate release unhold --service api --env production"
    assert "alert webhook-2 was not told" in done.out
    assert pages[0]["owners"] == ["@acme/oncall"]


def test_the_screen(bare: World) -> None:
    """One screen: both sides, age, commits, dependencies, the migration that cannot be undone, expected seconds."""
    world = bare.make()
    world.through("1.0.0")
    world.release("1.1.0", dependency="v1.2.0", files={"services/api/migrations/2_irreversible_drop.sql": "x"})
    world.record("1.1.0")
    world.promote("1.1.0", "staging")
    world.judge("pass", "staging")
    world.promote("1.1.0")

    screen = world.run("rollback", "--env", "production", "--dry-run").out
    told = world.json("rollback", "--env", "production", "--dry-run")["screen"]

    assert "services/api/migrations/2_irreversible_drop.sql: IRREVERSIBLE" in screen
    assert "cannot be undone: the older release meets the newer data" in screen
    assert "1 commit taken back" in screen
    assert "ann@example.com" in screen
    assert told["expected_s"] > 0
    assert told["between"]["dependencies"] == [{"module": "example.com/dep", "before": "v1.2.0", "after": "v1.0.0"}]


def test_sums_of_release_files(bare: World) -> None:
    """A file that is not what its sum says keeps the release out, before anything is written."""
    world = bare.make(CONFIG + SUMS)
    world.release("1.0.0")
    world.record("1.0.0")
    world.promote("1.0.0", "staging")
    world.judge("pass", "staging")
    world.write("dist/api.tar.gz", "other")
    world.write("dist/SHA256SUMS", f"{hashlib.sha256(b'archive').hexdigest()}  api.tar.gz\n")
    refs = world.refs()

    refused = world.promote("1.0.0", code=5)
    world.write("dist/api.tar.gz", "archive")
    world.promote("1.0.0")

    assert "api.tar.gz" in refused.err
    assert refs != world.refs()
    assert world.current() == world.digests["1.0.0"]


RESTORE = "    require: {{restore: '{folder}/restore {{snapshot}}'}}\n"


def test_a_snapshot_is_restored_with_its_release(bare: World) -> None:
    """The release carries a reference; going back restores that of the older one, as the first step of the plan."""
    world = bare.make(CONFIG + RESTORE)
    program(world.folder / "restore", f'echo "$1" >> {world.folder}/restored')
    for version, health in (("1.0.0", "pass"), ("1.1.0", "fail")):
        world.release(version)
        world.run("record", "--image", f":{version}", "--snapshot", f"s3://config/{version}")
        world.promote(version, "staging")
        world.judge("pass", "staging")
        world.promote(version)
        world.judge(health)
    before = (world.folder / "restored").read_text().split()

    planned = world.run("rollback", "--env", "production", "--dry-run").out
    assert (world.folder / "restored").read_text().split() == before
    world.run("rollback", "--env", "production", "--yes")

    assert "s3://config/1.0.0" in planned
    assert (world.folder / "restored").read_text().split() == [*before, "s3://config/1.0.0"]
    assert before == ["s3://config/1.0.0", "s3://config/1.1.0"]


def test_a_verdict_that_was_found_elsewhere_is_told_like_any_other(bare: World) -> None:
    """A fail by `--health` is an incident, told once and told to be over; one of a release that ran before is none."""
    world = bare.make(CONFIG + TOLD)
    program(world.folder / "page", f"cat >> {world.folder}/pages; echo >> {world.folder}/pages")
    world.through("1.0.0")
    world.through("1.1.0")
    place = ("--env", "production")

    world.run("verdict", *place, "--health", "fail", "--to", "1.0.0", code=1)
    first = world.run("verdict", *place, "--health", "fail", "--reason", "500s", code=1)
    world.run("verdict", *place, "--health", "fail", code=1)
    world.run("verdict", *place, "--health", "pass")

    pages = [json.loads(line) for line in (world.folder / "pages").read_text().splitlines() if line]
    assert [(one["state"], one["version"], one["reason"]) for one in pages] == [
        ("failing", "1.1.0", "500s"),
        ("resolved", "", "ann@example.com found it so"),
    ]
    assert "alert webhook-2 was not told" in first.out
    assert world.run("verify").code == 0


def test_a_failure_after_the_move_is_told_once(bare: World) -> None:
    """Probes that fail tell people, and a second look at the same incident tells nobody again."""
    health = "    health: {{commands: [/bin/false], looks: 1, failures: 1, warm-up: 0, interval: 0.01}}\n"
    world = bare.make(CONFIG + TOLD + health)
    program(world.folder / "page", f"cat >> {world.folder}/pages; echo >> {world.folder}/pages")
    world.through("1.0.0")

    first = world.run("verdict", "--env", "production", code=1)
    world.run("verdict", "--env", "production", code=1)

    pages = [json.loads(line) for line in (world.folder / "pages").read_text().splitlines() if line]
    assert [one["state"] for one in pages] == ["failing"]
    assert pages[0]["command"].startswith("go-release-gate release rollback --service api --env production")
    assert "verdict fail" in first.out
