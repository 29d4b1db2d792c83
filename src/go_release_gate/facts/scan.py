"""The fact that scanners' results about an image are: what they found, and what somebody has said about it since."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.model.severity import Severity


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """One thing a scanner found.

    Attributes:
        id: of the vulnerability or the scanner's rule (`CVE-2026-0001`). tool: who found it.
        severity: mapped. message: its own words, one line. package: what it is in (`pkg:golang/…` or a name).
        fixed: the version that mends it, empty: not told. path: where in the image, empty: not told.
        excuse: why it does not count (a VEX statement), empty: it counts.
        url: where more is told.
    """

    id: str
    tool: str
    severity: Severity
    message: str = ""
    package: str = ""
    fixed: str = ""
    path: str = ""
    excuse: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ScanResults:
    """What the given files hold. `unreadable`: files, or parts of them, that could not be read, a sentence each."""

    findings: tuple[ScanFinding, ...]
    unreadable: tuple[str, ...] = ()
