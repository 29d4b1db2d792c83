"""What commits say of the next version."""

from __future__ import annotations

import pytest

from go_release_gate.gomod.conventional import Bump, Commit, bump_of
from go_release_gate.gomod.nextversion import last_release, propose

M = "example.com/shop"


@pytest.mark.parametrize(
    ("message", "bump"),
    [
        ("feat: x", Bump.MINOR),
        ("feat(api): x", Bump.MINOR),
        ("Feat: x", Bump.MINOR),
        ("fix: x", Bump.PATCH),
        ("perf(db): x", Bump.PATCH),
        ("revert: feat: x", Bump.PATCH),
        ('Revert "feat: x"', Bump.PATCH),
        ("refactor!: x", Bump.MAJOR),
        ("feat(api)!: x", Bump.MAJOR),
        ("fix: x\n\nbody\n\nBREAKING CHANGE: y", Bump.MAJOR),
        ("fix: x\n\nBREAKING-CHANGE: y", Bump.MAJOR),
        ("fix: x\n\nno BREAKING CHANGE: y", Bump.PATCH),
        ("chore: x", Bump.NONE),
        ("docs: x", Bump.NONE),
        ("fixed the feat: x", Bump.PATCH),
        ("feat:x", Bump.PATCH),
        ("Merge things", Bump.PATCH),
    ],
)
def test_words_of_the_convention(message: str, bump: Bump) -> None:
    """`feat` adds, `fix` mends, `!` and the footer break; a message outside the convention mends what it changed."""
    assert bump_of(Commit("1", message), ["main.go"]) is bump


def test_files_decide_where_words_do_not() -> None:
    """Changed requirements mend under any word; tests and documents alone do not; without files of the module nothing
    does."""
    assert bump_of(Commit("1", "chore: x"), ["api/go.mod"]) is Bump.PATCH
    assert bump_of(Commit("1", "x"), ["a_test.go", "README.md", "testdata/x"]) is Bump.NONE
    assert bump_of(Commit("1", "feat!: x"), []) is Bump.NONE


@pytest.mark.parametrize(
    ("path", "bump", "tags", "version"),
    [
        (M, Bump.PATCH, ["v1.2.3"], "v1.2.4"),
        (M, Bump.MINOR, ["v1.2.3"], "v1.3.0"),
        (M, Bump.NONE, ["v1.2.3"], ""),
        (M, Bump.MAJOR, ["v0.4.2"], "v0.5.0"),
        (M, Bump.NONE, [], "v0.1.0"),
        (f"{M}/v2", Bump.MAJOR, ["v1.9.0"], "v2.0.0"),
        (f"{M}/v2", Bump.PATCH, ["v1.9.0", "v2.0.0"], "v2.0.1"),
        (M, Bump.PATCH, ["v1.2.3", "v2.0.0"], "v1.2.4"),
        (M, Bump.PATCH, ["v1.2.3", "v1.3.0-rc.1"], "v1.3.0"),
        (M, Bump.NONE, ["v1.2.3", "v1.3.0-rc.1"], "v1.3.0"),
        (M, Bump.MINOR, ["v1.2.3", "v1.2.4-rc.1"], "v1.3.0"),
        (M, Bump.PATCH, ["v1.3.0-rc.1", "v1.3.0"], "v1.3.1"),
        (M, Bump.NONE, ["v1.0.0-rc.1"], "v1.0.0"),
        (M, Bump.PATCH, ["v1.2", "vx"], "v0.1.0"),
    ],
)
def test_the_next_version(path: str, bump: Bump, tags: list[str], version: str) -> None:
    """The last release of the path's own major version is raised; a prerelease becomes the release it announced."""
    found = propose(path, bump, tags, tags)
    assert found.version == version
    assert not found.is_blocked


def test_a_breaking_change_of_a_stable_module_is_another_module() -> None:
    """From v1 on it takes another module path; the proposal says which and cannot be tagged as it is."""
    found = propose(M, Bump.MAJOR, ["v1.2.3"], [])
    assert (found.version, found.is_blocked) == ("v2.0.0", True)
    assert "`example.com/shop/v2`" in found.notes[0]
    assert "`example.com/shop/v3`" in propose(f"{M}/v2", Bump.MAJOR, ["v2.0.0"], []).notes[0]
    assert "`gopkg.in/shop.v2`" in propose("gopkg.in/shop.v1", Bump.MAJOR, ["v1.0.0"], []).notes[0]


def test_a_version_that_another_branch_has_is_not_proposed() -> None:
    """A tag that does not lie below the commit is taken all the same, and that is said."""
    found = propose(M, Bump.PATCH, ["v1.2.3"], ["v1.2.3", "v1.2.4"])
    assert found.version == "v1.2.5"
    assert "v1.2.4" in found.notes[0]


def test_a_path_that_go_refuses() -> None:
    """Nothing is proposed for it."""
    assert propose("example.com/shop/v1", Bump.PATCH, [], []).is_blocked


def test_last_release_knows_prereleases_above_it_only() -> None:
    """A prerelease below the last release is history."""
    assert last_release(M, ["v1.0.0-rc.1", "v1.0.0"]) == ("v1.0.0", "")
    assert last_release(M, ["v1.0.0", "v1.1.0-rc.1"]) == ("v1.0.0", "v1.1.0-rc.1")
