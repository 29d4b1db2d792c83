"""The same is built twice, and what differs is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from go_release_gate.config.building import BuildService
from go_release_gate.engine.building.comparing import first_difference
from go_release_gate.engine.building.run import BuildWishes
from go_release_gate.report.built import BuildReport
from support.programs import CGO, commit_all, go_build, write_module

Building = Callable[..., BuildReport]
TWICE = BuildWishes(reproducible=True)


def test_a_program_of_a_commit_is_reproduced(root: Path, building: Building) -> None:
    """From another directory, with an empty cache, with the stamp of version control: the same bytes."""
    write_module(root)
    commit_all(root)
    report = building(BuildService("api", ".", cgo=False, ldflags="-X main.version={{commit}}"), wishes=TWICE)
    (program,) = report.built.programs
    assert program.binary.info.settings["vcs.modified"] == "false"
    assert (program.is_reproduced, program.difference) == (True, None)


def test_what_is_made_by_chance_is_named(root: Path, building: Building) -> None:
    """A build id that the C linker makes anew each time: its section is named, and it is a finding."""
    write_module(root, main_go=CGO)
    flags = "-linkmode=external -extldflags=-Wl,--build-id=uuid"
    report = building(BuildService("api", ".", cgo=True, ldflags=flags), wishes=TWICE)
    (program,) = report.built.programs
    assert program.is_reproduced is False
    assert program.difference
    assert program.difference.section == ".note.gnu.build-id"
    (finding,) = [one for one in report.check.findings if one.rule == "irreproducible-binary"]
    assert "a build id that is made anew" in finding.message


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module's directory."""
    return write_module(tmp_path_factory.mktemp("shop"))


def built(shop: Path, name: str, *flags: str, **env: str) -> Path:
    """A program of it."""
    return go_build(shop, shop.parent / f"{shop.name}-{name}", *flags, CGO_ENABLED="0", **env)


def test_the_same_bytes_do_not_differ(shop: Path) -> None:
    """Nothing is named where nothing differs."""
    one = built(shop, "same")
    assert first_difference(one, one) is None


def test_a_text_that_is_linked_in(shop: Path) -> None:
    """The value of -X is shown, not the build ids that differ before it."""
    one = built(shop, "one", "-trimpath", "-ldflags=-X main.version=monday-evening")
    other = built(shop, "other", "-trimpath", "-ldflags=-X main.version=friday-evening")
    found = first_difference(one, other)
    assert found
    assert found.section == ".rodata"
    assert "monday" in found.what
    assert "friday" in found.what


def test_the_directory_of_the_build(shop: Path, tmp_path: Path) -> None:
    """A path in the program is called what it is."""
    other = write_module(tmp_path / "elsewhere")
    found = first_difference(built(shop, "here"), built(other, "there"), (str(shop), str(other)))
    assert found
    assert found.what == "the directory it was built in"


def test_files_that_are_no_programs(tmp_path: Path) -> None:
    """Anything can be compared: where no section is known the offset says where."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"\0" * 100)
    other.write_bytes(b"\0" * 120)
    found = first_difference(one, other)
    assert found
    assert (found.section, found.offset, found.what) == ("", 100, "the size of the file")
