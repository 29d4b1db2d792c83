"""Single files on their way into the copy: links, pipes, giants and what cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from go_release_gate.engine.discover import discover
from go_release_gate.facts import copying
from go_release_gate.facts.mirror import Mirror
from support.permissions import needs_permissions
from support.txtar import tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository of one module beside a file of somebody else."""
    (tmp_path / "secret.go").write_text("package secret\n")
    return tree(
        tmp_path / "repo", "-- go.mod --\nmodule example.com/a\n-- a.go --\npackage a\n-- doc/text --\npackage t\n"
    )


def test_links_to_files_count_with_their_content(root: Path) -> None:
    """A linked source file is copied as what it leads to, as Go reads it."""
    (root / "inside.go").symlink_to("doc/text")
    (root / "outside.go").symlink_to("../secret.go")
    with Mirror(discover(root)) as mirror:
        assert (mirror.path / "inside.go").read_text() == "package t\n"
        assert (mirror.path / "outside.go").read_text() == "package secret\n"
        assert not (mirror.path / "outside.go").is_symlink()
        assert mirror.refused == ()


def test_strangers_links_out_are_refused(root: Path) -> None:
    """In an untrusted tree a link out of the repository is not read; the module cannot be judged and says why."""
    (root / "inside.go").symlink_to("doc/text")
    (root / "outside.go").symlink_to("../secret.go")
    repository = discover(root, trusted=False)
    with Mirror(repository, trusted=False) as mirror:
        assert (mirror.path / "inside.go").exists()
        assert not (mirror.path / "outside.go").exists()
        error = mirror.error_of(repository.modules[0])
    assert error
    assert (error.kind, error.path) == ("unsafe-path", "outside.go")


def test_refusal_reaches_those_that_replace_by_it(root: Path) -> None:
    """A module that replaces by one whose source was refused cannot be judged either; others can."""
    tree(
        root,
        "-- b/go.mod --\nmodule example.com/b\nreplace example.com/c => ../c\n-- c/go.mod --\nmodule example.com/c\n",
    )
    (root / "c/c.go").symlink_to("../../secret.go")
    repository = discover(root, trusted=False)
    with Mirror(repository, trusted=False) as mirror:
        errors = {module.dir: mirror.error_of(module) for module in repository.modules}
    assert {directory for directory, error in errors.items() if error} == {"b", "c"}


def test_what_go_passes_over(root: Path) -> None:
    """Links that lead nowhere or in a circle, linked directories, pipes and directories named so are no source."""
    (root / "dangling.go").symlink_to("nowhere")
    (root / "circle.go").symlink_to("circle.go")
    (root / "linked").symlink_to("doc")
    (root / "dirlink.go").symlink_to("doc")
    (root / "dir.go").mkdir()
    (root / "dir.go/in.go").write_text("package in\n")
    os.mkfifo(root / "pipe.go")
    for trusted in (True, False):
        repository = discover(root, trusted=trusted)
        with Mirror(repository, trusted=trusted) as mirror:
            names = sorted(str(path.relative_to(mirror.path)) for path in mirror.path.rglob("*") if not path.is_dir())
            assert names == ["a.go", "dir.go/in.go", "go.mod"]
            assert mirror.error_of(repository.modules[0]) is None


@pytest.mark.parametrize("importer", ["package a", 'package a\n\nimport _ "example.com/a/vendor/x/y"'])
def test_vendored_packages_only_where_an_import_could_name_them(root: Path, importer: str) -> None:
    """What lies below vendor is copied when a file of the repository names such a path; those below it too then.
    Files of a package called vendor are always there."""
    tree(
        root,
        f"-- b/b.go --\n{importer}\n-- vendor/v.go --\npackage vendor\n-- vendor/x/x.go --\npackage x\n"
        "-- vendor/x/y/vendor/z/z.go --\npackage z\n-- c/vendor/x/x.go --\npackage x\n",
    )
    with Mirror(discover(root)) as mirror:
        names = {str(path.relative_to(mirror.path)) for path in mirror.path.rglob("*.go")}
    vendored = {"vendor/x/x.go", "vendor/x/y/vendor/z/z.go", "c/vendor/x/x.go"}
    assert names == {"a.go", "b/b.go", "vendor/v.go"} | (vendored if "import" in importer else set())


def test_modules_in_and_called_vendor(root: Path) -> None:
    """A module whose own directory is called vendor, or lies below one, is copied whole, and once."""
    tree(
        root,
        "-- go.work --\ngo 1.21\n\nuse ./vendor\nuse ./b/vendor/w\n-- vendor/go.mod --\nmodule example.com/v\n"
        "-- vendor/x/x.go --\npackage x // example.com/a/b/vendor/w\n"
        "-- b/vendor/w/go.mod --\nmodule example.com/w\n-- b/vendor/w/w.go --\npackage w\n",
    )
    with Mirror(discover(root)) as mirror:
        assert (mirror.path / "vendor/x/x.go").exists()
        assert (mirror.path / "b/vendor/w/w.go").exists()


def test_giants_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source file over the limit is named, and not read; one of just the limit is."""
    (root / "fits.go").write_bytes(b"x" * 1000)
    with (root / "giant.go").open("wb") as file:
        file.truncate(40 << 30)
    repository = discover(root)
    monkeypatch.setattr(copying, "FILE_LIMIT", 1000)
    with Mirror(repository) as mirror:
        assert (mirror.path / "fits.go").stat().st_size == 1000
        error = mirror.error_of(repository.modules[0])
    assert error
    assert (error.kind, error.path) == ("malformed-file", "giant.go")
    assert "larger than 1,000 bytes" in error.message


def test_large_files_arrive_whole(root: Path) -> None:
    """Bytes are copied as they are, also those of a file of several megabytes."""
    data = os.urandom(5 << 20)
    (root / "big.go").write_bytes(data)
    with Mirror(discover(root)) as mirror:
        assert (mirror.path / "big.go").read_bytes() == data


@needs_permissions
def test_unreadable_source(root: Path) -> None:
    """A source file or directory without read permission makes the answer unknown, not clean."""
    (root / "a.go").chmod(0)
    repository = discover(root)
    with Mirror(repository) as mirror:
        error = mirror.error_of(repository.modules[0])
    assert error
    assert error.message == "a source file is not read: it cannot be read: permission denied"


def test_names_that_say_something_else(root: Path) -> None:
    """Names with line feeds, commands and no UTF-8 are copied under the same name."""
    names = [b"a\nb.go", b"::error::.go", b"\xff.go", b" .go"]
    for name in names:
        (root / os.fsdecode(name)).write_text("package a\n")
    with Mirror(discover(root)) as mirror:
        assert set(names) < {os.fsencode(path.name) for path in mirror.path.iterdir()}


def test_path_too_long_for_the_copy(root: Path) -> None:
    """A path that fits where it lies and not in the copy is named, and the rest is copied."""
    here = root
    while len(str(here)) < 4000:
        here = here / ("d" * min(200, 4060 - len(str(here))))
    here.mkdir(parents=True)
    (here / "deep.go").write_text("package deep\n")
    repository = discover(root)
    with Mirror(repository, long_parent(root.parent)) as mirror:
        assert (mirror.path / "a.go").exists()
        error = mirror.error_of(repository.modules[0])
    assert error
    assert "too long" in error.message


def long_parent(tmp_path: Path) -> Path:
    """A directory for temporary files with a long path."""
    place = tmp_path / ("t" * 200)
    place.mkdir()
    return place
