"""Hashing zips and directories: what is hashed, what is refused, and the worker processes."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.facts import hashpool
from go_release_gate.facts.hashing import ABSENT, Hashed, Work, hash_one, serve
from support.moduleproxy import h1, module_zip

KEY = "example.com/m@v1.0.0"
names = st.text(st.characters(codec="utf-8", exclude_characters="\n\0"), min_size=1, max_size=20)


def zip_work(folder: Path, data: bytes) -> Work:
    """A zip file to hash."""
    file = folder / "m.zip"
    file.write_bytes(data)
    return Work("zip", str(file))


@settings(max_examples=100, deadline=None)
@given(tree=st.dictionaries(names, st.binary(max_size=300), max_size=6))
def test_zip_hash_equals_the_definition(tmp_path_factory: pytest.TempPathFactory, tree: dict[str, bytes]) -> None:
    """Any names and contents, deflated: the hash is the one of its definition."""
    work = zip_work(tmp_path_factory.mktemp("zip"), module_zip(KEY, tree))
    expected = h1_of({f"{KEY}/{name}": data for name, data in tree.items()})
    assert hash_one(work) == Hashed(expected, sum(map(len, tree.values())))


def h1_of(files: dict[str, bytes]) -> str:
    """The definition, sorted by the names' bytes as Go sorts them."""
    lines = [f"{hashlib.sha256(files[n]).hexdigest()}  {n}\n".encode() for n in sorted(files, key=str.encode)]
    return "h1:" + base64.b64encode(hashlib.sha256(b"".join(lines)).digest()).decode()


def test_large_files_are_streamed(tmp_path: Path) -> None:
    """Files of several pieces, stored or deflated, hash as in one piece."""
    data = os.urandom(1 << 20) + bytes(3 << 20) + b"end"
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            archive.writestr("big", data)
        assert hash_one(zip_work(tmp_path, buffer.getvalue())).hash == h1({"big": data})


def test_zips_with_descriptors_comments_and_prefixes(tmp_path: Path) -> None:
    """What other tools put around the files is passed over, as Go does."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, piece: object) -> int:
            self.data += bytes(piece)  # type: ignore[call-overload]
            return len(bytes(piece))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # not seekable: data descriptors
        archive.writestr("a", b"1\n")
        archive.comment = b"made elsewhere"
    assert hash_one(zip_work(tmp_path, pipe.data)).hash == h1({"a": b"1\n"})
    assert hash_one(zip_work(tmp_path, b"#!/bin/prefix\n" + pipe.data)).hash == h1({"a": b"1\n"})


def test_more_files_than_the_old_format_counts(tmp_path: Path) -> None:
    """65,536 files and more: the zip64 directory."""
    tree = {f"{number}": b"" for number in range(65_600)}
    work = zip_work(tmp_path, module_zip(KEY, tree))
    assert hash_one(work).hash == h1({f"{KEY}/{name}": b"" for name in tree})


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(17), b"\0" * 5000, b"PK\x05\x06" + b"\xff" * 18])
def test_rubbish_is_a_problem_and_no_crash(tmp_path: Path, data: bytes) -> None:
    """Whatever lies in the zip's place, the answer is a problem in words."""
    assert hash_one(zip_work(tmp_path, data)).problem


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 10_000), by=st.integers(1, 255), cut=st.integers(0, 400))
def test_a_mangled_zip_never_crashes(tmp_path_factory: pytest.TempPathFactory, at: int, by: int, cut: int) -> None:
    """One byte changed and the end cut off: a hash or a problem, never both, never an exception."""
    data = bytearray(module_zip(KEY, {"a.go": b"package a\n" * 9, "b": b"b"}))
    data[at % len(data)] ^= by
    found = hash_one(zip_work(tmp_path_factory.mktemp("zip"), bytes(data[: len(data) - cut])))
    assert bool(found.hash) is not bool(found.problem)


def test_directories_are_hashed_below_their_prefix(tmp_path: Path) -> None:
    """Names are sorted as whole paths: `a.go` before `a/b`, as Go's."""
    tree = {"a/b": b"1", "a.go": b"2", "a-c": b"3", "z/y/x": b"4"}
    for name, data in tree.items():
        (tmp_path / "d" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "d" / name).write_bytes(data)
    expected = h1({f"{KEY}/{name}": data for name, data in tree.items()})
    assert hash_one(Work("dir", str(tmp_path / "d"), KEY)) == Hashed(expected, 4)


def test_odd_files_are_problems(tmp_path: Path) -> None:
    """Links and pipes are refused without being opened; a line feed in a name cannot be hashed."""
    for number, make in enumerate(
        (lambda p: p.symlink_to("/dev/zero"), os.mkfifo, lambda p: (p.parent / "a\nb").write_text(""))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        make(folder / "x")
        assert hash_one(Work("dir", str(folder), KEY)).problem


def test_pipes_in_the_place_of_files_do_not_hang(tmp_path: Path) -> None:
    """A named pipe where a zip or go.mod should be is a problem at once."""
    os.mkfifo(tmp_path / "pipe")
    assert hash_one(Work("zip", str(tmp_path / "pipe"))).problem
    assert hash_one(Work("mod", str(tmp_path / "pipe"))).problem


def test_depth_is_no_danger(tmp_path: Path) -> None:
    """A directory nested deeper than any stack is hashed or refused, without a crash."""
    here = os.getcwd()  # noqa: PTH109 - the depth exceeds what one path may name
    try:
        os.chdir(tmp_path)
        for _ in range(1_500):
            os.mkdir("d")  # noqa: PTH102
            os.chdir("d")
    finally:
        os.chdir(here)
    found = hash_one(Work("dir", str(tmp_path), KEY))
    assert found.hash or found.problem
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_what_is_missing_is_absent(tmp_path: Path) -> None:
    """Absent is neither a hash nor a problem."""
    for kind in ("zip", "dir", "mod"):
        assert hash_one(Work(kind, str(tmp_path / "no"))) == ABSENT


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    """As another user: files without permission are problems, not absences."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d/f").write_bytes(b"x")
    (tmp_path / "d/f").chmod(0)
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    os.seteuid(65534)
    try:
        found = hash_one(Work("dir", str(tmp_path / "d"), KEY))
    finally:
        os.seteuid(0)
    assert found == Hashed(problem="it cannot be read: permission denied")


def many(folder: Path, count: int) -> dict[Work, str]:
    """Small zips to hash, with their hashes."""
    found = {}
    for number in range(count):
        file = folder / f"{number}.zip"
        file.write_bytes(module_zip(KEY, {"n": str(number).encode()}))
        found[Work("zip", str(file))] = h1({f"{KEY}/n": str(number).encode()})
    return found


def test_workers_hash_everything_once(tmp_path: Path) -> None:
    """Three processes, forty things: each answer comes once and is right."""
    works = many(tmp_path, 40)
    heard: list[tuple[Work, str]] = []
    sized = [(work, hashpool.SMALL) for work in works]
    hashpool.hash_all(sized, jobs=3, heard=lambda work, hashed: heard.append((work, hashed.hash)))
    assert len(heard) == 40
    assert dict(heard) == works


def test_dead_workers_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that cannot even start are replaced by hashing here."""
    works = many(tmp_path, 5)
    monkeypatch.setattr(hashpool, "_BOOT", "import sys; sys.exit(1)")
    heard: dict[Work, str] = {}
    sized = [(work, hashpool.SMALL) for work in works]
    hashpool.hash_all(sized, jobs=2, heard=lambda work, hashed: heard.update({work: hashed.hash}))
    assert heard == works


def test_an_error_of_the_listener_comes_out(tmp_path: Path) -> None:
    """What `heard` raises in a thread is raised to the caller, and the workers are gone."""

    def heard(work: Work, hashed: Hashed) -> None:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        hashpool.hash_all([(work, hashpool.SMALL) for work in many(tmp_path, 4)], jobs=2, heard=heard)


def test_the_worker_imports_next_to_nothing() -> None:
    """Its start costs milliseconds: none of the heavy standard modules, nothing from outside."""
    code = "import sys; import go_release_gate.facts.hashing; print(*sys.modules)"
    root = str(Path(hashpool.__file__).parents[2])
    boot = f"import sys; sys.path.insert(0, {root!r}); {code}"
    said = subprocess.run([sys.executable, "-I", "-S", "-c", boot], check=True, capture_output=True, text=True).stdout
    assert not {"dataclasses", "inspect", "pathlib", "subprocess", "zipfile", "asyncio"} & set(said.split())


def test_requests_and_answers_are_lines(tmp_path: Path) -> None:
    """One line in, one line out; names that are not UTF-8 survive the way."""
    folder = os.fsdecode(os.fsencode(str(tmp_path)) + b"/\xff")
    os.mkdir(folder)  # noqa: PTH102
    answers = io.BytesIO()
    request = b'["dir", ' + json.dumps(folder).encode() + b', "p"]\n'
    assert serve(io.BytesIO(request * 2), answers) == 0
    assert answers.getvalue().count(h1({}).encode()) == 2
