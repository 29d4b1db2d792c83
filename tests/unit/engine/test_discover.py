"""Which modules a repository has, and why a place is passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from go_release_gate.engine.discover import discover
from go_release_gate.errors import UsageError
from go_release_gate.facts.repository import Repository
from support.txtar import tree


def modules(repository: Repository) -> list[str]:
    """Directories of the modules, in their order."""
    return [module.dir for module in repository.modules]


def skipped(repository: Repository) -> dict[str, str]:
    """Directory → reason."""
    return {one.dir: one.reason for one in repository.skipped}


def module(path: Path, directory: str, text: str = "") -> Path:
    """Write a go.mod in `directory` below `path`."""
    folder = path / directory
    folder.mkdir(parents=True, exist_ok=True)
    name = "root" if directory == "." else directory
    (folder / "go.mod").write_text(f"module example.com/{name.lstrip('_.')}\n\ngo 1.21\n{text}")
    return folder


def test_every_module_below_the_root(tmp_path: Path) -> None:
    """A module in each directory with a go.mod, nested ones too, with what its files say."""
    tree(
        tmp_path,
        """
-- go.mod --
module example.com/shop
-- go.sum --
example.com/a v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
-- services/api/go.mod --
module example.com/shop/api
-- services/api/internal/gen/go.mod --
module example.com/shop/gen
-- services/api/vendor/modules.txt --
-- docs/readme.md --
""",
    )
    repository = discover(tmp_path)
    assert modules(repository) == [".", "services/api", "services/api/internal/gen"]
    assert repository.skipped == ()
    assert repository.root == Path(os.path.realpath(tmp_path))
    root, api, _ = repository.modules
    assert (root.path, root.has_vendor, api.has_vendor) == ("example.com/shop", False, True)
    assert root.sum
    assert root.sum.lines[0].path == "example.com/a"
    assert api.sum_bytes is None
    assert all(one.error is None for one in repository.modules)


def test_nothing_below_the_root(tmp_path: Path) -> None:
    """A folder without a module is an empty repository, not an error."""
    assert discover(tmp_path) == Repository(Path(os.path.realpath(tmp_path)), ())


def test_root_must_be_a_directory(tmp_path: Path) -> None:
    """A missing root is wrong usage."""
    with pytest.raises(UsageError, match="not a directory"):
        discover(tmp_path / "missing")


@pytest.mark.parametrize(
    ("directory", "reason"),
    [
        ("testdata/bad", "testdata"),
        ("pkg/testdata/a/b", "testdata"),
        ("vendor/example.com/a", "vendor"),
        ("_examples/hello", "underscore"),
        (".github/tools", "dot"),
        ("web/node_modules/flatted/golang", "node_modules"),
    ],
)
def test_named_places_are_passed_over(tmp_path: Path, directory: str, reason: str) -> None:
    """A module in a directory that Go's patterns pass over is listed with the reason, and no more."""
    module(tmp_path, ".")
    module(tmp_path, directory)
    repository = discover(tmp_path)
    assert modules(repository) == ["."]
    assert skipped(repository) == {directory: reason}


def test_places_without_modules_are_not_listed(tmp_path: Path) -> None:
    """A skipped directory is worth a word only where a module lies in it."""
    module(tmp_path, ".")
    for directory in ("testdata", "_x", ".y", "node_modules/a", "vendor/b", ".git/modules/c"):
        (tmp_path / directory).mkdir(parents=True)
    (tmp_path / ".git/modules/c/go.mod").write_text("module example.com/c\n")
    assert discover(tmp_path).skipped == ()


def test_submodule_by_its_git_file(tmp_path: Path) -> None:
    """A directory with a file .git is another repository's checkout; what lies in it is listed as such."""
    module(tmp_path, ".")
    (module(tmp_path, "third_party/lib") / ".git").write_text("gitdir: ../../.git/modules/lib\n")
    module(tmp_path, "third_party/lib/cmd")
    repository = discover(tmp_path)
    assert modules(repository) == ["."]
    assert skipped(repository) == {"third_party/lib": "submodule", "third_party/lib/cmd": "submodule"}


def test_submodule_by_gitmodules(tmp_path: Path) -> None:
    """.gitmodules tells of a submodule that is not checked out; a directory with files of ours it does not hide."""
    module(tmp_path, ".")
    module(tmp_path, "lib")
    (tmp_path / "absent").mkdir()
    (tmp_path / ".gitmodules").write_text('[submodule "a"]\n\tpath = lib\n[submodule "b"]\n\tpath = absent\n')
    repository = discover(tmp_path)
    assert (modules(repository), skipped(repository)) == ([".", "lib"], {"absent": "submodule"})


def test_nested_repository(tmp_path: Path) -> None:
    """A directory with its own .git is a repository of its own; the root's .git is none."""
    (tmp_path / ".git").mkdir()
    module(tmp_path, ".")
    (module(tmp_path, "clone/deep").parent / ".git").mkdir()
    repository = discover(tmp_path)
    assert modules(repository) == ["."]
    assert skipped(repository) == {"clone/deep": "nested-repository"}


def test_module_cache_by_its_shape(tmp_path: Path) -> None:
    """A module cache is one entry, however many modules lie in it; in a hidden directory too."""
    module(tmp_path, ".")
    for cache in ("gopath/pkg/mod", ".cache/mod"):
        (tmp_path / cache / "cache/download/example.com/a/@v").mkdir(parents=True)
        (tmp_path / cache / "cache/lock").touch()
        module(tmp_path, f"{cache}/example.com/a@v1.0.0")
        module(tmp_path, f"{cache}/example.com/b@v1.0.0")
    repository = discover(tmp_path)
    assert modules(repository) == ["."]
    assert skipped(repository)["gopath/pkg/mod"] == "cache"
    assert not [one for one in skipped(repository) if "@" in one]


def test_package_named_cache_is_no_module_cache(tmp_path: Path) -> None:
    """A package cache with a subpackage download hides nothing."""
    folder = module(tmp_path, "services/fetch")
    (folder / "cache/download").mkdir(parents=True)
    (folder.parent / "cache/download").mkdir(parents=True)
    (folder.parent / "cache/download/get.go").write_text("package download\n")
    assert modules(discover(tmp_path)) == ["services/fetch"]


def test_module_cache_by_setting(tmp_path: Path) -> None:
    """A directory that GOMODCACHE names is a cache whatever it looks like."""
    module(tmp_path, ".")
    module(tmp_path, "mods/example.com/a@v1.0.0")
    repository = discover(tmp_path, caches=[tmp_path / "mods"])
    assert (modules(repository), skipped(repository)) == (["."], {"mods": "cache"})


@pytest.mark.parametrize("text", ["", "\n", "// a boundary, no module\n\n  // nothing else\r\n"])
def test_empty_go_mod_is_a_boundary(tmp_path: Path, text: str) -> None:
    """A go.mod without a directive keeps its directory out of the module above and is no module."""
    module(tmp_path, ".")
    (tmp_path / "web").mkdir()
    (tmp_path / "web/go.mod").write_text(text)
    repository = discover(tmp_path)
    assert (modules(repository), skipped(repository)) == (["."], {"web": "boundary"})


def test_go_mod_without_module_line_is_malformed(tmp_path: Path) -> None:
    """A go.mod that says something, yet not its module, is a fault."""
    (tmp_path / "go.mod").write_text("go 1.21\n")
    (only,) = discover(tmp_path).modules
    assert only.error
    assert only.error.kind == "malformed-file"


def test_go_mod_directory_and_other_case_are_no_modules(tmp_path: Path) -> None:
    """Go knows a module by a file of exactly that name."""
    module(tmp_path, ".")
    (tmp_path / "a/go.mod").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/GO.MOD").write_text("module example.com/b\n")
    assert modules(discover(tmp_path)) == ["."]


def test_exclude(tmp_path: Path) -> None:
    """What a glob takes out is listed: each module in it, or the directory where there is none."""
    for directory in (".", "old/a", "old/b", "new"):
        module(tmp_path, directory)
    (tmp_path / "docs").mkdir()
    repository = discover(tmp_path, exclude=["old/**", "docs"])
    assert modules(repository) == [".", "new"]
    assert skipped(repository) == {"old/a": "excluded", "old/b": "excluded", "docs": "excluded"}


def test_include_adds(tmp_path: Path) -> None:
    """A glob brings modules of skipped places back, beside those that were found anyway."""
    for directory in (".", "testdata/good", "testdata/bad", "_tools"):
        module(tmp_path, directory)
    repository = discover(tmp_path, include=["testdata/good", "_*"])
    assert modules(repository) == [".", "_tools", "testdata/good"]
    assert skipped(repository) == {"testdata/bad": "testdata"}


def test_exclude_wins_over_include(tmp_path: Path) -> None:
    """What is both included and excluded is excluded."""
    for directory in (".", "testdata/good"):
        module(tmp_path, directory)
    repository = discover(tmp_path, include=["testdata"], exclude=["testdata/good"])
    assert (modules(repository), skipped(repository)) == (["."], {"testdata/good": "excluded"})


def test_exclude_everything(tmp_path: Path) -> None:
    """The root itself can be excluded; its modules are still named."""
    module(tmp_path, ".")
    module(tmp_path, "a")
    repository = discover(tmp_path, exclude=["**"])
    assert (modules(repository), skipped(repository)) == ([], {".": "excluded", "a": "excluded"})


def test_names_that_say_something_else(tmp_path: Path) -> None:
    """Names with line feeds, workflow commands, escape sequences and no UTF-8 come through unchanged."""
    names = ["a\nb", "::error::x", "##[x]", "\x1b[2J", os.fsdecode(b"l\xff"), " ", "-x", "é"]
    for name in names:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "go.mod").write_text("module example.com/m\n")
    assert modules(discover(tmp_path)) == sorted(names)


def test_order_follows_local_replaces(tmp_path: Path) -> None:
    """A module comes after those it replaces by; the replaced directories are named, whoever lies there."""
    module(tmp_path, "a", "replace example.com/c => ../c\nreplace example.com/gone => ../gone\n")
    module(tmp_path, "b")
    module(tmp_path, "c", "replace (\n\texample.com/b => ../b/\n\texample.com/a => ./../a\n)\n")
    repository = discover(tmp_path)
    assert modules(repository) == ["b", "c", "a"]
    assert [one.local_replaces for one in repository.modules] == [(), ("b", "a"), ("c",)]
    assert all(one.outside_replaces == () for one in repository.modules)
