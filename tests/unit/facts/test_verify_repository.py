"""Verify over a repository: counts, contradictions, sharing, what is left unanchored, and what healing may do."""

from __future__ import annotations

import base64
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.process import Completed
from go_release_gate.facts.verify import Healed, Mismatch, SumSite
from go_release_gate.facts.verify_go import damaged_of, verify_with_go
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome
from support.cacheworld import MODULES, A, B, C, CacheWorld
from support.moduleproxy import h1, module_zip

OTHER = h1({"other": b"content"})


@pytest.fixture
def world(tmp_path: Path) -> CacheWorld:
    """A tidied module with its cache."""
    return CacheWorld(tmp_path / "w")


def edit(file: Path) -> None:
    """Add a line to a cached file."""
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"\n// edited\n")


def test_shared_versions_are_hashed_once_and_counted_for_each(world: CacheWorld) -> None:
    """Two modules with one go.sum: the same bytes for both, hashed once in all."""
    alone = world.verify()
    both = world.verify(world.module("a"), world.module("b"))
    assert both.bytes == alone.bytes == both.by_dir["a"].bytes == both.by_dir["b"].bytes > 0
    assert (both.versions, both.by_dir["a"].modules, both.by_dir["a"].verified) == (2, 2, 2)
    assert both.by_dir["a"].unanchored == 1


def test_worker_processes_give_the_same_answer(world: CacheWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing in processes and in place agree, damage included."""
    edit(world.proxy.cached_dir(B) / "b.go")
    here = world.verify(offline=True)
    monkeypatch.setattr("go_release_gate.facts.hashpool.SMALL", 0)
    assert world.verify(offline=True, jobs=2) == here
    assert here.by_dir["."].damaged == (Healed("example.com/b", "v0.2.0", "directory modified"),)


def test_go_sum_files_that_contradict_each_other(world: CacheWorld) -> None:
    """Both places are named; the module whose line is wrong fails at that line, the other passes."""
    text = (world.main / "go.sum").read_text()
    right = text.splitlines()[0].split()[2]
    result = world.verify(world.module("good"), world.module("bad", text.replace(right, OTHER)))
    assert result.by_dir["good"].outcome is Outcome.PASS
    assert result.by_dir["bad"].mismatches == (Mismatch("example.com/Up/a", "v1.0.0", 1, OTHER, right),)
    assert result.by_dir["bad"].error == ModuleError(
        ErrorClass.CHECKSUM,
        f"example.com/Up/a@v1.0.0: the content contradicts go.sum: expected {OTHER}, found {right}",
        "do not silence this: find out whether go.sum was edited, the tag moved or the download altered",
        path="bad/go.sum",
        line=1,
        rule="checksum-mismatch",
    )
    (contradiction,) = result.contradictions
    assert contradiction.sites == (SumSite("good", 1, right), SumSite("bad", 1, OTHER))


def test_lines_that_say_the_same_twice_contradict_nothing(world: CacheWorld) -> None:
    """Duplicates count once; a hash of an unknown algorithm says nothing."""
    text = (world.main / "go.sum").read_text()
    result = world.verify(world.module(sums=text + text + f"example.com/b v0.2.0 h9:{'A' * 44}\n"))
    assert (result.by_dir["."].modules, result.contradictions) == (2, ())
    assert result.by_dir["."].outcome is Outcome.PASS


@pytest.mark.parametrize("path", ["../../../etc", "/etc", "a/../../b", "a//b", "a\\b", ".", "a/./b"])
def test_a_path_that_would_leave_the_cache_is_looked_for_nowhere(world: CacheWorld, path: str) -> None:
    """go.sum is foreign text: such a line names nothing that a cache can hold."""
    line = f"{path} v1.0.0 {OTHER}\n{path} v1.0.0/go.mod {OTHER}\n"
    verify = world.verify(world.module(sums=(world.main / "go.sum").read_text() + line)).by_dir["."]
    assert (verify.outcome, verify.absent, verify.verified) == (Outcome.PASS, 1, 2)


def test_a_module_without_content_hashes_is_not_applicable(world: CacheWorld) -> None:
    """No go.sum, an empty one, or one with /go.mod lines alone: nothing to compare with."""
    result = world.verify(world.module("none", ""), world.module("mods", world.proxy.mod_line(C)))
    assert {verify.outcome for verify in result.by_dir.values()} == {Outcome.NOT_APPLICABLE}


def test_both_compares_versions_that_only_a_mod_line_names(world: CacheWorld) -> None:
    """C is in the cache and has no content hash: `both` finds what `go mod verify` finds there."""
    assert world.says_yes("mod", "download", C)
    edit(world.proxy.cached_dir(C) / "c.go")
    assert not world.says_yes("mod", "verify")
    assert world.verify().by_dir["."].outcome is Outcome.PASS
    verify = world.verify(both=True).by_dir["."]
    assert verify.outcome is Outcome.UNAVAILABLE
    assert verify.damaged == (Healed("example.com/c", "v1.1.0", "directory modified"),)


def test_what_cannot_be_downloaded_is_put_back(world: CacheWorld) -> None:
    """The proxy has lost the zip: the damaged entry lies there as before, modes included, and is named."""
    folder = world.proxy.cached_dir(A)
    edit(folder / "a.go")
    folder.chmod(0o555)
    world.proxy.withdraw(A)
    before = world.snapshot()
    result = world.verify()
    verify = result.by_dir["."]
    assert world.snapshot() == before
    assert folder.stat().st_mode & 0o777 == 0o555
    assert (verify.outcome, verify.healed, result.healed) == (Outcome.UNAVAILABLE, (), frozenset())
    assert verify.error
    assert verify.error.kind is ErrorClass.MODIFIED_CACHE
    assert "no such file" in verify.error.message


def test_a_download_that_contradicts_go_sum_is_a_mismatch(world: CacheWorld) -> None:
    """The cache is damaged and the proxy serves something else by now: critical, and the cache is as before."""
    edit(world.proxy.cached_dir(A) / "a.go")
    world.proxy.add(A, {**MODULES[A], "moved.go": b"package a\n"})
    before = world.snapshot()
    verify = world.verify().by_dir["."]
    assert world.snapshot() == before
    assert verify.outcome is Outcome.FAIL
    assert [one.found for one in verify.mismatches] == [world.proxy.content_hash(A)]
    assert sum(call[:2] == ("mod", "download") for call in world.go.calls) == 1


def test_one_refused_download_does_not_hinder_the_others(world: CacheWorld) -> None:
    """Go ends a whole call at a mismatch; the other damaged entry is healed all the same."""
    for key, name in ((A, "a.go"), (B, "b.go")):
        edit(world.proxy.cached_dir(key) / name)
    world.proxy.add(A, {**MODULES[A], "moved.go": b"package a\n"})
    result = world.verify()
    assert result.healed == {("example.com/b", "v0.2.0")}
    assert [one.module for one in result.by_dir["."].mismatches] == ["example.com/Up/a"]


def test_a_read_only_entry_is_healed(world: CacheWorld) -> None:
    """Go writes its directories read-only: they are moved and removed all the same."""
    folder = world.proxy.cached_dir(A)
    (folder / "in/ner/data.txt").write_bytes(b"else\n")
    for path in (folder / "in/ner", folder / "in", folder):
        path.chmod(0o555)
    assert world.verify().by_dir["."].outcome is Outcome.PASS
    assert not list(world.proxy.modcache.glob("cache/aside-*"))


def test_healing_asks_no_checksum_database(world: CacheWorld) -> None:
    """go.sum has the hash, so a private module's name goes nowhere."""
    edit(world.proxy.cached_dir(A) / "a.go")
    key = b"\1" + bytes(32)
    mark = hashlib.sha256(b"sum.example.com\n" + key).digest()[:4].hex()
    world.go.env["GOSUMDB"] = f"sum.example.com+{mark}+{base64.b64encode(key).decode()} https://127.0.0.1:1"
    assert world.verify().by_dir["."].outcome is Outcome.PASS


def test_go_verify_in_its_own_words(world: CacheWorld) -> None:
    """Setting `go`: the same fault by Go's own command, which leaves go.sum and the tree alone."""

    def ask() -> tuple[Outcome, tuple[Healed, ...]]:
        verify = verify_with_go(
            world.module(),
            go=world.go,
            directory=world.main,
            scratch=world.proxy.root / "scratch",
            explain=lambda done: ModuleError(ErrorClass.INTERNAL, done.stderr.decode()),
        )
        return verify.outcome, verify.damaged

    assert ask() == (Outcome.PASS, ())
    edit(world.proxy.cached_dir(A) / "a.go")
    assert ask() == (Outcome.UNAVAILABLE, (Healed("example.com/Up/a", "v1.0.0", "directory modified"),))
    world.proxy.cached_zip(B).with_suffix(".ziphash").unlink()
    world.proxy.cached_zip(A).write_bytes(module_zip(A, {"a.go": b""}))
    assert {one.what for one in ask()[1]} == {"zip modified", "directory modified", "record missing"}
    shutil.rmtree(world.proxy.modcache)
    world.go.env["GOPROXY"] = "off"
    assert ask() == (Outcome.UNAVAILABLE, ())


def test_messages_of_go_that_name_no_damage() -> None:
    """Other complaints of Go are not read as damaged versions."""
    assert damaged_of("go: example.com/a@v1.0.0: reading https://example.com: 404 Not Found\ngo: no modules\n") == ()
    assert damaged_of("example.com/a v1.0.0: zip: not a valid zip file\n") == (
        Healed("example.com/a", "v1.0.0", "zip: not a valid zip file"),
    )


def test_paths_of_scratch_files_are_told_as_the_modules(world: CacheWorld) -> None:
    """A complaint about the copy of go.mod names the go.mod of the module."""
    said: list[str] = []

    def explain(done: Completed) -> ModuleError:
        said.append(done.stderr.decode())
        return ModuleError(ErrorClass.MALFORMED_FILE, "malformed")

    module = replace(world.module("svc"), mod_bytes=b"module example.com/main\n\ngo one\n")
    scratch = world.proxy.root / "scratch"
    verify = verify_with_go(module, go=world.go, directory=world.main, scratch=scratch, explain=explain)
    assert verify.error
    assert verify.error.kind is ErrorClass.MALFORMED_FILE
    assert "svc/go.mod:3" in said[0]
    assert str(scratch) not in said[0]
