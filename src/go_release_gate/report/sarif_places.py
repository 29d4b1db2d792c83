"""Where a finding lies, in SARIF's terms: percent-encoded relative addresses, and regions that are never empty.

GitHub refuses absolute addresses, shows nothing without a start, and wants all four corners of a region:
docs.github.com, "SARIF support for code scanning", `physicalLocation` object.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from go_release_gate.model.finding import Location

ROOT_ID = "%SRCROOT%"  # the name code scanning knows for the root of the repository
WHOLE = "go.mod"  # where a finding about the repository as such is shown


def relative_path(path: str) -> str:
    """`path` below the root, without `./`, `/` at its head, `..` or empty parts; `go.mod` where nothing is left."""
    parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
    return "/".join(parts) or WHOLE


def uri(path: str) -> str:
    """The relative address of a path, percent-encoded byte by byte, bytes that are no UTF-8 included."""
    return quote(relative_path(path).encode("utf-8", "surrogateescape"), safe="/")


def artifact(path: str) -> dict[str, Any]:
    """An `artifactLocation`."""
    return {"uri": uri(path), "uriBaseId": ROOT_ID}


def physical(location: Location) -> dict[str, Any]:
    """A `physicalLocation`; what has no line lies on the first."""
    return {"artifactLocation": artifact(location.path), "region": region(location)}


def region(location: Location) -> dict[str, int]:
    """From the first to the last line. The end of a line is unknown here, so the last column is the next one: the
    smallest region that is not empty, and one that never reaches into a line the finding is not about."""
    line, column = max(location.line or 1, 1), max(location.column or 1, 1)
    last = max(location.end_line or line, line)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": last,
        "endColumn": (column if last == line else 1) + 1,
    }
