"""Any single byte changed in the cache is found, unless real Go proves that it means nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.model.outcome import Outcome
from support.cacheworld import A, B, CacheWorld


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CacheWorld]:
    """One cache for all examples; each example puts back what it changed."""
    root = tmp_path_factory.mktemp("bytes") / "w"
    yield CacheWorld(root)
    shutil.rmtree(root)


def content_files(world: CacheWorld) -> list[Path]:
    """All files of the cache whose bytes go.sum pins: directories, records, go.mod files."""
    found = []
    for key in (A, B):
        stem = world.proxy.cached_zip(key)
        found += [stem.with_suffix(".ziphash"), stem.with_suffix(".mod")]
        found += [file for file in world.proxy.cached_dir(key).rglob("*") if file.is_file()]
    return sorted(found)


class changed_byte:  # noqa: N801 - read as a phrase
    """A context in which one byte of a file is another."""

    def __init__(self, file: Path, at: int, by: int) -> None:
        self.file, self.before = file, file.read_bytes()
        at %= len(self.before)
        self.after = self.before[:at] + bytes([self.before[at] ^ by]) + self.before[at + 1 :]

    def __enter__(self) -> None:
        self.file.chmod(0o644)
        self.file.write_bytes(self.after)

    def __exit__(self, *_: object) -> None:
        self.file.write_bytes(self.before)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 1000), at=st.integers(0, 10_000), by=st.integers(1, 255))
def test_any_changed_byte_of_a_pinned_file_is_found(world: CacheWorld, which: int, at: int, by: int) -> None:
    """Every file of the directories, every record, every go.mod file."""
    files = content_files(world)
    file = files[which % len(files)]
    with changed_byte(file, at, by):
        found = world.verify(offline=True).by_dir["."]
    assert found.outcome is not Outcome.PASS
    assert world.verify(offline=True).by_dir["."].outcome is Outcome.PASS


def test_every_byte_of_a_zip_is_judged_at_least_as_strictly_as_by_go(world: CacheWorld) -> None:
    """For each byte of the zip: where `go mod verify` finds the change, so does anchored verify.

    Dates, system codes and the like are pinned by nothing and may differ: Go says so too.
    """
    file = world.proxy.cached_zip(B)
    missed = []
    for at in range(len(file.read_bytes())):
        with changed_byte(file, at, 0x5A):
            passes = world.verify(offline=True).by_dir["."].outcome is Outcome.PASS
            if passes and not world.says_yes("mod", "verify"):
                missed.append(at)
    assert missed == []
