"""Fault by fault: what the three raw commands say of a damaged cache, and what anchored verify says.

Every row runs real Go. "raw" are the exit codes of `go mod verify`, `go build` and `go mod tidy -diff` as signs;
"offline" is our outcome when nothing can be healed, "online" when the proxy can be asked.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from go_release_gate.model.outcome import Outcome
from support.cacheworld import MODULES, A, CacheWorld, poison
from support.moduleproxy import h1, module_zip

OTHER_HASH = h1({"other": b"content"})
PASS, FAIL, UNAVAILABLE, NOTHING = Outcome.PASS, Outcome.FAIL, Outcome.UNAVAILABLE, Outcome.NOT_APPLICABLE


class Row(NamedTuple):
    """One fault and all answers to it. `what` is what is named as damaged offline, and as healed online."""

    name: str
    fault: Callable[[CacheWorld], object]
    raw: str  # go mod verify, go build, go mod tidy -diff
    offline: Outcome
    online: Outcome
    what: str = ""


def zip_of(world: CacheWorld) -> Path:
    """The zip that is damaged."""
    return world.proxy.cached_zip(A)


def record_of(world: CacheWorld) -> Path:
    """Its record."""
    return zip_of(world).with_suffix(".ziphash")


def dir_of(world: CacheWorld) -> Path:
    """Its extracted directory."""
    return world.proxy.cached_dir(A)


def put(path: Path, data: bytes) -> None:
    """Write a file whose permissions may forbid it."""
    path.chmod(0o644)
    path.write_bytes(data)


def edit_file(world: CacheWorld) -> None:
    """Change the text of an extracted file."""
    put(dir_of(world) / "a.go", b'package a\n\nimport _ "example.com/b"\n\nvar Edited int\n')


def without(*names: str) -> Callable[[CacheWorld], None]:
    """Remove parts of the entry: zip, record, dir."""

    def fault(world: CacheWorld) -> None:
        if "zip" in names:
            zip_of(world).unlink()
        if "record" in names:
            record_of(world).unlink()
        if "dir" in names:
            shutil.rmtree(dir_of(world))

    return fault


def both(*faults: Callable[[CacheWorld], object]) -> Callable[[CacheWorld], None]:
    """One fault after another."""

    def fault(world: CacheWorld) -> None:
        for one in faults:
            one(world)

    return fault


def flip_bit_of_zip(world: CacheWorld) -> None:
    """One bit in the packed bytes of the zip's first file."""
    data = bytearray(zip_of(world).read_bytes())
    data[70] ^= 1
    put(zip_of(world), bytes(data))


def other_zip(world: CacheWorld) -> None:
    """A sound zip of other content."""
    put(zip_of(world), module_zip(A, {**MODULES[A], "x.go": b"package a\n"}))


def bomb(world: CacheWorld) -> None:
    """A zip of some kilobytes that holds more than a module may."""
    with zipfile.ZipFile(zip_of(world), "a", zipfile.ZIP_DEFLATED) as archive, archive.open(f"{A}/x", "w") as file:
        for _ in range(501):
            file.write(bytes(1 << 20))


def partial(world: CacheWorld) -> None:
    """An extraction that was interrupted: Go does not use the directory."""
    zip_of(world).with_suffix(".partial").write_text("")
    (dir_of(world) / "LICENSE").unlink()


def link_file(world: CacheWorld) -> None:
    """A file replaced by a link to the same bytes elsewhere, where they can be changed later."""
    target = world.proxy.root / "elsewhere"
    (dir_of(world) / "a.go").rename(target)
    (dir_of(world) / "a.go").symlink_to(target)


def link_dir(world: CacheWorld) -> None:
    """The directory replaced by a link to its like."""
    dir_of(world).rename(world.proxy.root / "elsewhere")
    dir_of(world).symlink_to(world.proxy.root / "elsewhere")


def dir_becomes_file(world: CacheWorld) -> None:
    """A file in the place of the directory."""
    shutil.rmtree(dir_of(world))
    dir_of(world).write_text("")


def zip_becomes_dir(world: CacheWorld) -> None:
    """A directory in the place of the zip."""
    zip_of(world).unlink()
    zip_of(world).mkdir()


def alter_sum(line: int) -> Callable[[CacheWorld], None]:
    """Alter the hash of one line of go.sum."""

    def fault(world: CacheWorld) -> None:
        lines = (world.main / "go.sum").read_text().splitlines(keepends=True)
        lines[line] = f"{' '.join(lines[line].split()[:2])} {OTHER_HASH}\n"
        (world.main / "go.sum").write_text("".join(lines))

    return fault


def edit_mod(world: CacheWorld) -> None:
    """Change the cached go.mod file."""
    file = zip_of(world).with_suffix(".mod")
    put(file, file.read_bytes() + b"\n// changed\n")


ROWS = [
    Row("nothing", lambda _: None, "+++", PASS, PASS),
    Row("empty cache", lambda world: shutil.rmtree(world.proxy.modcache), "+--", UNAVAILABLE, UNAVAILABLE),
    Row("file edited", edit_file, "-++", UNAVAILABLE, PASS, "directory modified"),
    Row("file added", lambda w: (dir_of(w) / "x.go").write_text("package a\n"), "-++", UNAVAILABLE, PASS, "directory"),
    Row("file deleted", lambda w: (dir_of(w) / "LICENSE").unlink(), "-++", UNAVAILABLE, PASS, "directory modified"),
    Row("directory only", without("zip"), "+++", PASS, PASS),
    Row("directory only, edited", both(without("zip"), edit_file), "-++", UNAVAILABLE, PASS, "directory modified"),
    Row("zip only", without("dir"), "+++", PASS, PASS),
    Row("zip only, other", both(without("dir"), other_zip), "-++", UNAVAILABLE, PASS, "zip modified"),
    Row("trimmed to directories", without("zip", "record"), "+--", PASS, PASS),
    Row("trimmed, edited", both(without("zip", "record"), edit_file), "+--", UNAVAILABLE, PASS, "directory modified"),
    Row("poisoned coherently", lambda w: poison(w, keep_zip=True), "+--", FAIL, FAIL),
    Row("poisoned, no zip", lambda w: poison(w, keep_zip=False), "+--", FAIL, FAIL),
    Row("poisoned, no directory", lambda w: poison(w, keep_zip=True, keep_dir=False), "+--", FAIL, FAIL),
    Row(
        "record of another", lambda w: record_of(w).write_text(OTHER_HASH), "---", UNAVAILABLE, PASS, "record modified"
    ),
    Row("record missing", without("record"), "-++", UNAVAILABLE, PASS, "record missing"),
    Row("record empty", lambda w: record_of(w).write_text(""), "-++", UNAVAILABLE, PASS, "record damaged"),
    Row("zip cut", lambda w: put(zip_of(w), zip_of(w).read_bytes()[:-30]), "-++", UNAVAILABLE, PASS, "zip damaged"),
    Row("zip: one bit", flip_bit_of_zip, "-++", UNAVAILABLE, PASS, "zip damaged"),
    Row("zip of other content", other_zip, "-++", UNAVAILABLE, PASS, "zip modified"),
    Row("zip bomb", bomb, "-++", UNAVAILABLE, PASS, "zip damaged (it expands to more than a module may have)"),
    Row("zip is a directory", zip_becomes_dir, "-++", UNAVAILABLE, PASS, "zip damaged"),
    Row("partial extraction", partial, "+++", PASS, PASS),
    Row("link instead of a file", link_file, "+++", UNAVAILABLE, PASS, "directory damaged"),
    Row("link instead of the directory", link_dir, "-++", UNAVAILABLE, PASS, "directory damaged"),
    Row("file instead of the directory", dir_becomes_file, "+++", UNAVAILABLE, PASS, "directory damaged"),
    Row("content line of go.sum altered", alter_sum(0), "+--", FAIL, FAIL),
    Row("go.mod line of go.sum altered", alter_sum(1), "---", FAIL, FAIL),
    Row("go.sum emptied", lambda w: (w.main / "go.sum").write_text(""), "+--", NOTHING, NOTHING),
    Row("cached go.mod edited", edit_mod, "---", UNAVAILABLE, PASS, "go.mod modified"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_offline_every_fault_is_named_and_nothing_is_changed(row: Row, tmp_path: Path) -> None:
    """The raw commands answer as the table says; ours names the fault and leaves the cache as it is."""
    world = CacheWorld(tmp_path / "w")
    row.fault(world)
    before = world.snapshot()
    verify = world.verify(offline=True).by_dir["."]
    assert world.snapshot() == before
    assert verify.outcome is row.offline
    assert [one.what.startswith(row.what) for one in verify.damaged] == ([True] if row.what else [])
    assert bool(verify.mismatches) is (row.offline is FAIL)
    raw = [world.says_yes("mod", "verify")]
    world.go.env["GOPROXY"] = "off"  # else build and tidy would download what is missing
    raw += [world.says_yes("build", "./..."), world.says_yes("mod", "tidy", "-diff")]
    assert "".join("+" if yes else "-" for yes in raw) == row.raw


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_online_damage_is_healed_once_and_named(row: Row, tmp_path: Path) -> None:
    """What go.sum can heal is healed, so that all raw commands are content; what contradicts it is left alone."""
    world = CacheWorld(tmp_path / "w")
    row.fault(world)
    before = world.snapshot()
    world.go.calls.clear()
    result = world.verify()
    verify = result.by_dir["."]
    assert verify.outcome is row.online
    assert [one.what.startswith(row.what) for one in verify.healed] == ([True] if row.what else [])
    assert result.healed == ({tuple(A.split("@"))} if row.what else set())
    assert len(world.go.calls) == len(verify.healed)
    if row.what:
        assert all(world.says_yes(*command) for command in (("mod", "verify"), ("build", "./...")))
    else:
        assert world.snapshot() == before
    assert not list(world.proxy.modcache.glob("cache/aside-*"))
    assert not list((world.proxy.root / "scratch").iterdir())
