"""The release ledger as a team uses it: real git, a real registry, the real command line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from go_release_gate.cli.schema import schema_text
from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import World, git, stopped_clock


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry for all of them; every world has digests of its own clock only by its texts."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """An empty ledger, and a clock that stands still between runs."""
    return World(tmp_path, registry, stopped_clock(monkeypatch)).make()


def test_from_the_first_release_to_the_way_back(world: World) -> None:
    """Record, promote, verdict; a bad release; rollback; the hold; promotion refused; the hold lifted."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    assert world.current() == world.digests["1.1.0"]

    done = world.run("rollback", "--env", "production", "--yes", "--reason", "500s")

    assert world.current() == world.digests["1.0.0"]
    assert "release unhold --service api --env production" in done.out
    refused = world.promote("1.1.0", code=5)
    assert "held since entry" in refused.err
    world.run("unhold", "--env", "production", "--reason", "fixed by the next one")
    world.promote("1.1.0")
    assert world.current() == world.digests["1.1.0"]


def test_a_dry_run_writes_nothing(world: World, registry: RealRegistry, tmp_path: Path) -> None:
    """Neither the registry's own log nor the origin's refs know of it, and it says what applying then does."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    refs, writes = world.refs(), registry.writes()
    plan = tmp_path / "plan.json"

    said = world.run("rollback", "--env", "production", "--dry-run", "--output", str(plan)).out
    kept = world.json("promote", "--env", "staging", "--to", "1.0.0", "--dry-run")

    assert (world.refs(), registry.writes()) == (refs, writes)
    assert f"put the manifest {world.digests['1.0.0']} under" in said
    assert kept["plan"]["move"]["image"]["digest"] == world.digests["1.0.0"]
    world.run("rollback", "--plan", str(plan), "--yes")
    assert world.current() == world.digests["1.0.0"]


def test_a_stale_plan_is_not_applied(world: World, tmp_path: Path) -> None:
    """A plan whose beginning is no longer true exits with 4 and changes nothing."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    plan = tmp_path / "plan.json"
    world.run("rollback", "--env", "production", "--dry-run", "--output", str(plan))
    world.run("rollback", "--env", "production", "--yes")
    refs = world.refs()

    refused = world.run("rollback", "--plan", str(plan), "--yes", code=4)

    assert "the ledger now says" in refused.err
    assert world.refs() == refs


def test_a_release_that_was_fled_from_is_told(world: World) -> None:
    """Its last verdict was pass, so that it is good; whoever goes back to it is told what became of it."""
    world.through("1.0.0")
    world.through("1.1.0")
    world.run("rollback", "--env", "production", "--yes", "--reason", "500s since noon")
    world.run("unhold", "--env", "production")
    world.through("1.2.0", "fail")
    words = "1.1.0 was rolled back from in entry 17: 500s since noon; nobody has judged it since"

    assert words in world.run("rollback", "--env", "production", "--dry-run").out
    assert words not in world.run("rollback", "--env", "production", "--to", "-2", "--dry-run").out
    done = world.run("rollback", "--env", "production", "--yes")

    assert f"note: {words}" in done.err
    assert world.current() == world.digests["1.1.0"]


def test_a_version_of_two_digests_is_said(world: World) -> None:
    """A version that is recorded a second time with another image names neither, and the message tells them apart."""
    world.release("1.0.0")
    world.record("1.0.0")
    first = world.digests["1.0.0"]
    second = world.registry.push(world.path, "1.0.0", "other bytes")

    known = world.record("1.0.0").out
    refused = world.promote("1.0.0", "staging", code=5).err

    for text in (known, refused):
        assert (
            f"1.0.0 names 2 releases of api: say which digest: {first[:19]} (entry 1), {second[:19]} (entry 2)" in text
        )
    assert "record it first" not in refused
    world.promote(second[:19], "staging")
    assert world.current("staging") == second


def test_a_plan_is_applied_once(world: World, tmp_path: Path) -> None:
    """Of two who apply one plan of a promotion, the second is told that it is stale."""
    world.through("1.0.0")
    world.release("1.1.0")
    world.record("1.1.0")
    plan = str(tmp_path / "plan.json")
    world.run("promote", "--env", "staging", "--to", "1.1.0", "--dry-run", "--output", plan)
    world.run("promote", "--plan", plan, "--yes")
    refs = world.refs()

    assert "plan again" in world.run("promote", "--plan", plan, "--yes", code=4).err
    assert world.refs() == refs


def test_a_tag_that_was_moved_by_hand_makes_a_plan_stale(world: World, registry: RealRegistry, tmp_path: Path) -> None:
    """What a target shows is one of a plan's preconditions; a new plan stops with the drift."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    plan = tmp_path / "plan.json"
    world.run("rollback", "--env", "production", "--dry-run", "--output", str(plan))
    strange = registry.push(world.path, "production", "by hand")

    assert f"channel-tag shows {strange}" in world.run("rollback", "--plan", str(plan), "--yes", code=4).err
    refused = world.run("rollback", "--env", "production", "--yes", code=5)
    assert f"channel-tag shows {strange}" in refused.err
    assert world.json("status", "--env", "production")["places"][0]["drift"] == [f"channel-tag shows {strange}"]
    world.run("rollback", "--env", "production", "--yes", "--accept-drift", "moved by hand")
    assert world.current() == world.digests["1.0.0"]


def test_two_levels_back(world: World) -> None:
    """`-2` is the second good one; a second rollback walks on; then there is nothing left, and each says why."""
    for version in ("1.0.0", "1.1.0"):
        world.through(version)
    world.through("1.2.0", "fail")
    world.through("1.3.0", "fail")

    planned = world.json("rollback", "--env", "production", "--to", "-2", "--dry-run")
    assert planned["plan"]["move"]["image"]["digest"] == world.digests["1.0.0"]
    assert "its last verdict in production is fail" in planned["plan"]["rejected"][0]["reason"]
    world.run("rollback", "--env", "production", "--yes")
    world.run("rollback", "--env", "production", "--yes")
    assert world.current() == world.digests["1.0.0"]
    assert "no good release" in world.run("rollback", "--env", "production", "--yes", code=5).err


def test_nothing_to_go_back_to(world: World) -> None:
    """The first release has nothing behind it, and a place where nothing runs has nothing at all: exit 5."""
    assert "there is nothing to roll back" in world.run("rollback", "--env", "staging", "--yes", code=5).err
    world.release("1.0.0")
    world.record("1.0.0")
    world.promote("1.0.0", "staging")

    assert "no good release" in world.run("rollback", "--env", "staging", "--yes", code=5).err


def test_a_digest_is_recorded_once(world: World) -> None:
    """The second recording writes nothing and names the first."""
    world.release("1.0.0")
    first = world.record("1.0.0")
    refs = world.refs()

    again = world.json("record", "--image", ":1.0.0")

    assert "entry 1: recorded" in first.out
    assert (again["seq"], again["entries"]) == (1, [])
    assert world.refs() == refs


def test_what_is_recorded(world: World) -> None:
    """The tag's own commit counts, with the hashes of the module's files in it, whatever is checked out."""
    world.release("1.0.0")
    commit = git(world.clone, "rev-parse", "HEAD")
    world.release("1.1.0", dependency="v1.2.0")
    world.record("1.0.0")

    entry = json.loads(world.run("export").out)["entry"]

    text = git(world.clone, "show", f"{commit}:services/api/go.mod") + "\n"
    assert entry["source"]["commit"] == commit
    assert entry["source"]["tag"] == "services/api/v1.0.0"
    assert entry["source"]["version"] == "1.0.0"
    assert entry["source"]["go_mod"] == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert entry["image"]["digest"] == world.digests["1.0.0"]


def test_the_order_of_environments(world: World) -> None:
    """Production comes after staging's passed verdict; the newest that may is the default."""
    world.release("1.0.0")
    world.record("1.0.0")
    assert "production comes after staging, where it has no verdict" in world.promote("1.0.0", code=5).err
    world.promote("1.0.0", "staging")
    world.judge("fail", "staging")
    assert "its verdict is fail" in world.promote("1.0.0", code=5).err
    world.judge("pass", "staging")
    world.release("1.1.0")
    world.record("1.1.0")

    world.run("promote", "--env", "production", "--yes")

    assert world.current() == world.digests["1.0.0"]


def test_an_image_that_is_gone_is_not_promoted(world: World) -> None:
    """A digest that the registry cannot give is refused before anything is written, and said to be gone."""
    world.release("1.0.0")
    world.record("1.0.0")
    world.delete("1.0.0")
    refs = world.refs()

    refused = world.promote("1.0.0", "staging", code=5)

    assert (
        f"cannot be pulled whole: {world.registry.domain}/{world.path} has no {world.digests['1.0.0']}" in refused.err
    )
    assert world.refs() == refs


def test_an_image_that_lost_a_part_is_not_promoted(world: World) -> None:
    """An index that stands there without one of its platforms is refused, and the platform is named."""
    world.digests["1.0.0"] = world.registry.push_platforms(world.path, "1.0.0", "linux/amd64", "linux/arm64")
    world.record("1.0.0")
    children = json.loads(world.run("export").out)["entry"]["image"]["children"]
    world.digests["arm64"] = next(one["digest"] for one in children if one["platform"] == "linux/arm64")
    world.delete("arm64")
    refs = world.refs()

    refused = world.promote("1.0.0", "staging", code=5)

    assert f"misses the manifest of linux/arm64 ({world.digests['arm64']})" in refused.err
    assert world.refs() == refs


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rollback", "--env", "production"), "nobody can be asked"),
        (("rollback", "--yes"), "--env is missing"),
        (("rollback", "--env", "prodution", "--yes"), "did you mean production?"),
        (("rollback", "--service", "web", "--env", "production", "--yes"), "no service 'web'"),
        (("promote", "--plan", "p.json", "--to", "1.0.0", "--yes"), "--plan and --to do not go together"),
        (("rollback", "--plan", "none.json", "--yes"), "cannot read the plan"),
        (("list", "--to", "1.0.0"), "unknown option '--to'"),
        (("rolback",), "did you mean rollback?"),
        (("hold", "--env", "production", "--expires", "tomorrow"), "expected 90m, 12h, 3d"),
        (("verdict", "--env", "production", "--health", "good"), "expected one of pass, fail, inconclusive"),
        (("record",), "--image is missing"),
        (("record", "--image", ":1.0.0", "--field", "ticket"), "expected NAME=VALUE"),
        (("quarantine", "--to", "1.0.0"), "--reason is missing"),
        (("diff", "1.0.0"), "required: B"),
    ],
)
def test_wrong_usage(world: World, words: tuple[str, ...], said: str) -> None:
    """What makes no sense exits with 2, says what was expected, and writes nothing."""
    refs = world.refs()

    assert said in world.run(*words, code=2).err
    assert world.refs() == refs


def test_a_ledger_that_is_away(world: World) -> None:
    """No answer is no empty ledger: exit 3."""
    world.through("1.0.0")
    world.origin.rename(world.folder / "gone.git")

    for words in (("status",), ("rollback", "--env", "production", "--yes"), ("verify",)):
        assert "cannot be fetched" in world.run(*words, code=3).err


def test_a_forged_entry_is_named(world: World) -> None:
    """verify names the first bad entry and exits with 1; nothing is decided on such a ledger."""
    world.through("1.0.0")
    forge(world)

    verified = world.json("verify", code=1)

    assert (verified["fault_seq"], verified["entries"]) == (8, 7)
    assert "entry 8 of the ledger" in world.run("status", code=5).err
    assert "no" in world.run("export", "--format", "csv", code=1).out.splitlines()[-1]


def test_a_required_field(world: World) -> None:
    """An entry without it is refused before anything is pushed."""
    world.write(".go-release-gate.yml", (world.clone / ".go-release-gate.yml").read_text("utf-8") + REQUIRED)
    world.release("1.0.0")
    refs = world.refs()

    assert "add --field ticket=VALUE" in world.run("record", "--image", ":1.0.0", code=5).err
    assert world.refs() == refs
    world.run("record", "--image", ":1.0.0", "--field", "ticket=OPS-1")


def test_quarantine_bars_the_way_back(world: World) -> None:
    """A quarantined release is neither gone back to nor promoted, and says why."""
    world.through("1.0.0")
    world.through("1.1.0")
    world.run("quarantine", "--to", "1.0.0", "--reason", "CVE-2026-1")

    refused = world.run("rollback", "--env", "production", "--yes", code=5)

    assert "it is quarantined: CVE-2026-1" in refused.err
    assert "quarantined" in world.promote("1.0.0", code=5).err


def test_a_rollback_point_expires(world: World) -> None:
    """After 72 hours the way back wants a word."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    world.clock.now += timedelta(hours=73)

    refused = world.run("rollback", "--env", "production", "--yes", code=5)

    assert "its rollback point has expired" in refused.err
    assert "--accept-expired" in refused.err
    world.run("rollback", "--env", "production", "--yes", "--accept-expired")


def test_a_hold_runs_out(world: World) -> None:
    """A hold with an end is in force until then."""
    world.through("1.0.0")
    world.through("1.1.0")
    world.run("hold", "--env", "production", "--expires", "2h", "--reason", "sale")
    assert "sale" in world.promote("1.0.0", code=5).err
    world.clock.now += timedelta(hours=3)

    world.promote("1.0.0")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("status",), "release-status"),
        (("list",), "release-list"),
        (("diff", "1.0.0", "1.1.0"), "release-diff"),
        (("verify",), "release-verify"),
        (("rollback", "--env", "production", "--dry-run"), "release-plan"),
        (("hold", "--env", "production"), "release-outcome"),
    ],
)
def test_objects_follow_their_schemas(world: World, words: tuple[str, ...], kind: str) -> None:
    """Each object is valid by `schema KIND`, which lets nothing unknown through."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    schema = json.loads(schema_text(kind))

    document = world.json(*words)

    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["kind"] == kind
    assert not jsonschema.Draft202012Validator(schema).is_valid({**document, "more": 1})


REQUIRED = "ledger:\n  required: [ticket]\n"


def forge(world: World) -> None:
    """Push an entry that fits nobody's chain."""
    tree = world.folder / "forged"
    git(world.folder, "clone", "--quiet", "--branch", "release-ledger", str(world.origin), "forged")
    entry = json.loads((tree / "entry.json").read_text("utf-8"))
    (tree / "entry.json").write_text(json.dumps({**entry, "seq": 8}), "utf-8")
    git(tree, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-am", "forged")
    git(tree, "push", "--quiet", "origin", "HEAD:release-ledger")
