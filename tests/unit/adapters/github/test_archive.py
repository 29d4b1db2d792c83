"""Archives of strangers: what belongs in the folder is in it, and nothing is written elsewhere."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.adapters.github import archive as module
from go_release_gate.adapters.github.archive import unpack
from go_release_gate.errors import UnavailableError

Member = tuple[str, bytes | str | None]  # a file's bytes, a link's target, None: a folder


def tar(*members: Member | tarfile.TarInfo) -> bytes:
    """An archive as `git archive` makes it: with a global header, members in the given order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "a" * 40}) as made:
        for member in members:
            info, data = (member, b"") if isinstance(member, tarfile.TarInfo) else _info(*member)
            made.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _info(name: str, content: bytes | str | None) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    if content is None:
        info.type = tarfile.DIRTYPE
    elif isinstance(content, str):
        info.type, info.linkname = tarfile.SYMTYPE, content
    else:
        info.size = len(content)
        return info, content
    return info, b""


def special(kind: bytes, name: str = "top/x", target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def unpacked(data: bytes, directory: Path) -> None:
    unpack(io.BytesIO(gzip.compress(data)), directory)


def test_the_files_come_without_the_top_folder(tmp_path: Path) -> None:
    """Files, folders, links within, and the right to execute."""
    script, _ = _info("top/run.sh", b"")
    script.mode = 0o755
    unpacked(
        tar(
            ("top", None),
            ("top/go.mod", b"module m\n"),
            ("top/a/b/ü.go", b"package b\n"),
            ("top/a/link", "b/ü.go"),
            ("top/a/up", "../go.mod"),
            ("top/empty", None),
            script,
        ),
        tmp_path,
    )

    assert (tmp_path / "go.mod").read_bytes() == b"module m\n"
    assert (tmp_path / "a" / "link").read_bytes() == b"package b\n"
    assert (tmp_path / "a" / "up").read_bytes() == b"module m\n"
    assert (tmp_path / "empty").is_dir()
    assert (tmp_path / "run.sh").stat().st_mode & 0o111
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "empty", "go.mod", "run.sh"]


HOSTILE: dict[str, bytes] = {
    "absolute": tar(("/etc/x", b"x")),
    "up": tar(("top/../../x", b"x")),
    "up at once": tar(("../x", b"x")),
    "dot": tar(("top/./x", b"x")),
    "double slash": tar(("top//etc/x", b"x")),
    "git": tar(("top/.git/config", b"x")),
    "Git": tar(("top/sub/.GIT/config", b"x")),
    "link to root": tar(("top/l", "/etc")),
    "link up": tar(("top/l", "../x")),
    "link up from a folder": tar(("top/a/l", "../../x")),
    "link down and up": tar(("top/a/l", "b/../../../x")),
    "link by a later link": tar(("top/p/q/e", "up/../../.."), ("top/p/q/up", "..")),
    "link to nothing": tar(("top/l", "")),
    "through a link": tar(("top/d/x", b""), ("top/l", "d"), ("top/l/y", b"x")),
    "over a link": tar(("top/x", b"x"), ("top/l", "x"), ("top/l", b"y")),
    "folder over a link": tar(("top/l", "d"), ("top/l", None)),
    "hard link": tar(("top/a", b"x"), special(tarfile.LNKTYPE, target="top/a")),
    "device": tar(special(tarfile.CHRTYPE)),
    "block device": tar(special(tarfile.BLKTYPE)),
    "pipe": tar(special(tarfile.FIFOTYPE)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_would_leave_the_folder_is_refused(data: bytes, tmp_path: Path) -> None:
    """The whole archive is refused, and beside the folder nothing has appeared."""
    with pytest.raises(UnavailableError, match="archive of the commit"):
        unpacked(data, tmp_path / "inner")

    assert [path.name for path in tmp_path.iterdir()] in ([], ["inner"])


@pytest.mark.parametrize(
    ("name", "target", "stays"),
    [
        ("l", "x", True),
        ("a/b/l", "../../x", True),
        ("a/b/l", "./.././x/./y", True),
        ("a/b/l", "../../..", False),
        ("l", "..", False),
        ("l", "x/..", False),
        ("l", "/x", False),
        ("l", "", False),
    ],
)
def test_a_link_is_judged_by_its_words(name: str, target: str, stays: bool) -> None:
    """Our own check does not lean on tarfile's: up from where the link is, as far as the top, then only down."""
    assert module._stays(name, target) is stays


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    """No gzip, no tar, cut anywhere, or with a wrong checksum: never taken for a smaller repository."""
    members = [(f"top/{number}", bytes([number]) * 700) for number in range(30)]
    whole = gzip.compress(tar(*members), mtime=0)
    broken = [b"", b"<html>", gzip.compress(b"no tar at all" * 100), whole[:-5], whole[:-8] + b"\0" * 8]
    broken += [whole[:cut] for cut in range(10, len(whole), 61)]
    for number, data in enumerate(broken):
        with pytest.raises(UnavailableError):
            unpack(io.BytesIO(data), tmp_path / str(number))


def test_an_archive_cut_before_it_was_compressed_is_refused(tmp_path: Path) -> None:
    """A whole gzip around half a file does not make a file of it."""
    with pytest.raises(UnavailableError):
        unpacked(tar(("top/a", b"x" * 1000))[:1600], tmp_path)


@pytest.mark.parametrize("limit", ["UNPACKED_LIMIT", "MEMBER_LIMIT"])
def test_amounts_have_an_end(limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes or members than allowed end the unpacking, also when they lie behind the archive's end."""
    monkeypatch.setattr(module, limit, {"UNPACKED_LIMIT": 100_000, "MEMBER_LIMIT": 20}[limit])
    many = tar(*((f"top/{number}", b"x") for number in range(21)))
    large = tar(("top/x", b"x" * 100_001))
    behind = tar(("top/x", b"x")) + b"\0" * 200_000

    unpacked(tar(("top/x", b"x" * 1000)), tmp_path / "fine")
    for number, data in enumerate([many] if limit == "MEMBER_LIMIT" else [large, behind]):
        with pytest.raises(UnavailableError, match=r"too large|more than"):
            unpacked(data, tmp_path / str(number))


NAMES = st.lists(st.sampled_from(["a", "b", "..", ".", "", "l"]), min_size=1, max_size=4).map("/".join)
CONTENT = st.one_of(st.just(b"x"), st.none(), NAMES, NAMES.map("/".__add__))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=st.lists(st.tuples(NAMES.map("top/".__add__), CONTENT), max_size=6))
def test_no_archive_writes_or_points_elsewhere(members: list[Member], tmp_path_factory: pytest.TempPathFactory) -> None:
    """For any members: whatever lies in the folder afterwards resolves to a place in it."""
    outer = tmp_path_factory.mktemp("any")
    inner = outer / "x" / "y" / "z"
    with contextlib.suppress(UnavailableError):
        unpacked(tar(*members), inner)
    for path in outer.rglob("*"):
        if path != outer / "x" and path != outer / "x" / "y":
            assert path.is_relative_to(inner)
            assert not path.is_symlink() or _target(path).is_relative_to(inner)


def _target(path: Path) -> Path:
    """Where a link leads; a circle leads nowhere, and so to itself."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
