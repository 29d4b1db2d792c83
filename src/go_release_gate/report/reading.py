"""Saved reports read as what they may be: files that a stranger wrote.

A second workflow reads the artifact of a pull request's run, and all of it may be forged. Nothing is believed that
can be looked up elsewhere; what is taken over is bounded, of the right shape, and made harmless where it is shown.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from go_release_gate.errors import ReportError
from go_release_gate.model.report import CheckReport
from go_release_gate.report.neutral import log_text

SIZE_LIMIT = 16 << 20  # bytes of one report
TOTAL_LIMIT = 64 << 20  # bytes of all of them
FILES_LIMIT = 200  # reports in all; a matrix makes 256 jobs at most

_NAME_LIMIT = 200  # characters of a path in a message
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_reports(paths: Iterable[Path]) -> tuple[CheckReport, ...]:
    """The reports at `paths`; a folder stands for every `*.json` in it (not in its folders), by name.

    Raises ReportError: nothing there, a link or anything else but a file, too much of it, or no report.
    """
    files = [file for path in paths for file in _files(path)]
    if len(files) > FILES_LIMIT:
        raise ReportError(f"more than {FILES_LIMIT} reports", "publish those of one run alone")
    found: list[CheckReport] = []
    left = TOTAL_LIMIT
    for file in files:
        data = _read(file, min(left, SIZE_LIMIT))
        left -= len(data)
        found.append(_parsed(file, data))
    return tuple(found)


def read_report(path: Path) -> CheckReport:
    """The report of a check in the file `path`. Raises ReportError, which says where in it and what was expected."""
    return _parsed(path, _read(path, SIZE_LIMIT))


def _parsed(path: Path, data: bytes) -> CheckReport:
    from go_release_gate.report.reading_json import parse
    from go_release_gate.report.reading_schema import refuse_misfits
    from go_release_gate.report.reading_values import report_of

    name = log_text(str(path), _NAME_LIMIT)
    try:
        document = parse(data)
        refuse_misfits(document)
    except ReportError as error:
        raise ReportError(f"{name}: {error.message}", error.hint) from None
    return report_of(document)


def _files(path: Path) -> list[Path]:
    """`path` itself, or the reports in it where it is a folder."""
    try:
        if not stat.S_ISDIR(path.lstat().st_mode):
            return [path]
        names = _names(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not names:
        raise ReportError(f"{log_text(str(path), _NAME_LIMIT)}: no *.json in this folder", "is it the right artifact?")
    return [path / name for name in sorted(names)]


def _names(folder: Path) -> list[str]:
    names: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".json"):
                names.append(entry.name)
            if len(names) > FILES_LIMIT:
                break
    return names


def _read(path: Path, limit: int) -> bytes:
    """The bytes of a regular file; what is no such file is not even opened, and never waited for."""
    try:
        _demand_regular(path, path.lstat().st_mode)
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            found = os.fstat(file.fileno())
            _demand_regular(path, found.st_mode)
            data = file.read(limit + 1) if found.st_size <= limit else b""
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if found.st_size > limit or len(data) > limit:
        size = max(found.st_size, len(data))
        said = f"{log_text(str(path), _NAME_LIMIT)}: {size:,} bytes, where {limit:,} are left of what is read"
        raise ReportError(said, f"one report may have {SIZE_LIMIT:,} bytes, all together {TOTAL_LIMIT:,}")
    return data


def _demand_regular(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = "a symbolic link" if stat.S_ISLNK(mode) else "no regular file"
        raise ReportError(f"{log_text(str(path), _NAME_LIMIT)} is {kind}", "name the report itself")


def _unreadable(path: Path, error: OSError | ValueError) -> ReportError:
    name = log_text(str(path), _NAME_LIMIT)
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return ReportError(f"{name} is a symbolic link", "name the report itself")
    said = error.strerror if isinstance(error, OSError) else "no name of a file"
    return ReportError(f"cannot read {name}: {(said or 'unknown error').lower()}", "was the artifact downloaded?")
