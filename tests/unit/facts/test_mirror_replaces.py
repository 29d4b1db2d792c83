"""A replace leads in the copy where it leads in the tree: Go gives the same answer in both."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.engine.discover import discover
from go_release_gate.facts.mirror import Mirror
from support.moduleproxy import ModuleProxy
from support.txtar import tree
from unit.facts.test_mirror import tidy

LIB = "\n\ngo 1.21\n"
MAIN = 'package main\n\nimport _ "example.com/lib/pkg"\n\nfunc main() {}\n'
REQUIRE = "\n\ngo 1.21\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => "


@pytest.mark.parametrize(
    ("directory", "written", "lib"),
    [
        (".", "./lib", "repo/lib"),
        ("a/b", "../../lib", "repo/lib"),
        ("a", "./testdata/_lib", "repo/a/testdata/_lib"),
        ("a", "../../repo/lib", "repo/lib"),
        ("a", "../../beside", "beside"),
        ("a", "../../deep/er/lib", "deep/er/lib"),
        ("a", "../../../over/lib", "../over/lib"),
        ("a", "../..", "."),
        ("a", ".././../beside/", "beside"),
        ("a", "../../linked", "beside"),
        ("a", "../link", "repo/testdata/lib"),
        ("a", "../link/lib", "repo/testdata/lib"),
        ("a", "../link-out/lib", "beside/lib"),
        ("a", "ABSOLUTE/lib", "lib"),
        ("a", "../missing", "beside"),
        ("a", "../../../../../../../../../../../../../../../../../../missing", "beside"),
    ],
)
def test_same_answer_in_the_copy(tmp_path: Path, directory: str, written: str, lib: str) -> None:
    """The replaced module is found in the copy or missing there, as in the tree; its packages and their imports too."""
    around = tmp_path / "x/around"
    root = around / "repo"
    written = written.replace("ABSOLUTE", str(around))
    tree(root / directory, f"-- go.mod --\nmodule example.com/main{REQUIRE}{written}\n-- main.go --\n{MAIN}")
    tree(around / lib, f'-- go.mod --\nmodule example.com/lib{LIB}-- pkg/pkg.go --\npackage pkg\n\nimport _ "fmt"\n')
    (around / "linked").symlink_to("beside")
    (root / "link").symlink_to("testdata" if written.endswith("/lib") else "testdata/lib")
    (root / "link-out").symlink_to("../beside")
    (tmp_path / "tmp").mkdir()
    proxy = ModuleProxy(tmp_path / "world")
    repository = discover(root)
    module = repository.module_at(directory)
    assert module
    here = tidy(root / directory, proxy, GODEBUG="goindex=0")
    with Mirror(repository, tmp_path / "tmp") as mirror:
        there = tidy(mirror.dir_of(module), proxy, GODEBUG="goindex=0")
        assert there.returncode == here.returncode == (1 if "missing" in written else 0), there.stderr
        assert there.stdout == here.stdout
        assert mirror.to_repo_path(there.stderr).replace(b"../missing", b"") == here.stderr.replace(
            str(root).encode() + b"/", b""
        ).replace(b"../missing", b"")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_two_outside_one_within_the_other(tmp_path: Path) -> None:
    """Targets that contain each other, or the repository, all arrive; nothing is made in the real ones."""
    lib = "-- go.mod --\nmodule example.com/{0}\n-- {0}.go --\npackage {0}\n"
    for name in ("around", "around/b", "around/b/c", "around/b/d"):
        tree(tmp_path / name, lib.format(name[-1]))
    root = tree(
        tmp_path / "around/repo",
        "-- go.mod --\nmodule example.com/main\nreplace example.com/c => ../b/c\nreplace example.com/b => ../b\n"
        "replace example.com/d => ../../around\n",
    )
    before = sorted(tmp_path.rglob("*"))
    (repository, spot) = (discover(root), tmp_path / "tmp")
    spot.mkdir()
    with Mirror(repository, spot) as mirror:
        at = mirror.dir_of(repository.modules[0])
        assert (at / "../b/c/c.go").read_text() == "package c\n"
        assert (at / "../b/b.go").read_text() == "package b\n"
        assert (at / "../../around/go.mod").read_text() == "module example.com/d\n"
    assert list(spot.iterdir()) == []
    spot.rmdir()
    assert sorted(tmp_path.rglob("*")) == before


def test_strangers_reach_nothing_outside(tmp_path: Path) -> None:
    """Of an untrusted tree no replace and no link leads out of the copy."""
    tree(tmp_path / "beside", "-- go.mod --\nmodule example.com/lib\n-- secret.go --\npackage secret\n")
    root = tree(
        tmp_path / "repo",
        "-- go.mod --\nmodule example.com/a\nreplace example.com/b => ../beside\nreplace example.com/c => ./link\n",
    )
    (root / "link").symlink_to("../beside")
    with Mirror(discover(root, trusted=False), trusted=False) as mirror:
        place = mirror.path.parent
        assert [path for path in place.rglob("*") if path.is_symlink() or path.name == "secret.go"] == []


def test_unjudged_replaced_directory_is_copied(tmp_path: Path) -> None:
    """An excluded module that a judged one replaces by is there, with its real go.mod."""
    root = tree(
        tmp_path / "repo",
        "-- go.mod --\nmodule example.com/a\nreplace example.com/b => ./b\n"
        "-- b/go.mod --\nmodule example.com/b\n-- b/b.go --\npackage b\n",
    )
    with Mirror(discover(root, exclude=["b"])) as mirror:
        assert (mirror.path / "b/go.mod").read_text() == "module example.com/b\n"
        assert (mirror.path / "b/b.go").exists()
