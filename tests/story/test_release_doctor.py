"""`doctor` tries the rights that the ledger needs, names those that are missing, and writes nothing."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.github import GitHub, faults
from go_release_gate.cli import app
from go_release_gate.cli.examine import State
from go_release_gate.cli.release import rights
from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import CONFIG, World, git, stopped_clock

FILES = "targets: [{{kind: gitops, files: [deploy/pod.yaml], deliver: pull-request}}]"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def bare(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without a repository yet."""
    return World(tmp_path, registry, stopped_clock(monkeypatch))


def world_at(bare: World, github: GitHub, *more: str) -> World:
    """A repository at GitHub whose settings need every right."""
    config = CONFIG.replace("targets: [{{kind: channel-tag}}]", FILES, 1) + "\n".join(more)
    world = bare.make(config)
    github.repository.origin = str(world.origin)
    world.environ |= {
        "GITHUB_API_URL": github.api_url,
        "GITHUB_REPOSITORY": "acme/shop",
        "GO_RELEASE_GATE_GITHUB_TOKEN": github.token,
    }
    return world


def found(world: World) -> dict[str, tuple[State, str]]:
    """What was found, by name and beginning of the text; with the hint behind it."""
    args = argparse.Namespace(path=str(world.clone), ca_bundle=None, origins={})
    lines = rights.examined(args, world.environ)
    return {
        f"{one.name} {one.text.split(' at ')[0]}" if one.name == "token" else one.name: (
            one.state,
            f"{one.text} / {one.hint}",
        )
        for one in lines
    }


def test_all_rights_are_there(bare: World, github: GitHub) -> None:
    """Each is tried, and nothing is left anywhere: no ref, no deployment, no pull request, no upload."""
    world = world_at(bare, github)
    refs = world.refs()

    lines = found(world)

    assert {name: state for name, (state, _) in lines.items()} == {
        "ledger push": State.FINE,
        "ledger rules": State.FINE,
        "image push": State.FINE,
        "token deployments: write": State.FINE,
        "token pull-requests: write": State.FINE,
    }
    assert world.refs() == refs
    assert not github.repository.deployments
    assert not github.repository.pulls
    written = [(method, path) for method, path in world.registry.writes() if world.path in path]
    assert [method for method, _ in written] == ["POST", "DELETE"]
    assert len(github.forgive()) == 2  # asked for what cannot be


def test_missing_rights_are_named(bare: World, github: GitHub) -> None:
    """A token that may only read is told which permissions it lacks."""
    world = world_at(bare, github, "ledger: {{transport: api}}")
    github.restrict(contents="read", metadata="read", deployments="read", pull_requests="read")

    lines = found(world)

    for right in ("contents: write", "deployments: write", "pull-requests: write"):
        state, text = next(one for name, one in lines.items() if name.startswith(f"token {right}"))
        assert (state, f"grant `{right}`" in text) == (State.NOTE, True)


def test_the_interface_needs_contents(bare: World, github: GitHub) -> None:
    """With `transport: api` no push is tried, and the right to write contents is."""
    world = world_at(bare, github, "ledger: {{transport: api}}")
    lines = found(world)
    assert "ledger push" not in lines
    assert lines["token contents: write"][0] is State.FINE
    assert "doctor" not in world.refs()
    github.forgive()


@pytest.mark.parametrize(
    ("bypass", "state", "said"),
    [
        ("always", State.FINE, "lets this identity pass"),
        ("never", State.NOTE, "bypass list of ruleset 5"),
        ("pull_requests_only", State.NOTE, "forbids entries: required_signatures, update"),
        (None, State.NOTE, "GitHub does not say who passes"),
    ],
)
def test_a_ruleset_in_the_way(bare: World, github: GitHub, bypass: str | None, state: State, said: str) -> None:
    """The rules that forbid entries are named, with the ruleset whose bypass list would do."""
    world = world_at(bare, github)
    of = {"ruleset_source_type": "Repository", "ruleset_source": "acme/shop", "ruleset_id": 5}
    kinds = ("update", "deletion", "required_signatures", "non_fast_forward")
    github.repository.branch_rules["release-ledger"] = [{"type": kind, **of} for kind in kinds]
    github.repository.rulesets[5] = {"id": 5, "name": "ledger", "source": "acme/shop", "enforcement": "active"}
    if bypass:
        github.repository.rulesets[5]["current_user_can_bypass"] = bypass

    seen, text = found(world)["ledger rules"]

    assert (seen, said in text) == (state, True)
    github.forgive()


def test_a_remote_that_takes_no_push(bare: World, github: GitHub) -> None:
    """What the remote says is told, with the right that it takes."""
    world = world_at(bare, github)
    git(world.clone, "config", "remote.origin.receivepack", "echo 'fatal: read only' >&2; false")
    state, text = found(world)["ledger push"]
    assert (state, "cannot be pushed to" in text, "contents: write" in text) == (State.NOTE, True, True)
    github.forgive()


def test_a_ledger_that_is_there(bare: World, github: GitHub) -> None:
    """The branch that is tried with does not continue the ledger; the remote's yes counts."""
    world = world_at(bare, github)
    world.release("1.0.0")
    world.record("1.0.0")
    refs = world.refs()
    assert found(world)["ledger push"][0] is State.FINE
    assert world.refs() == refs
    github.forgive()


def test_github_and_registry_away(bare: World, github: GitHub) -> None:
    """What cannot be asked is a note and no missing right."""
    world = world_at(bare, github)
    config = (world.clone / ".go-release-gate.yml").read_text().replace(world.registry.domain, "127.0.0.1:1")
    world.write(".go-release-gate.yml", config)
    github.plan(*[faults.status(401)] * 8)
    lines = found(world)
    assert lines["image push"][0] is State.NOTE
    assert lines["ledger push"][0] is State.FINE


def test_no_token(bare: World) -> None:
    """Without GitHub the rights that would be needed are named."""
    lines = found(bare.make())
    (text,) = [text for name, (_, text) in lines.items() if name.startswith("token")]
    assert "not tried: deployments: write" in text


def test_doctor_says_it(bare: World, github: GitHub) -> None:
    """The verb has the lines, and whether releases can be worked with; a check can run all the same."""
    world = world_at(bare, github)
    github.restrict(metadata="read", contents="read")
    said = doctor(world)
    assert said["releases"] is False
    assert "deployments: write at acme/shop is missing" in [one["text"] for one in said["examined"]]

    world.write(".go-release-gate.yml", "{}\n")
    assert "releases" not in doctor(world)


def doctor(world: World) -> Any:
    """The JSON of `doctor`."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        app.run(["doctor", str(world.clone), "--format", "json"], world.environ)
    return json.loads(out.getvalue())
