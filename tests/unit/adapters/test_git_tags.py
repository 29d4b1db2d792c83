"""git about tags and branches: kinds, dates, signatures, who holds a commit, what a cut history lacks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from go_release_gate.adapters.environment import Surroundings, child_environment
from go_release_gate.adapters.git import Git
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import find
from go_release_gate.facts.tags import Tag
from support.history import START, History


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty repository."""
    (tmp_path / "repo").mkdir()
    return History(tmp_path / "repo")


def reader(history: History) -> Git:
    environment = child_environment({}, Surroundings(history.root, Path("/nonexistent"))).variables
    return Git(ProcessRunner(), find("git", os.environ, history.root), environment, history.root)


def test_kinds_and_dates_of_tags(history: History) -> None:
    """A light tag has its commit's date, an annotated one its tagger's; both stand for the commit."""
    history.build("commit one\ntag v1.0.0\nannotated services/api/v1.1.0")
    commit = history.git("rev-parse", "HEAD")

    assert reader(history).tag_list() == (
        Tag("services/api/v1.1.0", commit, "annotated", START + 120),
        Tag("v1.0.0", commit, "light", START + 60),
    )


def test_signatures(history: History) -> None:
    """Only a tag object with a signature is signed; a tag that is not there is none."""
    history.build("commit one\ntag light\nannotated plain\nsigned v1.0.0")
    git = reader(history)

    assert [git.is_signed(name) for name in ("v1.0.0", "plain", "light", "none")] == [True, False, False, False]


def test_branches_that_hold_a_commit(history: History) -> None:
    """Branches of the checkout and of origin, by one name; a commit of another branch is held by that one alone."""
    history.build("commit one\nbranch release/1.x\ncommit old\ncheckout main\ncommit new\norigin\ndrop release/1.x")
    git = reader(history)
    old = git.commit("refs/remotes/origin/release/1.x")

    assert git.branches() == {"main": git.head_commit(), "release/1.x": old}
    assert set(git.branches(old)) == {"release/1.x"}
    assert set(git.branches(history.git("rev-parse", "main~1"))) == {"main", "release/1.x"}
    history.build("commit ahead")
    assert git.branches()["main"] == git.head_commit(), "the checkout's own branch counts"


def test_tags_of_a_cut_history(history: History) -> None:
    """A clone of depth 1 knows its own tag alone; with all tags fetched, some lie outside of what is checked out."""
    history.build("commit one\ntag v1.0.0\ncommit two\ntag v1.1.0\nshallow")
    git = reader(history)

    assert git.is_shallow()
    assert [tag.name for tag in git.tag_list()] == ["v1.1.0"]
    assert not git.has_tags_elsewhere()
    assert git.branches() == {}


def test_all_tags_of_a_cut_history(history: History) -> None:
    """Tags that were fetched for themselves can be told."""
    history.build("commit one\ntag v1.0.0\ncommit two\ntag v1.1.0\nshallow tags")
    git = reader(history)

    assert [tag.name for tag in git.tag_list()] == ["v1.0.0", "v1.1.0"]
    assert git.has_tags_elsewhere()


def test_no_repository(tmp_path: Path) -> None:
    """Without a repository every answer is the empty one."""
    git = Git(ProcessRunner(), find("git", os.environ, tmp_path), {}, tmp_path)

    assert git.tag_list() == ()
    assert git.branches("a" * 40) == {}
    assert not git.is_signed("v1")
    assert not git.has_tags_elsewhere()
