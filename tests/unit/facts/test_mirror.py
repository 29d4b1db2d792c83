"""The private copy that Go judges: what it holds, that it goes away, and that no old cache speaks for it."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from go_release_gate.engine.discover import discover
from go_release_gate.errors import UnavailableError
from go_release_gate.facts import copying
from go_release_gate.facts.mirror import Mirror
from support.moduleproxy import ModuleProxy
from support.permissions import reads_everything
from support.txtar import tree

AS_ROOT = pytest.mark.skipif(not reads_everything(), reason="only root can run a child as somebody else")

TREE = """
-- go.mod --
module example.com/shop
-- go.sum --
-- main.go --
package main
-- readme.md --
-- a/b/testdata/x.go --
package x
-- _u/.h/vendor/u.go --
package u
-- .git/hooks/h.go --
package h
-- api/go.mod --
module example.com/shop/api
-- api/api.go --
package api
-- testdata/other/go.mod --
module example.com/other
-- testdata/other/other.go --
package other
"""


def files(directory: Path) -> dict[str, bytes]:
    """Every file below a directory: relative name → content."""
    return {
        os.path.relpath(Path(folder, name), directory): Path(folder, name).read_bytes()
        for folder, _, names in os.walk(directory)
        for name in names
    }


@pytest.fixture
def spot(tmp_path: Path) -> Iterator[Path]:
    """Where the copies are made; empty again when the test ends, whatever happened in it."""
    place = tmp_path / "tmp"
    place.mkdir()
    yield place
    assert list(place.iterdir()) == []


def test_holds_what_tidy_reads(tmp_path: Path, spot: Path) -> None:
    """Go files of judged modules wherever an import could reach them, their go.mod and go.sum, and the places where
    other modules begin; nothing else."""
    root = tree(tmp_path / "repo", TREE)
    with Mirror(discover(root), spot) as mirror:
        copied = files(mirror.path)
    expected = {name: data for name, data in files(root).items() if name.endswith((".go", "go.mod", "go.sum"))}
    del expected[".git/hooks/h.go"], expected["testdata/other/other.go"]
    assert copied == {**expected, "testdata/other/go.mod": b""}


def test_directories_of_modules(tmp_path: Path, spot: Path) -> None:
    """Each module has its directory in the copy, outside the tree, in the same place relative to the others."""
    root = tree(tmp_path / "repo", TREE)
    repository = discover(root)
    with Mirror(repository, spot) as mirror:
        at = {module.dir: mirror.dir_of(module) for module in repository.modules}
        assert at["."] == mirror.path
        assert at["api"] == mirror.path / "api"
        assert mirror.path.is_relative_to(spot)
        assert stat.S_IMODE(next(spot.iterdir()).stat().st_mode) == 0o700


def test_leaves_the_tree_as_it_was(tmp_path: Path, spot: Path) -> None:
    """Copying neither adds to the tree nor changes a byte or a time of it; a tree without write permission will do."""
    root = tree(tmp_path / "repo", TREE)
    for path in sorted(root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = [(path, path.stat()[:9], path.is_file() and path.read_bytes()) for path in sorted(root.rglob("*"))]
    with Mirror(discover(root), spot) as mirror:
        (mirror.path / "main.go").write_bytes(b"package changed\n")
    after = [(path, path.stat()[:9], path.is_file() and path.read_bytes()) for path in sorted(root.rglob("*"))]
    assert [row[0] for row in after] == [row[0] for row in before]
    assert [(row[1][0], row[1][8], row[2]) for row in after] == [(row[1][0], row[1][8], row[2]) for row in before]
    for path in sorted(root.rglob("*")):
        path.chmod(0o755)


def test_bytes_are_those_that_discovery_read(tmp_path: Path, spot: Path) -> None:
    """go.mod and go.sum are what was parsed, even when the tree changes in between."""
    root = tree(tmp_path / "repo", TREE)
    repository = discover(root)
    (root / "go.mod").write_bytes(b"changed")
    (root / "go.sum").unlink()
    with Mirror(repository, spot) as mirror:
        assert (mirror.path / "go.mod").read_bytes() == b"module example.com/shop\n"
        assert (mirror.path / "go.sum").read_bytes() == b""


def test_no_restored_build_cache_speaks_for_it(tmp_path: Path, spot: Path) -> None:
    """With a kept build cache and fixed times `go mod tidy -diff` calls a changed tree clean; not so in the copy."""
    lib = {"lib.go": b"package lib\n"}
    proxy = ModuleProxy(tmp_path / "world", {"example.com/aa@v1.0.0": lib, "example.com/bb@v1.0.0": lib})
    root = tree(
        tmp_path / "repo",
        "-- go.mod --\nmodule example.com/shop\n\ngo 1.21\n\nrequire example.com/aa v1.0.0\n"
        '-- main.go --\npackage main\n\nimport _ "example.com/aa"\n\nfunc main() {}\n',
    )
    (root / "go.sum").write_text(proxy.sum_text("example.com/aa@v1.0.0"))
    assert tidy_in_fixed_time(root, proxy) == 0
    source = (root / "main.go").read_bytes()
    (root / "main.go").write_bytes(source.replace(b"example.com/aa", b"example.com/bb"))
    assert tidy_in_fixed_time(root, proxy) == 0, (
        "Go has mended its index: this test and the copy have lost their reason"
    )
    repository = discover(root)
    with Mirror(repository, spot) as mirror:
        done = tidy(mirror.dir_of(repository.modules[0]), proxy)
        again = tidy(mirror.dir_of(repository.modules[0]), proxy)
    assert done.returncode == again.returncode == 1
    assert b"+require example.com/bb v1.0.0" in done.stdout


def tidy_in_fixed_time(root: Path, proxy: ModuleProxy) -> int:
    """Exit code of `go mod tidy -diff` once every file bears the same old time."""
    for path in [root, *root.rglob("*")]:
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return tidy(root, proxy).returncode


def tidy(directory: Path, proxy: ModuleProxy, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run `go mod tidy -diff` there."""
    return subprocess.run(
        ["go", "mod", "tidy", "-diff"],
        cwd=directory,
        env=proxy.env(GOWORK="off", **env),
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_goes_away_after_a_fault(tmp_path: Path, spot: Path, fault: type[BaseException]) -> None:
    """However the run ends, the copy is removed, with whatever modes lie in it by then."""
    root = tree(tmp_path / "repo", TREE)

    def run() -> None:
        with Mirror(discover(root), spot) as mirror:
            (mirror.path / "a").chmod(0)
            (mirror.path / "api/api.go").chmod(0)
            raise fault

    with pytest.raises(fault):
        run()


@pytest.mark.parametrize(
    ("number", "message"),
    [(errno.ENOSPC, "no space left"), (errno.EDQUOT, "no space left"), (errno.EROFS, "no copy of the Go files")],
)
def test_no_space(tmp_path: Path, spot: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str) -> None:
    """A full disk is one clear message, exit 3, and nothing is left on it."""
    root = tree(tmp_path / "repo", TREE)
    real, calls = os.write, []

    def full(file: int, data: bytes) -> int:
        calls.append(file)
        if len(calls) > 3:
            raise OSError(number, os.strerror(number))
        return real(file, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(UnavailableError, match=message) as refusal:
            Mirror(discover(root), spot).__enter__()
    assert refusal.value.exit_code == 3
    assert "TMPDIR" in refusal.value.hint


def test_interrupted_while_copying(tmp_path: Path, spot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal in the midst of copying leaves nothing behind."""
    root = tree(tmp_path / "repo", TREE)

    def interrupt(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "_whole", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Mirror(discover(root), spot).__enter__()


@pytest.mark.parametrize(("name", "value"), [("copying.COUNT_LIMIT", 3), ("mirror.BYTES_LIMIT", 20)])
def test_more_than_any_repository_has(
    tmp_path: Path, spot: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    """Files without end end as unavailable, not as a full disk."""
    root = tree(tmp_path / "repo", TREE)
    monkeypatch.setattr(f"go_release_gate.facts.{name}", value)
    with pytest.raises(UnavailableError, match="more than"):
        Mirror(discover(root), spot).__enter__()


def test_never_inside_the_repository(tmp_path: Path) -> None:
    """A directory for temporary files that lies in the repository is passed over for one outside."""
    root = tree(tmp_path / "repo", TREE)
    (root / "tmp").mkdir()
    (tmp_path / "link").symlink_to(root / "tmp")
    for wanted in (root / "tmp", tmp_path / "link"):
        with Mirror(discover(root), wanted) as mirror:
            assert not mirror.path.is_relative_to(os.path.realpath(root))
            assert list((root / "tmp").iterdir()) == []


@AS_ROOT
def test_unprivileged_children_read_and_do_not_write(tmp_path: Path) -> None:
    """The children's group can read every file whatever the umask; nobody but us can write, others cannot even look."""
    root = tree(
        tmp_path / "repo", f"{TREE}-- b/go.mod --\nmodule example.com/b\nreplace example.com/o => ../../x/y/o\n"
    )
    tree(tmp_path / "x/y/o", "-- go.mod --\nmodule example.com/o\n")
    tmp_path.chmod(0o711)
    umask = os.umask(0o077)
    try:
        with Mirror(discover(root), Path("/tmp"), owner=(65534, 65534)) as mirror:
            read = "cat main.go a/b/testdata/x.go b/go.mod >/dev/null && test -L b/../../x/y/o"
            write = "touch new || rm -f main.go || touch api/new || chmod 777 ."
            ours = [run_as(65534, f"{mirror.path}", script) for script in (read, write)]
            theirs = run_as(65533, "/", f"ls {mirror.path}")
    finally:
        os.umask(umask)
    assert ours[0] == 0
    assert ours[1] != 0
    assert theirs != 0


def run_as(uid: int, directory: str, script: str) -> int:
    """Exit code of a shell script run by another user."""
    return subprocess.run(
        ["sh", "-c", script], cwd=directory, user=uid, group=uid, extra_groups=[], capture_output=True, check=False
    ).returncode


def test_paths_in_messages(tmp_path: Path, spot: Path) -> None:
    """Go's absolute paths become paths of the repository, in text and in bytes; similar names are left alone."""
    root = tree(
        tmp_path / "repo",
        "-- a/go.mod --\nmodule example.com/a\nreplace example.com/b => ../../b\n-- a/a.go --\npackage a\n",
    )
    with Mirror(discover(root), spot) as mirror:
        place = str(mirror.path)
        assert mirror.to_repo_path(f"{place}/a/a.go:3:1: x") == "a/a.go:3:1: x"
        assert mirror.to_repo_path(f"open {place}: no") == "open .: no"
        assert mirror.to_repo_path(f"{place}2/a {place}.go") == f"../{mirror.path.name}2/a ../{mirror.path.name}.go"
        assert mirror.to_repo_path(f"{mirror.path.parent}/b/go.mod") == "../b/go.mod"
        assert mirror.to_repo_path(f"{place}/l".encode() + b"\xff") == b"l\xff"
