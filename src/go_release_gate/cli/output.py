"""What the small verbs print: one JSON object with the common envelope, or aligned columns."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from go_release_gate import __version__
from go_release_gate.report.jsontext import SCHEMA, dumps
from go_release_gate.report.neutral import log_text


def envelope(kind: str, content: Mapping[str, Any], go: str = "") -> dict[str, Any]:
    """The object of a verb that judges nothing: schema, kind and tool, then its content."""
    tool = {"name": "go-release-gate", "version": __version__, "go": go}
    return {"schema": SCHEMA, "kind": kind, "tool": tool, **content}


@contextmanager
def into_output(args: argparse.Namespace) -> Iterator[None]:
    """While this holds, what is printed goes to the file of `--output`, where one is given; written at the end.

    Raises:
        UsageError: the file cannot be written; said before anything is done.
    """
    if not args.output:
        yield
        return
    from go_release_gate.report.files import check_writable, write_file

    check_writable(Path(args.output))
    kept = io.StringIO()
    with redirect_stdout(kept):
        yield
    write_file(Path(args.output), kept.getvalue())


def print_json(value: Any) -> None:
    """Write `value` as JSON to standard output."""
    sys.stdout.write(dumps(value) + "\n")


def print_rows(rows: Sequence[Sequence[str]]) -> None:
    """Write aligned columns to standard output; the last column is not padded. Cells are made harmless."""
    cells = [[log_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)] if cells else []
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join([*padded[:-1], row[-1]]).rstrip() + "\n")


def print_lines(lines: Sequence[str]) -> None:
    """Write lines of our own to standard output."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def wants_json(args: argparse.Namespace) -> bool:
    """Whether `--format json` was given."""
    return bool(args.format == "json")
