"""Reading a checkout's files without being led astray."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from go_release_gate.engine.safe_paths import RefusedFileError, read_regular


def test_reads_a_regular_file(tmp_path: Path) -> None:
    """Bytes come back as they lie there, up to the very limit."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/go.mod").write_bytes(b"module x\r\n")
    assert read_regular(tmp_path, "a", "go.mod", 10) == b"module x\r\n"


def test_missing_is_none(tmp_path: Path) -> None:
    """A file that does not exist is not an error."""
    assert read_regular(tmp_path, ".", "go.sum", 10) is None


def test_link_is_refused_even_within(tmp_path: Path) -> None:
    """A link to a file beside it is refused too: go would write through it."""
    (tmp_path / "real").write_text("module x\n")
    (tmp_path / "go.mod").symlink_to("real")
    with pytest.raises(RefusedFileError, match="symbolic link") as refusal:
        read_regular(tmp_path, ".", "go.mod", 100)
    assert refusal.value.is_unsafe


def test_dangling_link_is_refused(tmp_path: Path) -> None:
    """A link to nothing is a link, not a missing file."""
    (tmp_path / "go.sum").symlink_to("nowhere")
    with pytest.raises(RefusedFileError, match="symbolic link"):
        read_regular(tmp_path, ".", "go.sum", 100)


def test_link_on_the_way_is_refused(tmp_path: Path) -> None:
    """No component may be a link, not only the last."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real/go.mod").write_text("module x\n")
    (tmp_path / "a").symlink_to("real")
    with pytest.raises(RefusedFileError) as refusal:
        read_regular(tmp_path, "a", "go.mod", 100)
    assert refusal.value.is_unsafe


def test_too_large_is_refused_unread(tmp_path: Path) -> None:
    """A sparse file of 64 GiB is refused at once, with both numbers."""
    with (tmp_path / "go.mod").open("wb") as file:
        file.truncate(64 << 30)
    with pytest.raises(RefusedFileError, match=r"68,719,476,736 bytes, more than the limit of 1,048,576"):
        read_regular(tmp_path, ".", "go.mod", 1 << 20)


def test_endless_file_is_refused(tmp_path: Path) -> None:
    """A file that says it is empty and yields more than the limit is refused (as those of /proc do)."""
    with pytest.raises(RefusedFileError, match="more than the limit"):
        read_regular(Path("/proc/self"), ".", "status", 10)


@pytest.mark.parametrize("kind", ["directory", "named pipe", "socket"])
def test_odd_files_are_refused(tmp_path: Path, kind: str) -> None:
    """What is no regular file is refused without opening it: a pipe would block."""
    place = tmp_path / "go.mod"
    if kind == "directory":
        place.mkdir()
    elif kind == "named pipe":
        os.mkfifo(place)
    else:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(place))
    with pytest.raises(RefusedFileError, match=kind) as refusal:
        read_regular(tmp_path, ".", "go.mod", 100)
    assert refusal.value.is_unsafe is (kind != "directory")


def test_device_is_refused() -> None:
    """A device is no file of a repository."""
    with pytest.raises(RefusedFileError, match="device"):
        read_regular(Path("/dev"), ".", "null", 100)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """Refusals close what they opened."""
    (tmp_path / "go.mod").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for directory in (".", "missing", "go.mod"):
        try:
            read_regular(tmp_path, directory, "go.mod", 100)
        except RefusedFileError:
            continue
    assert len(list(Path("/proc/self/fd").iterdir())) == before
