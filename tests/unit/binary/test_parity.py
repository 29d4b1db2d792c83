"""What is read of a program against what readelf and Go say of it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from go_release_gate.binary.buildinfo import read_build_info
from go_release_gate.binary.elf import read_elf
from go_release_gate.facts.binary import BuildInfo, Elf, RecordedModule

LINUX = ("plain", "stripped", "pie", "arm64", "arm", "s390x", "386", "dynamic")
MACHINES = {
    "Advanced Micro Devices X86-64": "amd64",
    "AArch64": "arm64",
    "ARM": "arm",
    "IBM S/390": "s390x",
    "Intel 80386": "386",
}


def said(*argv: str) -> str:
    """Standard output of a command."""
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


@pytest.fixture(params=LINUX)
def program(request: pytest.FixtureRequest, programs: dict[str, Path]) -> Path:
    """Each program for Linux."""
    return programs[request.param]


@pytest.fixture
def elf(program: Path) -> Elf:
    """What is read of it."""
    with program.open("rb") as file:
        return read_elf(file)


@pytest.fixture
def info(program: Path) -> BuildInfo:
    """What Go recorded in it."""
    with program.open("rb") as file:
        return read_build_info(file)


def test_machine_as_readelf_says(program: Path, elf: Elf) -> None:
    """The architecture is that of readelf's machine."""
    machine = re.search(r"Machine:\s+(.+)", said("readelf", "-h", str(program)))
    assert machine
    assert elf.architecture == MACHINES[machine[1].strip()]


def test_sections_as_readelf_lists(program: Path, elf: Elf) -> None:
    """Each section that the file holds bytes of has the size that readelf prints."""
    row = re.compile(r"^\s*\[\s*\d+\] (\S+)\s+(\S+)\s+[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) ", re.MULTILINE)
    rows = row.findall(said("readelf", "-SW", str(program)))
    expected = {name: int(size, 16) for name, kind, size in rows if kind not in ("NOBITS", "NULL") and int(size, 16)}
    assert {one.name: one.size for one in elf.sections} == expected
    assert [one.size for one in elf.sections] == sorted(expected.values(), reverse=True)


def test_interpreter_and_libraries_as_readelf_lists(program: Path, elf: Elf) -> None:
    """Interpreter and needed libraries are those of readelf."""
    interpreter = re.search(r"interpreter: (\S+)\]", said("readelf", "-lW", str(program)))
    assert elf.interpreter == (interpreter[1] if interpreter else "")
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", said("readelf", "-dW", str(program)))
    assert list(elf.needed) == needed


def test_build_ids_as_told(program: Path, elf: Elf) -> None:
    """Both build ids are those that `go tool buildid` and readelf print."""
    assert elf.go_build_id == said("go", "tool", "buildid", str(program)).strip()
    gnu = re.search(r"Build ID: ([0-9a-f]+)", said("readelf", "-nW", str(program)))
    assert elf.gnu_build_id == (gnu[1] if gnu else "")


def test_stripped_when_there_are_no_symbols(program: Path, elf: Elf) -> None:
    """A program is stripped where readelf shows neither symbol table nor DWARF."""
    sections = said("readelf", "-SW", str(program))
    assert elf.is_stripped == (".symtab" not in sections and ".debug_" not in sections)
    assert bool(elf.symbols) != elf.is_stripped


def test_build_information_as_go_prints(program: Path, info: BuildInfo) -> None:
    """Everything recorded is what `go version -m -json` prints."""
    told = json.loads(said("go", "version", "-m", "-json", str(program)))
    assert info.go == told["GoVersion"].split()[0]
    assert info.path == told["Path"]
    assert info.main == _module(told["Main"])
    assert list(info.dependencies) == [_module(one) for one in told.get("Deps") or ()]
    assert info.settings == {one["Key"]: one.get("Value", "") for one in told["Settings"]}


def test_what_stripping_saves(programs: dict[str, Path]) -> None:
    """What is said to be saved by stripping comes within a hundredth of what `-ldflags='-s -w'` saves."""
    with programs["plain"].open("rb") as file:
        symbols = read_elf(file).symbols
    saved = programs["plain"].stat().st_size - programs["stripped"].stat().st_size
    assert abs(symbols - saved) < programs["plain"].stat().st_size / 100


def _module(value: dict[str, object]) -> RecordedModule:
    inner = value.get("Replace")
    by = _module(inner) if isinstance(inner, dict) else None
    return RecordedModule(str(value["Path"]), str(value.get("Version", "")), str(value.get("Sum", "")), by)
