"""Read what the Go command wrote when it failed: which package, through which imports, from which host. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

LINE_LIMIT = 1_000  # characters
TEXT_LIMIT = 32 << 10

# `\tpath/of/package: what went wrong` ends a chain of `imports` and `tested by` lines
_PACKAGE = re.compile(r"^\t(?P<package>[^\s:]+): (?P<message>.+)$")
_URL_HOST = re.compile(r"https?://(?:[^/@\s\"']*@)?(?P<host>[^/\s\"'?]+)")
_LOOKUP = re.compile(r"(?<!module )lookup (?P<host>[\w.-]+)")
_DIAL = re.compile(r"dial tcp (?P<host>\[?[\w.:-]+?\]?:\d+)")
_SSH = re.compile(r"(?:ssh://)?git@(?P<host>[\w.-]+)|ssh: connect to host (?P<other>[\w.-]+)")
_STATUS = re.compile(r": (?P<status>[1-5]\d\d) [A-Z][\w' -]+")


@dataclass(frozen=True, slots=True)
class Failure:
    """One complaint of Go: `package` (empty when it is not about one) and `message`, its lines joined."""

    package: str
    message: str

    @property
    def host(self) -> str:
        """Host the complaint names, with its port where one is given; empty when it names none."""
        for pattern in (_URL_HOST, _LOOKUP, _DIAL, _SSH):
            if match := pattern.search(self.message):
                return next(group for group in match.groups() if group)
        return ""

    @property
    def status(self) -> int:
        """HTTP status a server answered with, 0 for none."""
        match = _STATUS.search(self.message)
        return int(match["status"]) if match else 0


def shortened(stderr: str) -> str:
    """Go's standard error as far as it is read: names in it are as long as a repository makes them."""
    return "\n".join(map(_middle_out, stderr.splitlines()))


def _middle_out(line: str) -> str:
    """The line's two ends: the name is at its beginning, what is wrong with it at its end."""
    half = LINE_LIMIT // 2
    return line if len(line) <= LINE_LIMIT else f"{line[:half]}…{line[-half:]}"


def read_failures(stderr: str) -> list[Failure]:
    """Split Go's standard error into complaints; progress lines (`downloading`, `finding`, `found`) are left out.

    What comes after the first 32 KiB of complaints is not read.
    """
    failures: list[Failure] = []
    left = TEXT_LIMIT
    for line in shortened(stderr).splitlines():
        if not line.strip() or _is_progress(line):
            continue
        left -= len(line)
        if left < 0 and failures:
            break
        if match := _PACKAGE.match(line):
            failures.append(Failure(match["package"], match["message"]))
        elif line.startswith("\t") and failures:
            last = failures[-1]
            failures[-1] = Failure(last.package, f"{last.message}\n{line.strip()}")
        elif not _opens_chain(line):
            failures.append(Failure("", line.removeprefix("go: ").strip()))
    return failures


def _is_progress(line: str) -> bool:
    return line.startswith(("go: downloading ", "go: finding ", "go: found ", "go: upgraded ", "go: added "))


def _opens_chain(line: str) -> bool:
    return line.rstrip().endswith((" imports", " tested by"))
