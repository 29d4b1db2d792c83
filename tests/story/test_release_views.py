"""Views of the ledger by the real command line: written after each move, compared, never believed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.github import GitHub
from go_release_gate.adapters.github import client
from go_release_gate.adapters.targets.channel_tag import ChannelTag
from go_release_gate.errors import GateError, RefusedError, RolloutError
from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import CONFIG, World, git, stopped_clock

LEDGER = "refs/heads/release-ledger"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def bare(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without a repository yet."""
    defaults = client.Timing.__init__.__defaults__ or ()
    monkeypatch.setattr(client.Timing.__init__, "__defaults__", (*defaults[:-1], 0.0))  # no wait between writes
    return World(tmp_path, registry, stopped_clock(monkeypatch))


def at_github(world: World, github: GitHub) -> World:
    """The world's origin is the fake's repository, and a token for it is there."""
    github.repository.origin = str(world.origin)
    world.environ |= {
        "GITHUB_API_URL": github.api_url,
        "GITHUB_REPOSITORY": "acme/shop",
        "GO_RELEASE_GATE_GITHUB_TOKEN": github.token,
    }
    return world


def cut(world: World, keep: int) -> None:
    """Somebody pushes a shorter ledger with force."""
    clone = world.folder / "stranger"
    git(world.folder, "clone", "--quiet", str(world.origin), str(clone))
    names = git(clone, "rev-list", "--reverse", "origin/release-ledger").splitlines()
    git(clone, "push", "--quiet", "--force", "origin", f"{names[keep - 1]}:{LEDGER}")


def never_seen(world: World) -> None:
    """The clone is one that never saw the ledger, as a job's fresh checkout: only views can tell it what is missing."""
    for ref in git(world.clone, "for-each-ref", "--format=%(refname)", "refs/go-release-gate").splitlines():
        git(world.clone, "update-ref", "-d", ref)
    shutil.rmtree(world.folder / "home" / ".cache")


def test_moves_are_deployments(bare: World, github: GitHub) -> None:
    """Each promotion and rollback is one, with the commit of its release; the ledger and its views agree."""
    world = at_github(bare.make(), github)
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    world.run("rollback", "--env", "production", "--yes", "--reason", "500s")

    there = [
        (one.asked["environment"], one.sha, [status["state"] for status in one.statuses])
        for one in github.repository.deployments.values()
    ]
    old, new = (git(world.clone, "rev-parse", f"services/api/v{version}") for version in ("1.0.0", "1.1.0"))
    assert there == [
        ("staging", old, ["success", "inactive"]),
        ("production", old, ["success", "inactive"]),
        ("staging", new, ["success"]),
        ("production", new, ["success", "inactive"]),
        ("production", old, ["success"]),
    ]
    verified = world.json("verify")
    assert (verified["views"], verified["fault_seq"]) == ([], 0)


@pytest.mark.parametrize("keep", [1, 5])
def test_a_ledger_cut_by_force_is_reported(bare: World, github: GitHub, keep: int) -> None:
    """Deployments and artifacts say what is missing at the ledger's end; the ledger counts all the same."""
    world = at_github(bare.make(), github)
    world.through("1.0.0")
    cut(world, keep)
    never_seen(world)

    verified = world.json("verify", code=1)

    said = "\n".join(verified["views"])
    assert f"entry 6 is a deployment at GitHub, the ledger ends with entry {keep}" in said
    assert f"entry 7 is beside its image, the ledger ends with entry {keep}" in said
    assert (verified["entries"], verified["fault_seq"]) == (keep, 0)
    assert world.current() == ""


def test_a_ledger_that_is_gone_is_reported(bare: World) -> None:
    """Of a ledger that was taken away whole, the registry's own tags still name the images."""
    world = bare.make()
    world.through("1.0.0")
    git(world.origin, "update-ref", "-d", LEDGER)
    never_seen(world)

    said = "\n".join(world.json("verify", code=1)["views"])

    assert "entry 1 is beside its image, the ledger ends with entry 0" in said


def test_a_ledger_written_anew_is_reported(bare: World, github: GitHub) -> None:
    """Entries that took the place of others have another digest than the views know."""
    world = at_github(bare.make(), github)
    world.through("1.0.0")
    cut(world, 5)
    never_seen(world)
    del world.environ["GO_RELEASE_GATE_GITHUB_TOKEN"]
    world.run("hold", "--env", "production", "--reason", "another sixth entry")
    at_github(world, github)

    said = "\n".join(world.json("verify", code=1)["views"])

    assert "entry 6 is another one in the deployment than in the ledger" in said
    assert "entry 6 is another one beside its image than in the ledger" in said


def test_a_view_that_fails_changes_nothing(bare: World, github: GitHub) -> None:
    """A missing right is a notice; the move is done and recorded, and verifying says what the view lacks."""
    world = at_github(bare.make(), github)
    world.release("1.0.0")
    world.record("1.0.0")
    world.promote("1.0.0", "staging")
    github.restrict(contents="read", metadata="read", deployments="read")
    world.judge("pass", "staging")

    done = world.promote("1.0.0")

    assert "deployments: write" in done.out
    assert world.current() == world.digests["1.0.0"]
    verified = world.json("verify")
    assert verified["views"] == []
    assert "entry 6 is no deployment at GitHub" in verified["notices"]


def test_views_that_nobody_wants(bare: World, github: GitHub) -> None:
    """Without a view in the settings nothing is sent to GitHub, and nothing lies beside an image."""
    world = at_github(bare.make(CONFIG + "ledger: {{views: []}}\n"), github)
    world.through("1.0.0")
    assert world.json("verify")["views"] == []
    assert not github.requests
    artifacts = [path for _, path in world.registry.writes() if f"/{world.path}/manifests/sha256" in path]
    assert not artifacts


@pytest.mark.parametrize(
    ("error", "code", "state"),
    [(RolloutError("it does not come up"), 3, "success"), (RefusedError("it does not come up"), 5, "failure")],
    ids=["moved", "refused"],
)
def test_a_move_that_ends_badly_is_shown(  # noqa: PLR0917
    bare: World, github: GitHub, monkeypatch: pytest.MonkeyPatch, error: GateError, code: int, state: str
) -> None:
    """The command ends with its error, and the entry that closes the move is shown all the same."""
    world = at_github(bare.make(), github)
    world.release("1.0.0")
    world.record("1.0.0")

    def broken(*_words: object) -> str:
        raise error

    monkeypatch.setattr(ChannelTag, "apply", broken)
    ran = world.run("promote", "--env", "staging", "--to", "1.0.0", "--yes", code=code)

    assert "it does not come up" in ran.err
    (there,) = github.repository.deployments.values()
    assert [status["state"] for status in there.statuses] == [state]
    assert world.json("verify")["notices"] == ["no signer is configured: signatures were not judged"]


def test_a_move_that_was_given_up_is_shown(bare: World, github: GitHub) -> None:
    """What is abandoned is an error at GitHub, and its intent lies beside the image."""
    target = "targets: [{{kind: command, run: 'false', observe: 'echo'}}]"
    world = at_github(bare.make(CONFIG.replace("targets: [{{kind: channel-tag}}]", target, 1)), github)
    world.release("1.0.0")
    world.record("1.0.0")
    world.run("promote", "--env", "staging", "--to", "1.0.0", "--yes", code=3)
    assert not github.repository.deployments

    world.run("abandon", "--env", "staging", "--reason", "it never comes up")

    (there,) = github.repository.deployments.values()
    assert [status["state"] for status in there.statuses] == ["error"]
    assert world.json("verify")["notices"] == ["no signer is configured: signatures were not judged"]


def test_entries_by_the_interface(bare: World, github: GitHub) -> None:
    """With `transport: api` nothing is pushed: GitHub makes the commits, and the clone knows them offline too."""
    world = at_github(bare.make(CONFIG + "ledger: {{transport: api}}\n"), github)
    git(world.clone, "config", "remote.origin.pushurl", str(world.folder / "nowhere"))
    for version, health in (("1.0.0", "pass"), ("1.1.0", "fail")):
        git(world.clone, "config", "--unset", "remote.origin.pushurl")
        world.release(version)
        git(world.clone, "config", "remote.origin.pushurl", str(world.folder / "nowhere"))
        world.record(version)
        world.promote(version, "staging")
        world.judge("pass", "staging")
        world.promote(version)
        world.judge(health)

    world.run("rollback", "--env", "production", "--yes", "--reason", "500s")

    assert world.current() == world.digests["1.0.0"]
    verified = world.json("verify")
    assert (verified["views"], verified["entries"]) == ([], 17)
    made = [asked for asked in github.writes if asked.path.endswith("/git/commits")]
    assert len(made) == 17
    assert set(git(world.origin, "log", "--format=%ce", LEDGER).splitlines()) == {"bot@example.com"}
