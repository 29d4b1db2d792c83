"""A commit's files, written elsewhere, against real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from go_release_gate.adapters.committree import CommitTree
from go_release_gate.adapters.environment import Surroundings, child_environment
from go_release_gate.adapters.git import Git
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


def _do(root: Path, *args: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["git", *args], cwd=root, env=SETUP, check=True, capture_output=True, input=stdin)
    return done.stdout.decode().strip()


def _tree(root: Path, revision: str = "HEAD") -> CommitTree:
    environment = child_environment({}, Surroundings(root, root)).variables
    return CommitTree(Git(ProcessRunner(), find("git", os.environ, root.parent), environment, root), revision)


def _found(directory: Path) -> dict[str, bytes]:
    """Path → bytes, or where a link leads."""
    return {
        path.relative_to(directory).as_posix(): bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in directory.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a module, a link and an odd name."""
    root = tmp_path / "repo"
    (root / "a").mkdir(parents=True)
    _do(root, "init", "-q", "-b", "main")
    (root / "go.mod").write_bytes(b"module example.com/a\r\n")
    (root / "a/x.go").write_text("package a\n")
    (root / "a/with\nbreak.go").write_text("package a\n")
    (root / "a/y.go").symlink_to("text")
    (root / "a/text").write_text("package a // linked\n")
    (root / "empty.go").write_text("")
    _do(root, "add", "-A")
    _do(root, "commit", "-q", "-m", "one")
    return root


def test_files_are_as_committed(root: Path, tmp_path: Path) -> None:
    """Bytes are git's own, whatever the attributes say; links stay links; odd names are no trouble."""
    (root / ".gitattributes").write_text("* filter=x eol=crlf ident export-ignore\n")
    _do(root, "config", "filter.x.smudge", "echo smudged")
    _do(root, "config", "filter.x.process", "false")
    target = tmp_path / "out"
    target.mkdir()
    tree = _tree(root)

    tree.write(target, lambda _path: True)

    assert _found(target) == {
        "go.mod": b"module example.com/a\r\n",
        "a/x.go": b"package a\n",
        "a/with\nbreak.go": b"package a\n",
        "a/y.go": b"text",
        "a/text": b"package a // linked\n",
        "empty.go": b"",
    }
    assert tree.is_whole
    assert set(tree.objects()) == set(_found(target))


def test_what_is_wanted_comes_in_steps(root: Path, tmp_path: Path) -> None:
    """Only wanted files are written, and what linked sources lead to; a second call adds to the first."""
    target = tmp_path / "out"
    target.mkdir()
    tree = _tree(root)

    tree.write(target, lambda path: path == "go.mod")
    first = set(_found(target))
    tree.write(target, lambda path: path.endswith(".go"))

    assert first == {"go.mod", "a/y.go", "a/text"}
    assert set(_found(target)) == {"go.mod", "a/y.go", "a/text", "a/x.go", "a/with\nbreak.go", "empty.go"}


def test_large_files_are_asked_for_in_pieces(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fits in one go, all of it arrives."""
    monkeypatch.setattr("go_release_gate.adapters.committree.AT_ONCE", 25)
    target = tmp_path / "out"
    target.mkdir()

    _tree(root).write(target, lambda _path: True)

    assert len(_found(target)) == 6


def test_nothing_is_written_through_a_link(root: Path, tmp_path: Path) -> None:
    """A tree that git itself would never make, with a link and files below its name, writes nowhere else."""
    victim, target = tmp_path / "victim", tmp_path / "out"
    victim.mkdir()
    target.mkdir()
    blob = _do(root, "hash-object", "-w", "--stdin", stdin=b"package x\n")
    link = _do(root, "hash-object", "-w", "--stdin", stdin=str(victim).encode())
    inner = _do(root, "mktree", stdin=f"100644 blob {blob}\tx.go\n".encode())
    rows = [("120000", "A", link), ("40000", "a", inner), ("40000", "..", inner), ("40000", ".git", inner)]
    data = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, name, oid in rows)
    odd = _do(root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=data)
    commit = _do(root, "commit-tree", "-m", "x", odd)

    _tree(root, commit).write(target, lambda _path: True)

    assert list(victim.iterdir()) == []
    assert _found(target) == {"A": str(victim).encode()}
    assert not (tmp_path / "x.go").exists()


def test_a_submodule_is_left_out(root: Path, tmp_path: Path) -> None:
    """A commit of another repository has no files here."""
    _do(root, "update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},sub")
    _do(root, "commit", "-q", "-m", "sub")
    target = tmp_path / "out"
    target.mkdir()

    _tree(root).write(target, lambda _path: True)

    assert not (target / "sub").exists()


def test_a_partial_clone_is_not_whole(root: Path, tmp_path: Path) -> None:
    """Content that was never fetched is said to be missing, and nothing is fetched for it."""
    (root / "later.go").write_text("package a\n// later\n")
    _do(root, "add", "later.go")
    _do(root, "commit", "-q", "-m", "two")
    _do(root, "config", "uploadpack.allowFilter", "true")
    clone, target = tmp_path / "clone", tmp_path / "out"
    target.mkdir()
    _do(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", root.as_uri(), str(clone))

    tree = _tree(clone, "HEAD")

    assert not tree.is_whole
    with pytest.raises(UnavailableError, match="not in this checkout"):
        tree.write(target, lambda _path: True)


def test_an_unknown_revision_is_unavailable(root: Path) -> None:
    """A commit that is not here is said to be missing."""
    with pytest.raises(UnavailableError, match="not in this checkout"):
        _tree(root, "a" * 40)


def test_no_space_is_unavailable(root: Path, tmp_path: Path) -> None:
    """A directory that cannot be written is the surroundings' doing."""
    with pytest.raises(UnavailableError, match="cannot be written"):
        _tree(root).write(tmp_path / ("n" * 300), lambda _path: True)
