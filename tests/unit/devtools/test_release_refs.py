"""devtools/release/refs.py on a bare origin: a version stands for ever, its major tag follows, kills do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from support.ownrelease import DIGEST, VERSION, Checkout, World, git

import commits  # isort: skip - on the path by now
import refs  # isort: skip
from checkout import RefusedError  # isort: skip

REMOTE = ("push", "ls-remote", "fetch")


def release(checkout: Checkout, version: str, built: str) -> str:
    """All that a run does with git, in its order; the commit of the release."""
    found = refs.state(checkout, version, built)
    made = commits.make(checkout, version, built, found["digest"] or DIGEST)
    refs.tag(checkout, version, made.release)
    refs.major(checkout, version)
    return made.release


class KilledError(Exception):
    """The run ended here."""


@dataclass(frozen=True, slots=True)
class Mortal(Checkout):
    """A clone whose run is killed at its n-th word with the remote, before or after it."""

    left: list[int] = field(default_factory=list)
    after: bool = False

    def git(self, *arguments: str, given: bytes = b"", environ: Mapping[str, str] | None = None) -> str:
        """As it is, until its time has come."""
        if arguments[0] not in REMOTE:
            return Checkout.git(self, *arguments, given=given, environ=environ)
        self.left[0] -= 1
        if self.left[0] == 0 and not self.after:
            raise KilledError
        said = Checkout.git(self, *arguments, given=given, environ=environ)
        if self.left[0] == 0:
            raise KilledError
        return said


def test_the_tag_is_on_the_last_commit_and_the_major_tag_with_it(world: World) -> None:
    """v0.1.0 and v0 stand at the release's commit, whose action runs the digest; main is as it was."""
    main = git(world.origin, "rev-parse", "main")
    made = release(world.checkout, VERSION, world.built)
    assert world.tags() == {"v0.1.0": made, "v0": made}
    assert f"image: docker://ghcr.io/acme/go-release-gate@{DIGEST}" in git(world.origin, "show", "v0.1.0:action.yml")
    assert git(world.origin, "rev-parse", "v0.1.0~3") == git(world.origin, "rev-parse", "main") == main
    assert git(world.origin, "for-each-ref", "--format=%(refname)") == "refs/heads/main\nrefs/tags/v0\nrefs/tags/v0.1.0"


def test_every_hash_in_the_tag_is_in_the_origin(world: World) -> None:
    """What workflows and starter workflows of the tag call can be fetched from the public repository."""
    release(world.checkout, VERSION, world.built)
    origin = Checkout(world.origin)
    for _, ref in commits.own_references(origin, "v0.1.0"):
        assert origin.commit(ref) == ref


def test_a_second_run_is_refused(world: World) -> None:
    """A version that is released is not made again, and the message says so; nothing moves."""
    release(world.checkout, VERSION, world.built)
    before = world.tags()
    with pytest.raises(RefusedError, match=r"v0\.1\.0 is released, at .*: release the next version"):
        release(world.checkout, VERSION, world.built)
    assert world.tags() == before


def test_the_next_version_moves_the_major_tag_alone(world: World) -> None:
    """v0 goes to v0.2.0; v0.1.0 stays for ever."""
    first = release(world.checkout, VERSION, world.built)
    second = release(world.checkout, "0.2.0", world.next_version("0.2.0"))
    assert world.tags() == {"v0.1.0": first, "v0.2.0": second, "v0": second}


@pytest.mark.parametrize("version", ["0.1.1", "0.3.0-rc.1"])
def test_the_major_tag_follows_the_highest_stable_release_alone(world: World, version: str) -> None:
    """A patch of an older line and a prerelease are tagged, and v0 stays at the highest stable version."""
    release(world.checkout, VERSION, world.built)
    highest = release(world.checkout, "0.2.0", world.next_version("0.2.0"))
    made = release(world.checkout, version, world.next_version(version))
    assert world.tags()["v0"] == highest
    assert world.tags()[f"v{version}"] == made
    with pytest.raises(RefusedError, match="is released"):
        refs.state(world.checkout, version, world.built, is_published=True)


def test_another_major_version_has_its_own_tag(world: World) -> None:
    """v1.0.0 makes v1 and leaves v0."""
    first = release(world.checkout, VERSION, world.built)
    second = release(world.checkout, "1.0.0", world.next_version("1.0.0"))
    assert world.tags() == {"v0.1.0": first, "v0": first, "v1.0.0": second, "v1": second}


def test_a_version_tag_never_moves(world: World) -> None:
    """Another commit, an older clone's or one made in a race, does not get a tag that stands."""
    made = release(world.checkout, VERSION, world.built)
    with pytest.raises(RefusedError, match="is never moved"):
        refs.tag(world.checkout, VERSION, world.built)
    assert world.tags()["v0.1.0"] == made


def test_who_comes_second_in_a_race_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that looked before the tag was there cannot take it from the one that was faster."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST).release
    tags = Checkout.remote_tags

    def outdated(self: Checkout) -> dict[str, str]:
        found = tags(self)
        git(world.origin, "update-ref", "refs/tags/v0.1.0", world.built)
        return found

    monkeypatch.setattr(Checkout, "remote_tags", outdated)
    with pytest.raises(RefusedError, match="git push"):
        refs.tag(world.checkout, VERSION, made)
    assert world.tags() == {"v0.1.0": world.built}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_that_was_killed_is_taken_up_where_it_stopped(world: World, after: bool) -> None:
    """Killed at any word with the remote, the next run ends with the same two tags; no version tag was ever moved."""
    expected = commits.make(world.checkout, VERSION, world.built, DIGEST).release
    kills = 0
    while True:
        mortal = Mortal(world.checkout.root, left=[kills + 1], after=after)
        try:
            release(mortal, VERSION, world.built)
        except KilledError:
            kills += 1
        else:
            break
        assert world.tags().get("v0.1.0", expected) == expected
        if world.tags().get("v0") == expected:
            with pytest.raises(RefusedError, match="is released"):
                release(world.checkout, VERSION, world.built)
        else:
            assert release(world.checkout, VERSION, world.built) == expected
        assert world.tags() == {"v0.1.0": expected, "v0": expected}
        for name in world.tags():
            git(world.origin, "update-ref", "-d", f"refs/tags/{name}")
    assert kills >= 7


def test_a_run_taken_up_uses_the_image_that_was_released(world: World) -> None:
    """Stopped behind the tag, the next run is given the digest of action.yml at that tag, not a new one."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST)
    assert refs.state(world.checkout, VERSION, world.built)["state"] == "fresh"
    refs.tag(world.checkout, VERSION, made.release)
    found = refs.state(world.checkout, VERSION, world.built)
    assert (found["state"], found["digest"], found["commit"]) == ("tagged", DIGEST, world.built)


def test_taking_up_from_another_commit_says_from_which(world: World) -> None:
    """main went on while a release was stopped: the message names the commit to run it from."""
    built = world.built
    refs.tag(world.checkout, VERSION, commits.make(world.checkout, VERSION, built, DIGEST).release)
    (world.checkout.root / "README.md").write_text("more\n", "utf-8")
    git(world.checkout.root, "commit", "-qam", "Words")
    git(world.checkout.root, "push", "-q", "origin", "main")
    with pytest.raises(RefusedError, match=f"press Re-run.*{world.built} is another") as error:
        refs.state(world.checkout, VERSION, world.built)
    assert f"built from {built}" in str(error.value)


def test_what_is_not_ready_is_refused(world: World) -> None:
    """Another version in the code, an undated changelog, a commit beside main: each is told with what to do."""
    with pytest.raises(RefusedError, match="change __version__ first"):
        refs.state(world.checkout, "0.9.0", world.built)
    changes = world.checkout.root / "CHANGELOG.md"
    changes.write_text(changes.read_text("utf-8").replace("(2026-11-30)", "(unreleased)"), "utf-8")
    git(world.checkout.root, "commit", "-qam", "Not yet")
    with pytest.raises(RefusedError, match="is not on main"):
        refs.state(world.checkout, VERSION, world.built)
    git(world.checkout.root, "push", "-q", "origin", "main")
    with pytest.raises(RefusedError, match=r"CHANGELOG\.md has no `## 0\.1\.0 \(YYYY-MM-DD\)`"):
        refs.state(world.checkout, VERSION, world.built)


def test_the_major_tag_waits_for_the_version(world: World) -> None:
    """v0 cannot go to a version that is not there."""
    with pytest.raises(RefusedError, match=r"run `refs\.py tag` first"):
        refs.major(world.checkout, VERSION)
