"""Trees made to mislead, to exhaust or to break: discovery ends, names the fault and reads nothing it must not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.engine.discover import discover
from go_release_gate.facts.module import Module
from go_release_gate.facts.removal import remove_tree
from support.permissions import needs_permissions
from unit.engine.test_discover import module, modules, skipped


def only(root: Path, *, trusted: bool = True) -> Module:
    """The one module below `root`."""
    (found,) = discover(root, trusted=trusted).modules
    return found


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"module example.com/a\nrequire example.com/b\n", 2, "go.mod cannot be parsed"),
        (b"module example.com/a\n<<<<<<< HEAD\ngo 1.21\n=======\ngo 1.22\n>>>>>>> topic\n", 2, "merge conflict marker"),
        (b"\x00\x01\x02\xff\xfe" * 50, 1, "go.mod cannot be parsed"),
        ("module example.com/a\n".encode("utf-16"), 1, "go.mod cannot be parsed"),
    ],
)
def test_malformed_go_mod(tmp_path: Path, text: bytes, line: int, message: str) -> None:
    """A go.mod that Go would refuse is malformed-file, with its line, and hides no other module."""
    (tmp_path / "go.mod").write_bytes(text)
    module(tmp_path, "sound")
    root, sound = discover(tmp_path).modules
    assert root.error
    assert (root.error.kind, root.error.path, root.error.line) == ("malformed-file", "go.mod", line)
    assert message in root.error.message
    assert (root.mod, root.path) == (None, "")
    assert sound.error is None


def test_conflict_in_go_sum(tmp_path: Path) -> None:
    """Merge conflict markers in go.sum are named as such, with file and line; go.mod is still known."""
    module(tmp_path, "a").joinpath("go.sum").write_bytes(b"<<<<<<< HEAD\n=======\n>>>>>>> b\n")
    found = only(tmp_path)
    assert found.error
    assert (found.error.kind, found.error.path, found.error.line) == ("malformed-file", "a/go.sum", 1)
    assert "merge conflict" in found.error.message
    assert (found.path, found.sum) == ("example.com/a", None)


@pytest.mark.parametrize(
    ("name", "size"), [("go.mod", (1 << 20) + 1), ("go.mod", 64 << 30), ("go.sum", (16 << 20) + 1)]
)
def test_oversized_files_are_not_read(tmp_path: Path, name: str, size: int) -> None:
    """A file over its limit is malformed-file at once, whatever its size."""
    module(tmp_path, ".")
    with (tmp_path / name).open("ab") as file:
        file.truncate(size)
    started = time.perf_counter()
    found = only(tmp_path)
    assert time.perf_counter() - started < 0.5
    assert found.error
    assert found.error.kind == "malformed-file"
    assert f"{size:,} bytes" in found.error.message


@pytest.mark.parametrize("name", ["go.mod", "go.sum"])
@pytest.mark.parametrize("trusted", [True, False])
def test_linked_files_are_refused(tmp_path: Path, name: str, trusted: bool) -> None:
    """A linked go.mod or go.sum is unsafe-path, wherever it leads; nothing of its target shows."""
    secret = tmp_path / "secret"
    secret.write_text("hunter2 and more\n")
    root = tmp_path / "repo"
    module(root, ".")
    (root / name).unlink(missing_ok=True)
    (root / name).symlink_to("../secret")
    found = only(root, trusted=trusted)
    assert found.error
    assert (found.error.kind, found.error.path) == ("unsafe-path", name)
    assert "hunter2" not in repr(found)


def test_pipe_does_not_block(tmp_path: Path) -> None:
    """A named pipe called go.mod is refused without waiting for a writer."""
    os.mkfifo(tmp_path / "go.mod")
    error = only(tmp_path).error
    assert error
    assert (error.kind, error.message) == ("unsafe-path", "go.mod is a named pipe, not a regular file")


@needs_permissions
def test_unreadable_go_mod(tmp_path: Path) -> None:
    """A go.mod without read permission is malformed-file, in words."""
    module(tmp_path, ".").joinpath("go.mod").chmod(0)
    error = only(tmp_path).error
    assert error
    assert (error.kind, error.message) == ("malformed-file", "go.mod cannot be read: permission denied")


@needs_permissions
def test_unreadable_directory(tmp_path: Path) -> None:
    """A directory that cannot be listed is named: a module might lie there."""
    module(tmp_path, ".")
    module(tmp_path, "closed").chmod(0)
    repository = discover(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert (modules(repository), skipped(repository)) == (["."], {"closed": "unreadable"})


def test_replace_outside(tmp_path: Path) -> None:
    """Targets outside the repository are named as written; only an untrusted pull request is refused for them."""
    module(tmp_path, "beside")
    root = tmp_path / "repo"
    module(
        root,
        ".",
        "replace example.com/a => ../beside\nreplace example.com/b => /nowhere/b\nreplace example.com/c => ./c\n",
    )
    (root / "c").symlink_to("../beside")
    found = only(root)
    assert found.outside_replaces == ("../beside", "/nowhere/b", "./c")
    assert (found.error, found.local_replaces) == (None, ())
    refused = only(root, trusted=False).error
    assert refused
    assert (refused.kind, refused.rule, refused.path) == ("unsafe-path", "replace-outside-repository", "go.mod")
    assert refused.line == 4


def test_absolute_replace_into_the_repository(tmp_path: Path) -> None:
    """An absolute path means another directory elsewhere, even when it leads back inside here."""
    module(tmp_path, ".", f"replace example.com/a => {tmp_path}/a\n")
    module(tmp_path, "a")
    repository = discover(tmp_path, trusted=False)
    root = repository.module_at(".")
    assert root
    assert (root.outside_replaces, root.local_replaces) == ((f"{tmp_path}/a",), ("a",))
    assert root.error is None


def test_linked_vendor_that_leaves(tmp_path: Path) -> None:
    """A vendor directory that leads out of the checkout is refused where strangers wrote it."""
    root = tmp_path / "repo"
    (module(root, ".") / "vendor").symlink_to(tmp_path)
    assert only(root).error is None
    error = only(root, trusted=False).error
    assert error
    assert (error.kind, error.path) == ("unsafe-path", "vendor")


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A linked directory is listed once if a module lies there that is not judged anyway; loops end."""
    root = tmp_path / "repo"
    for directory in (".", "a", "testdata/b"):
        module(root, directory)
    module(tmp_path, "outside")
    for name, target in {
        "loop": ".",
        "self": "self",
        "to-a": "a",
        "to-b": "testdata/b",
        "to-b-again": "testdata/b",
        "out": "../outside",
        "dangling": "nowhere",
        "empty": "..",
    }.items():
        (root / name).symlink_to(target)
    repository = discover(root)
    assert modules(repository) == [".", "a"]
    assert skipped(repository) == {"to-b": "symlink", "out": "symlink", "testdata/b": "testdata"}


def test_replace_through_a_link(tmp_path: Path) -> None:
    """A replace through a link means the module where it really lies, which is judged there and once."""
    module(tmp_path, ".", "replace example.com/b => ./link/b\n")
    module(tmp_path, "testdata/b")
    (tmp_path / "link").symlink_to("testdata")
    repository = discover(tmp_path)
    assert modules(repository) == ["testdata/b", "."]
    assert repository.modules[1].local_replaces == ("testdata/b",)


def test_root_is_a_link(tmp_path: Path) -> None:
    """The root may be a link; everything is relative to where it leads."""
    module(tmp_path / "real", ".")
    (tmp_path / "link").symlink_to("real")
    assert discover(tmp_path / "link").root == Path(os.path.realpath(tmp_path / "real"))


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A root that is removed without recursion."""
    yield tmp_path / "deep"
    remove_tree(str(tmp_path / "deep"))


def test_thousands_of_nested_folders(deep: Path) -> None:
    """Folders nested as deep as paths can be long are walked; what is deeper is named, not passed over in silence."""
    module(deep, ".")
    here = os.open(deep, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    level = deep.joinpath(*["d"] * 1500)
    (level / "go.mod").write_text("module example.com/deep\n")
    repository = discover(deep)
    assert len(repository.modules) == 2
    (cut,) = repository.skipped
    assert cut.reason == "unreadable"
    assert len(cut.dir) > 3500
    with pytest.raises(OSError, match="too long"):
        os.lstat(f"{deep}/{cut.dir}/d")
    while os.path.lexists(deep / "d"):  # the deepest folders have no path of their own: bring them up
        _shorten(deep)


def _shorten(deep: Path) -> None:
    """Remove a chain of folders that is longer than a path: its lower half becomes a chain of its own."""
    middle = deep.joinpath(*["d"] * 1000, "d")
    if middle.exists():
        middle.rename(deep / "rest")
    remove_tree(str(deep / "d"))
    if (deep / "rest").exists():
        (deep / "rest").rename(deep / "d")


def test_large_tree_is_quick(tmp_path: Path) -> None:
    """A hundred modules among a thousand packages and a crowd in node_modules are found in well under a second."""
    for number in range(100):
        folder = module(tmp_path, f"m{number}")
        for package in range(10):
            (folder / f"p{package}").mkdir()
            (folder / f"p{package}/p.go").touch()
    for number in range(1000):
        (tmp_path / f"node_modules/{number}").mkdir(parents=True)
    started = time.process_time()
    repository = discover(tmp_path)
    assert time.process_time() - started < 1
    assert len(repository.modules) == 100


NAMES = st.sampled_from(
    [*("a", "testdata", "vendor", "_x", ".y", "node_modules", "cache", "download", "go.mod", "go.sum", "go.work"),
     *(".git", ".gitmodules", "a\nb", "\udcff", "C:\\x", "x.go")]
)  # fmt: skip
WORDS = st.sampled_from(
    [*("module example.com/a\n", "go 1.21\n", "use ./a\n", "use ..\n", "replace example.com/b => ./testdata\n"),
     *("replace example.com/b => ../../..\n", 'replace example.com/b => "./\\x00"\n', "<<<<<<< HEAD\n", "require (\n"),
     *("example.com/a v1.0.0 h1:x=\n", "path = a\n", "require example.com/a v1.0.0\n", "\x00", "\udc80", "//\n")]
)  # fmt: skip
CONTENT = st.lists(WORDS, max_size=6).map("".join)
NODES = st.one_of(CONTENT.map(lambda text: ("file", text)), st.tuples(st.just("link"), NAMES), st.just(("folder", "")))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.dictionaries(st.lists(NAMES, min_size=1, max_size=4).map(tuple), NODES, max_size=14),
    st.booleans(),
    st.lists(st.sampled_from(["a", "testdata", "**/vendor", "*"]), max_size=1),
)
def test_never_raises(
    tmp_path: Path, nodes: dict[tuple[str, ...], tuple[str, str]], trusted: bool, globs: list[str]
) -> None:
    """Whatever lies in a tree, discovery answers, the same each time, and no directory is both judged and skipped."""
    root = tmp_path / "tree"
    remove_tree(str(root))
    root.mkdir()
    for parts, (kind, value) in nodes.items():
        plant(root.joinpath(*parts), kind, value)
    for include, exclude in ((globs, []), ([], globs)):
        found = discover(root, include=include, exclude=exclude, trusted=trusted)
        assert found == discover(root, include=include, exclude=exclude, trusted=trusted)
        assert not {one.dir for one in found.modules} & {one.dir for one in found.skipped}
        assert all(one.mod or one.error for one in found.modules)


def plant(place: Path, kind: str, value: str) -> None:
    """Make a file, link or folder where there is room for it."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if kind == "file":
            place.write_bytes(value.encode("utf-8", "surrogateescape"))
        elif kind == "link":
            place.symlink_to(value)
        else:
            place.mkdir()
    except OSError:
        return
