"""git, read only, against real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from go_release_gate.adapters.environment import Surroundings, child_environment
from go_release_gate.adapters.git import Git, origin_of, without_user
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import find
from go_release_gate.errors import UnavailableError

SETUP = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


def _do(root: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=root, env=SETUP, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _git(root: Path, home: Path) -> Git:
    environment = child_environment({}, Surroundings(root, home)).variables
    return Git(ProcessRunner(), find("git", os.environ, root), environment, root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit: `go.mod`, `sub/go.mod` and a link."""
    root = tmp_path / "repo"
    (root / "sub").mkdir(parents=True)
    _do(root, "init", "-q", "-b", "main")
    (root / "go.mod").write_text("module example.com/a\n")
    (root / "sub/go.mod").write_text("module example.com/a/sub\n")
    (root / "link").symlink_to("go.mod")
    _do(root, "add", "-A")
    _do(root, "commit", "-q", "-m", "one")
    return root


def test_facts_of_a_repository(root: Path, tmp_path: Path) -> None:
    """Commit, branch, depth and files are told."""
    git = _git(root, tmp_path)
    assert git.is_repository()
    assert git.head_commit() == _do(root, "rev-parse", "HEAD")
    assert git.ref() == "refs/heads/main"
    assert not git.is_shallow()
    assert git.files("HEAD") == ("go.mod", "sub/go.mod")


def test_a_folder_without_git_is_no_error(tmp_path: Path) -> None:
    """Outside a repository every answer is the empty one."""
    git = _git(tmp_path, tmp_path)
    assert not git.is_repository()
    assert (git.head_commit(), git.ref(), git.origin(), git.tags()) == ("", "", "", {})
    assert git.staged("go.mod") is None
    assert not git.is_conversion("go.mod")


def test_a_machine_without_git_is_no_error(root: Path) -> None:
    """Without git the repository is a folder."""
    git = Git(ProcessRunner(), None, {}, root)
    assert not git.is_repository()
    assert git.head_commit() == ""


def test_files_at_a_revision(root: Path, tmp_path: Path) -> None:
    """Bytes come as committed, relative to the root; what is not there is None."""
    (root / "go.mod").write_text("changed\n")
    git = _git(root, tmp_path)
    assert git.file_at("HEAD", "go.mod") == b"module example.com/a\n"
    assert git.file_at("HEAD", "none") is None
    assert git.file_at("HEAD", "sub") is None
    assert _git(root / "sub", tmp_path).file_at("main", "go.mod") == b"module example.com/a/sub\n"


def test_an_absent_revision_says_what_to_do(root: Path, tmp_path: Path) -> None:
    """In a shallow checkout the hint is to fetch history; an option is no revision."""
    (root / "new").write_text("x")
    _do(root, "add", "new")
    _do(root, "commit", "-q", "-m", "two")
    first = _do(root, "rev-parse", "HEAD^")
    shallow = tmp_path / "shallow"
    _do(tmp_path, "clone", "-q", "--depth=1", root.as_uri(), str(shallow))
    git = _git(shallow, tmp_path)
    assert git.is_shallow()
    with pytest.raises(UnavailableError) as caught:
        git.file_at(first, "go.mod")
    assert "fetch-depth: 0" in caught.value.hint
    with pytest.raises(UnavailableError):
        git.file_at("--all", "go.mod")


def test_tags_point_at_commits(root: Path, tmp_path: Path) -> None:
    """An annotated tag gives the commit it stands for, like a plain one."""
    _do(root, "tag", "v1.0.0")
    _do(root, "tag", "-a", "-m", "x", "sub/v1.1.0")
    head = _do(root, "rev-parse", "HEAD")
    assert _git(root, tmp_path).tags() == {"v1.0.0": head, "sub/v1.1.0": head}


def test_a_detached_head_has_no_branch(root: Path, tmp_path: Path) -> None:
    """A workflow's checkout is on no branch."""
    _do(root, "checkout", "-q", "--detach")
    assert _git(root, tmp_path).ref() == ""


def test_line_endings_of_the_checkout_alone(root: Path, tmp_path: Path) -> None:
    """Carriage returns that git does not keep were put there by the checkout; committed ones were not."""
    _do(root, "config", "core.autocrlf", "true")
    (root / "go.mod").unlink()
    _do(root, "checkout", "--", "go.mod")
    assert b"\r\n" in (root / "go.mod").read_bytes()
    git = _git(root, tmp_path)
    assert git.is_conversion("go.mod")
    _do(root, "config", "core.autocrlf", "false")
    (root / "go.mod").write_bytes(b"module example.com/a\r\n")
    _do(root, "add", "go.mod")
    assert not git.is_conversion("go.mod")


def test_origin_without_its_password(root: Path, tmp_path: Path) -> None:
    """The address of origin is read from the configuration, and a token in it is left out."""
    _do(root, "remote", "add", "origin", "https://x:s3cr3t@git.example.com/acme/shop.git")
    _do(root, "config", "remote.other.url", "https://other.example.com")
    assert _git(root, tmp_path).origin() == "https://git.example.com/acme/shop.git"
    assert origin_of(tmp_path / "none") == ""
    assert without_user("git@git.example.com:acme/shop.git") == "git@git.example.com:acme/shop.git"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file somebody else's")
def test_a_checkout_of_another_owner_is_read(root: Path, tmp_path: Path) -> None:
    """A container sees a workspace that somebody else owns; git reads it, by environment alone."""
    head = _do(root, "rev-parse", "HEAD")
    for path in (root, root / ".git"):
        os.chown(path, 12345, 12345)
    assert _git(root, tmp_path).head_commit() == head


def test_a_partial_clone_fetches_nothing(root: Path, tmp_path: Path) -> None:
    """What is missing stays missing: no remote helper, credential helper or upload program of the repository runs."""
    _do(root, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    _do(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", root.as_uri(), str(partial))
    hit = tmp_path / "hit"
    _do(partial, "config", "remote.origin.uploadpack", f"touch {hit}; git-upload-pack")
    _do(partial, "config", "credential.helper", f"!touch {hit}")
    assert _git(partial, tmp_path).file_at("HEAD", "go.mod") is None
    assert not hit.exists()


def test_lineage_of_a_merge_survives_a_shallow_clone(root: Path, tmp_path: Path) -> None:
    """A clone of depth 1 still says which commits its merge was made of, which is how a pull request is recognised."""
    base = _do(root, "rev-parse", "HEAD")
    _do(root, "checkout", "-q", "-b", "topic")
    (root / "new").write_text("parent of nothing\n")
    _do(root, "add", "new")
    _do(root, "commit", "-q", "-m", "two\n\nparent 1234")
    head = _do(root, "rev-parse", "HEAD")
    _do(root, "checkout", "-q", "main")
    _do(root, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    merge = _do(root, "rev-parse", "HEAD")
    clone = tmp_path / "clone"
    _do(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(clone))

    assert _git(clone, tmp_path).lineage() == (merge, base, head)
    assert _git(clone, tmp_path).is_shallow()


def test_lineage_without_a_commit_is_empty(tmp_path: Path) -> None:
    """A repository without a commit, and a folder without a repository, have none."""
    _do(tmp_path, "init", "-q", "empty")
    (tmp_path / "none").mkdir()
    assert _git(tmp_path / "empty", tmp_path).lineage() == ()
    assert _git(tmp_path / "none", tmp_path).lineage() == ()
