"""go.work.sum is left as it was, whatever Go makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.engine.work_sums import kept_work_sums


@pytest.mark.parametrize("before", [None, b"", b"example.com/m v1.0.0/go.mod h1:x\n"])
def test_it_is_put_back(tmp_path: Path, before: bytes | None) -> None:
    """A file that Go made is gone, one that it completed has its old bytes and mode; in every directory."""
    for one in (".", "nested"):
        (tmp_path / one).mkdir(exist_ok=True)
        if before is not None:
            (tmp_path / one / "go.work.sum").write_bytes(before)
            (tmp_path / one / "go.work.sum").chmod(0o640)

    with kept_work_sums(tmp_path, (".", "nested", "gone")):
        for one in (".", "nested"):
            (tmp_path / one / "go.work.sum").write_bytes(b"more")

    for one in (".", "nested"):
        place = tmp_path / one / "go.work.sum"
        if before is not None:
            assert (place.read_bytes(), place.stat().st_mode & 0o777) == (before, 0o640)
        else:
            assert not place.exists()
    assert not list(tmp_path.rglob(".go.work.sum*"))


def test_after_an_error_too(tmp_path: Path) -> None:
    """An interrupted build leaves nothing behind."""

    def interrupted() -> None:
        with kept_work_sums(tmp_path):
            (tmp_path / "go.work.sum").write_bytes(b"more")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """What it leads to is neither read nor written."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"theirs")
    root = tmp_path / "root"
    root.mkdir()
    (root / "go.work.sum").symlink_to(outside)

    with kept_work_sums(root):
        outside.write_bytes(b"changed")

    assert outside.read_bytes() == b"changed"
    assert (root / "go.work.sum").is_symlink()
