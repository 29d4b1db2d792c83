"""Trees of files in one readable text: a comment, then `-- name --` before the content of each file.

    write(parse("-- go.mod --\\nmodule example.com/a\\n-- cmd/main.go --\\npackage main\\n"), tmp_path)

The format of https://pkg.go.dev/golang.org/x/tools/txtar: no escapes, and every file that is not empty ends in a line
feed. Names stay inside the directory that is written to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_MARKER = re.compile(r"^-- (.+?) --[ \t]*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Archive:
    """A comment and files: name with `/` → content."""

    comment: str
    files: dict[str, bytes] = field(default_factory=dict)


def parse(text: str) -> Archive:
    """Read an archive. A name that comes twice is the test's mistake: ValueError."""
    comment, *parts = _MARKER.split(text)
    files: dict[str, bytes] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if name.strip() in files:
            raise ValueError(f"{name} is there twice")
        files[name.strip()] = (body if not body or body.endswith("\n") else f"{body}\n").encode()
    return Archive(comment, files)


def write(archive: Archive, directory: Path) -> Path:
    """Write the files below `directory`, which is made where it is missing; gives it back."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, data in archive.files.items():
        if name.startswith("/") or ".." in name.split("/"):
            raise ValueError(f"{name} leaves the directory")
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return directory


def tree(directory: Path, text: str) -> Path:
    """Write the archive in `text` below `directory`."""
    return write(parse(text), directory)
