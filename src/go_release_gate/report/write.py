"""Where reports go: `--format` with `--output`, and `--report FORMAT=FILE` beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from go_release_gate.errors import UsageError
from go_release_gate.report.files import check_writable, write_file
from go_release_gate.report.formats import check_name, renderer
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.redact import Redactor

Forms = Callable[[str], Callable[[Any, RenderOptions], str]]
"""Name of a form → what gives it to a report."""


@dataclass(frozen=True, slots=True)
class Sinks:
    """Where the answer is wanted.

    Attributes:
        format: form of the main output.
        output: file for the main output; None: standard output.
        reports: further pairs (format, file).
        guarded: directory below which no symlink is followed (the checkout, in a workflow); None: links are the
            user's own.
    """

    format: str = "text"
    output: Path | None = None
    reports: tuple[tuple[str, Path], ...] = ()
    guarded: Path | None = None

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Every (format, file)."""
        main = ((self.format, self.output),) if self.output else ()
        return (*main, *self.reports)


def parse_report(text: str) -> tuple[str, Path]:
    """`FORMAT=FILE`. Raises UsageError for anything else."""
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"--report wants FORMAT=FILE, not {text!r}", "for example: --report json=report.json")
    renderer(name)
    return name, Path(path)


def check_sinks(sinks: Sinks) -> None:
    """Refuse before the run what could not be written after it (UsageError)."""
    check_name(sinks.format)
    for name, path in sinks.files:
        check_name(name)
        check_writable(path, sinks.guarded)
    paths = [os.path.abspath(path) for _, path in sinks.files]  # noqa: PTH100 - links must stay unresolved
    if twice := {path for path in paths if paths.count(path) > 1}:
        raise UsageError(f"two reports would go to {min(twice)}", "give each report a file of its own")


def write_reports(
    report: Any,
    sinks: Sinks,
    options: RenderOptions,
    stdout: TextIO,
    *,
    redactor: Redactor | None = None,
    token: Callable[[], str] | None = None,
    forms: Forms = renderer,
) -> None:
    """Write every report. Standard output gets the main one, or nothing when it goes to a file.

    Args:
        report: a CheckReport, or what `forms` are for.
        redactor: knows the secrets; every string of the report passes through it before it gets a form.
        token: makes a fresh stop token for each report of the form `github`.

    Raises UsageError for a file that cannot be written. A reader who has gone away is no error.
    """
    report = (redactor or Redactor()).value(report)
    for name, path in sinks.files:
        plain = replace(options, colour=False, token="")
        write_file(path, forms(name)(report, plain), sinks.guarded)
    if sinks.output is None:
        fresh = replace(options, token=token()) if token and sinks.format == "github" else options
        emit(stdout, forms(sinks.format)(report, fresh))


def emit(stream: TextIO, text: str) -> None:
    """Write to a stream whatever its encoding lacks; end quietly when nobody reads any more."""
    try:
        stream.flush()
        buffer = getattr(stream, "buffer", None)
        encoding = stream.encoding or "utf-8"
        if buffer is None:
            stream.write(text)
        else:
            buffer.write(text.encode(encoding, "backslashreplace"))
        stream.flush()
    except BrokenPipeError:
        _close_quietly(stream)


def _close_quietly(stream: TextIO) -> None:
    """Point the descriptor at nothing, so that the interpreter's last flush does not complain."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
