"""Mistakes that people make with the ledger: each is named before it is written down for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import World, git, stopped_clock

TWO = """\
services:
  api: {{image: "{registry}/{path}", module: services/api}}
  web: {{image: "{registry}/web", module: services/web}}
environments:
  staging: {{targets: [{{kind: channel-tag}}]}}
  production: {{after: staging, targets: [{{kind: channel-tag}}]}}
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two services and nothing recorded."""
    return World(tmp_path, registry, stopped_clock(monkeypatch)).make(TWO)


def test_a_tag_of_another_module_is_refused(world: World) -> None:
    """A digest is recorded once, so that a slip of the tag must not give it another service's version."""
    world.release("1.0.0")
    git(world.clone, "tag", "services/web/v7.0.0")
    refs = world.refs()

    words = ("record", "--service", "api", "--image", ":1.0.0", "--tag", "services/web/v7.0.0")
    refused = world.run(*words, code=2)

    assert "is of services/web, the module of web; that of api is services/api" in refused.err
    assert world.refs() == refs


def test_a_tag_that_contradicts_the_image_is_told(world: World) -> None:
    """The git tag counts, and who meant the image's is told."""
    world.release("1.0.0")
    world.release("1.1.0")

    done = world.run("record", "--service", "api", "--image", ":1.1.0", "--tag", "services/api/v1.0.0")

    assert "the image's tag 1.1.0 says another version than services/api/v1.0.0" in done.out


def test_a_digest_under_a_second_version_is_told(world: World) -> None:
    """It stays what it was, in a dry run, too, which must not promise an entry."""
    world.release("1.0.0")
    world.release("1.1.0")
    words = ("record", "--service", "api", "--image", ":1.0.0")
    world.run(*words)

    for again in (("--tag", "services/api/v1.1.0"), ("--tag", "services/api/v1.1.0", "--dry-run")):
        told = world.run(*words, *again)
        assert "is recorded already, as entry 1" in told.out
        assert "the digest stays 1.0.0, as entry 1 has it: 1.1.0 was not recorded" in told.out
    assert "would record" not in world.run(*words, "--dry-run").out


@pytest.mark.parametrize("verb", [("record",), ("record", "--dry-run"), ("promote", "--env", "staging", "--yes")])
def test_an_image_of_another_service_is_refused(world: World, registry: RealRegistry, verb: tuple[str, ...]) -> None:
    """Neither web's image nor one of a repository that nobody named becomes a release of api, by tag or digest."""
    world.release("1.0.0")
    world.run("record", "--service", "api", "--image", ":1.0.0")
    refs = world.refs()
    web = registry.push("web", "1.0.0", "web")
    other = registry.push("elsewhere", "1.0.0", "web")

    for image in (f"{registry.domain}/web:1.0.0", f"{registry.domain}/web@{web}"):
        refused = world.run(*verb, "--service", "api", "--image", image, code=5)
        assert f"not in {registry.domain}/web, which is the image of web" in refused.err
    refused = world.run(*verb, "--service", "api", "--image", f"{registry.domain}/elsewhere@{other}", code=5)
    assert f"not in {registry.domain}/elsewhere" in refused.err
    assert "among the `mirrors` of api" in refused.err
    assert world.refs() == refs


def test_an_image_of_a_mirror_is_recorded(world: World, registry: RealRegistry) -> None:
    """A repository that the configuration names beside the service's own holds its images."""
    path = world.clone / ".go-release-gate.yml"
    mirror = f"{registry.domain}/mirror"
    path.write_text(
        path.read_text("utf-8").replace("module: services/api", f"mirrors: [{mirror}], module: services/api")
    )
    world.release("1.0.0")
    registry.push("mirror", "1.0.0", "1.0.0")
    assert f"{mirror}@sha256:" in world.run("record", "--service", "api", "--image", f"{mirror}:1.0.0").out


def test_a_tag_that_the_registry_lacks_is_named(world: World) -> None:
    """The message has the tag that was looked for."""
    assert (
        f"has no {world.path} named 9.9.9" in world.run("record", "--service", "api", "--image", ":9.9.9", code=3).err
    )


def test_what_a_target_lost_is_put_back(world: World, registry: RealRegistry) -> None:
    """A tag that was moved by hand is promoted again to what the ledger says, with a reason; else nothing is done."""
    world.release("1.0.0")
    world.record("1.0.0")
    world.run("promote", "--service", "api", "--env", "staging", "--to", "1.0.0", "--yes")
    again = ("promote", "--service", "api", "--env", "staging", "--to", "1.0.0", "--yes", "--accept-drift", "by hand")
    assert "runs in staging already" in world.run(*again, code=5).err
    registry.push(world.path, "staging", "moved by hand")

    done = world.run(*again)

    assert "promoted to 1.0.0" in done.out
    assert "drift" not in world.run("status", "--service", "api", "--env", "staging").out


def test_a_hold_is_not_lifted_by_a_shorter_one(world: World) -> None:
    """Who may hold may not lift: a hold that ends before the standing one is refused; a longer one replaces it."""
    hold = ("hold", "--service", "api", "--env", "production")
    world.run(*hold, "--expires", "2h")
    refused = world.run(*hold, "--expires", "1h", code=5)
    assert "is held until 2026-" in refused.err
    assert "release unhold --service api --env production` first" in refused.err
    world.run(*hold, "--expires", "3h")
    world.run(*hold)
    assert "is held without an end since entry 3" in world.run(*hold, "--expires", "9d", code=5).err
    world.run("unhold", "--service", "api", "--env", "production")
    world.run(*hold, "--expires", "1h")


@pytest.mark.parametrize("words", [("quarantine", "--to", "9.9", "--reason", "x"), ("diff", "9.9", "9.9")])
def test_a_release_that_nobody_knows(world: World, words: tuple[str, ...]) -> None:
    """Who names none is told where all are."""
    assert "`go-release-gate release list --service api` shows all" in world.run(*words, "--service", "api", code=5).err


@pytest.mark.parametrize(
    ("part", "values", "code", "said"),
    [
        ("move", {"version": "9.9.9"}, 5, "the ledger 1.0.0"),
        ("plan", {"nonce": "99991231T000000Z-" + "a" * 32}, 5, "does not count any more"),
        ("plan", {"nonce": "x"}, 5, "does not count any more"),
        ("plan", {"kind": "verdict"}, 2, "a plan of a verdict, expected one of promote, rollback"),
    ],
)
def test_an_edited_plan(  # noqa: PLR0917
    world: World, tmp_path: Path, part: str, values: dict[str, str], code: int, said: str
) -> None:
    """A plan is a file that anybody may have edited: it names no version, and uses no request, of its own."""
    world.release("1.0.0")
    world.record("1.0.0")
    file = tmp_path / "plan.json"
    promote = ("promote", "--service", "api", "--env", "staging")
    world.run(*promote, "--dry-run", "--output", str(file))
    document = json.loads(file.read_text("utf-8"))
    (document["plan"] if part == "plan" else document["plan"]["move"]).update(values)
    file.write_text(json.dumps(document), "utf-8")
    refs = world.refs()

    assert said in world.run("promote", "--plan", str(file), "--yes", code=code).err
    assert world.refs() == refs


def test_a_plan_does_not_say_who_does_it(world: World, tmp_path: Path) -> None:
    """Who applies it is who the ledger names, and a person's word makes no move automatic."""
    world.release("1.0.0")
    world.record("1.0.0")
    file = tmp_path / "plan.json"
    world.run("promote", "--service", "api", "--env", "staging", "--dry-run", "--output", str(file))
    document = json.loads(file.read_text("utf-8"))
    document["plan"]["is_automatic"] = True
    document["plan"]["move"]["actor"] = "boss@example.com"
    file.write_text(json.dumps(document), "utf-8")

    world.run("promote", "--plan", str(file), "--yes")

    said = world.run("export").out
    assert "boss@example.com" not in said
    assert "automatic" not in said
