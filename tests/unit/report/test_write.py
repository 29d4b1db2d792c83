"""Reports reach their places whole, or are refused before the run."""

from __future__ import annotations

import io
import json
import os
import stat
from pathlib import Path

import pytest

from go_release_gate.errors import UsageError
from go_release_gate.report.files import check_writable, write_file
from go_release_gate.report.formats import FORMATS, renderer
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.write import Sinks, check_sinks, emit, parse_report, write_reports
from support import reports
from support.runner_parsers import commands

OPTIONS = RenderOptions(colour=True)


def test_main_output_and_files_beside_it(tmp_path: Path) -> None:
    """Standard output holds the one object; files beside it are plain and complete."""
    out = io.StringIO()
    sinks = Sinks("json", None, (("text", tmp_path / "new" / "r.txt"), ("github", tmp_path / "r.log")))
    write_reports(reports.failing(), sinks, OPTIONS, out)
    assert json.loads(out.getvalue())["verdict"] == "fail"
    assert "\x1b" not in (tmp_path / "new" / "r.txt").read_text()
    assert commands((tmp_path / "r.log").read_text())[0].name == "error"


def test_standard_output_is_empty_with_output(tmp_path: Path) -> None:
    """With `--output` nothing is said on standard output."""
    out = io.StringIO()
    write_reports(reports.failing(), Sinks("json", tmp_path / "r.json"), OPTIONS, out)
    assert out.getvalue() == ""
    assert json.loads((tmp_path / "r.json").read_text())["kind"] == "check"


def test_the_log_form_gets_a_fresh_token() -> None:
    """In a workflow's log foreign lines stand between stop-commands with the token that was made for it."""
    out = io.StringIO()
    write_reports(reports.failing(), Sinks("github"), OPTIONS, out, token=lambda: "f" * 32)
    assert "::stop-commands::" + "f" * 32 in out.getvalue()


def test_formats_are_known_by_name() -> None:
    """The registry holds the forms, and an unknown one is refused with the list."""
    assert {"text", "json", "github"} <= set(FORMATS)
    with pytest.raises(UsageError, match="unknown report format 'xml'") as caught:
        renderer("xml")
    assert "text, json, sarif, github" in caught.value.hint


@pytest.mark.parametrize("given", ["json", "json=", "=x", "xml=a"])
def test_report_wants_format_and_file(given: str) -> None:
    """Anything but FORMAT=FILE is a usage error."""
    with pytest.raises(UsageError):
        parse_report(given)
    assert parse_report("json=a=b.json") == ("json", Path("a=b.json"))


def test_refused_before_the_run(tmp_path: Path) -> None:
    """A directory, a file used as directory, and two reports in one file are found before anything is judged."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "r.json"):
        with pytest.raises(UsageError, match="cannot write"):
            check_sinks(Sinks("json", path))
    with pytest.raises(UsageError, match="two reports"):
        check_sinks(Sinks("json", tmp_path / "a", (("text", tmp_path / "x" / ".." / "a"),)))
    check_sinks(Sinks("json", tmp_path / "fresh" / "deep" / "r.json"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_is_found_before_the_run(tmp_path: Path) -> None:
    """A directory without write permission is refused."""
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="no permission"):
        check_writable(tmp_path / "r.json")
    tmp_path.chmod(0o700)


def test_a_file_is_replaced_at_once_and_keeps_its_rights(tmp_path: Path) -> None:
    """The new file has the old one's rights; a fresh one what the process gives; nothing is left beside it."""
    old = tmp_path / "old.json"
    old.write_text("before")
    old.chmod(0o640)
    inode = old.stat().st_ino
    write_file(old, "after \udc80")
    assert old.read_text() == "after \\udc80"
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert old.stat().st_ino != inode
    mask = os.umask(0o027)
    try:
        write_file(tmp_path / "new.json", "x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.json", "old.json"]


def test_nothing_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space left: the old file stays, the temporary one goes, the message names the file."""
    target = tmp_path / "r.json"
    target.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match=r"r\.json: No space left"):
        write_file(target, "after")
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_a_checkout_cannot_redirect_a_report(tmp_path: Path) -> None:
    """Below the guarded directory no link is followed, be it the file or a directory on the way; elsewhere links are
    the user's own."""
    checkout, victim = tmp_path / "checkout", tmp_path / "victim"
    checkout.mkdir()
    victim.mkdir()
    (victim / "r.json").write_text("precious")
    (checkout / "link.json").symlink_to(victim / "r.json")
    (checkout / "out").symlink_to(victim)
    for name in ("link.json", "out/r.json", "out/new.json"):
        for refuse in (check_writable, lambda path, guarded: write_file(path, "x", guarded)):
            with pytest.raises(UsageError, match="symbolic link"):
                refuse(checkout / name, checkout)
    assert (victim / "r.json").read_text() == "precious"
    assert [path.name for path in victim.iterdir()] == ["r.json"]
    write_file(checkout / "link.json", "mine")
    assert (checkout / "link.json").is_symlink()
    assert (victim / "r.json").read_text() == "mine"


def test_devices_are_written_to_not_replaced() -> None:
    """`--output /dev/null` leaves /dev/null a device."""
    check_writable(Path(os.devnull))
    write_file(Path(os.devnull), "x")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_reader_who_left_is_no_error() -> None:
    """A closed pipe ends the output quietly, also when the interpreter flushes at its end."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        emit(stream, "x" * 1_000_000)
        assert stream.write("later") == 5


def test_a_poor_encoding_loses_nothing() -> None:
    """What the stream's encoding lacks is spelled out."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    emit(stream, "ünï\udc80\n")
    assert raw.getvalue() == b"\\xfcn\\xef\\udc80\n"
