"""A name alone decides nothing: modules in skipped places that others name, and workspaces that name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.engine.discover import discover
from support.txtar import tree
from unit.engine.test_discover import module, modules, skipped


@pytest.mark.parametrize("place", ["testdata/lib", "vendor/lib", "_lib", ".lib", "node_modules/lib", "sub"])
def test_replaced_module_is_real(tmp_path: Path, place: str) -> None:
    """Whatever the name of its place, a module that a judged one replaces by is judged; so is what that one names."""
    module(tmp_path, ".", f"replace example.com/lib => ./{place}\n")
    (module(tmp_path, place, "replace example.com/next => ./testdata/next\n") / ".git").write_text("gitdir: x\n")
    module(tmp_path, f"{place}/testdata/next")
    module(tmp_path, f"{place}/testdata/other")
    repository = discover(tmp_path)
    assert modules(repository) == [f"{place}/testdata/next", place, "."]
    assert list(skipped(repository)) == [f"{place}/testdata/other"]


def test_used_module_is_real(tmp_path: Path) -> None:
    """What a go.work uses or replaces by is judged."""
    module(tmp_path, ".")
    module(tmp_path, "testdata/a")
    module(tmp_path, "testdata/b")
    module(tmp_path, "testdata/c")
    (tmp_path / "go.work").write_text("go 1.21\n\nuse ./testdata/a\n\nreplace example.com/b => ./testdata/b\n")
    repository = discover(tmp_path)
    assert modules(repository) == [".", "testdata/a", "testdata/b"]
    assert skipped(repository) == {"testdata/c": "testdata"}


def test_required_module_is_real(tmp_path: Path) -> None:
    """A module that a judged one requires by its path is judged, and what that requires in turn."""
    module(tmp_path, ".", "require example.com/tools v0.1.0\n")
    module(tmp_path, "_tools", "require example.com/more v0.1.0\n")
    module(tmp_path, ".more")
    module(tmp_path, "_other")
    repository = discover(tmp_path)
    assert modules(repository) == [".", ".more", "_tools"]
    assert skipped(repository) == {"_other": "underscore"}


@pytest.mark.parametrize("place", ["vendor/example.com/a", "gopath/pkg/mod/example.com/a@v1.0.0", "sub"])
def test_copies_of_others_are_not_ours(tmp_path: Path, place: str) -> None:
    """Vendored copies, caches and submodules hold modules that are required, yet not those that are used."""
    module(tmp_path, ".", "require example.com/a v1.0.0\n")
    (tmp_path / "gopath/pkg/mod/cache/download").mkdir(parents=True)
    folder = tmp_path / place
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/a\n")
    (folder / ".git").write_text("gitdir: x\n")
    assert modules(discover(tmp_path)) == ["."]


def test_replaced_requirement_means_the_replacement(tmp_path: Path) -> None:
    """A namesake in testdata is not meant where the requirement is replaced, or a judged module has the path."""
    module(
        tmp_path, ".", "require example.com/lib v1.0.0\nrequire example.com/b v1.0.0\nreplace example.com/lib => ./x\n"
    )
    module(tmp_path, "x")
    module(tmp_path, "b")
    for name in ("lib", "b"):
        folder = tmp_path / "testdata" / name
        folder.mkdir(parents=True)
        (folder / "go.mod").write_text(f"module example.com/{name}\n")
    repository = discover(tmp_path)
    assert modules(repository) == ["x", ".", "b"]
    assert set(skipped(repository)) == {"testdata/b", "testdata/lib"}


def test_exclude_wins_over_being_named(tmp_path: Path) -> None:
    """An excluded module stays out, even when another replaces by it and a go.work uses it."""
    module(tmp_path, ".", "replace example.com/lib => ./lib\n")
    module(tmp_path, "lib")
    (tmp_path / "go.work").write_text("go 1.21\n\nuse (\n\t.\n\t./lib\n)\n")
    repository = discover(tmp_path, exclude=["lib"])
    assert (modules(repository), skipped(repository)) == (["."], {"lib": "excluded"})
    assert repository.modules[0].local_replaces == ()


def test_named_boundary_is_a_faulty_module(tmp_path: Path) -> None:
    """An empty go.mod that another module replaces by is no boundary: Go will refuse it."""
    module(tmp_path, ".", "replace example.com/lib => ./lib\n")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/go.mod").touch()
    repository = discover(tmp_path)
    assert modules(repository) == ["lib", "."]
    assert repository.modules[0].error
    assert repository.skipped == ()


def test_workspaces_and_their_members(tmp_path: Path) -> None:
    """Every go.work is read; members are directories from the root, as written when they leave it, one for each use."""
    tree(
        tmp_path / "repo",
        """
-- go.work --
go 1.21

use (
	.
	./a
	./gone
	../beside
	/abs
)
-- go.mod --
module example.com/root
-- a/go.mod --
module example.com/a
-- a/b/go.work --
go 1.21

use ..
-- testdata/go.work --
go 1.21
""",
    )
    root, nested = discover(tmp_path / "repo").workspaces
    assert (root.dir, root.members) == (".", (".", "a", "gone", "../beside", "/abs"))
    assert (nested.dir, nested.members) == ("a/b", ("a",))
    assert root.file
    assert [use.line for use in root.file.uses] == [4, 5, 6, 7, 8]


def test_broken_workspace_hides_no_module(tmp_path: Path) -> None:
    """A go.work that cannot be read is that workspace's error; modules are judged on their own."""
    module(tmp_path, ".")
    (tmp_path / "go.work").write_text("go 1.21\nuse (\n\t./a\n")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/go.work").symlink_to("../go.work")
    repository = discover(tmp_path)
    assert [(one.file, one.error and one.error.kind) for one in repository.workspaces] == [
        (None, "malformed-file"),
        (None, "unsafe-path"),
    ]
    assert modules(repository) == ["."]
    assert repository.modules[0].error is None
