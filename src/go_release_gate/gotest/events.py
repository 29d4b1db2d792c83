"""The stream of `go test -json`, put together as it comes: https://pkg.go.dev/cmd/test2json.

Lines that are no events (Go before 1.24 writes build errors so) are kept as said by nobody. What a test says is kept up
to a limit, and only of those that failed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

MOST_OUTPUT = 256 << 10  # characters kept of one test, or of one package beside its tests
MOST_LINE = 4 << 20  # bytes of one line; a longer one is dropped
ENDS = {"pass": "passed", "fail": "failed", "skip": "skipped"}
_SEED = re.compile(r"^-test\.shuffle (-?\d+)\s*$")
_CACHED = re.compile(r"^ok\s+\S+\s+\(cached\)")
_COVERAGE = re.compile(r"^(coverage: |\s*\S*\s+coverage: )")


@dataclass(slots=True)
class TestLog:
    """One test: `outcome` is passed, failed, skipped or, while it runs or where it never ended, unfinished."""

    __test__ = False  # no test of ours

    name: str
    outcome: str = "unfinished"
    seconds: float = 0.0
    output: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def said(self) -> str:
        """Everything that was kept of what it said."""
        return "".join(self.output)


@dataclass(slots=True)
class PackageLog:
    """One package: its tests in the order they began, and what was said beside them.

    Attributes:
        outcome: passed, failed, skipped, unfinished. seed: of the shuffle, empty: none.
        failed_build: import path of what did not compile. is_cached: Go did not run it again.
        has_ended: the test program said so itself (`PASS`, `FAIL`), as it does behind its last test.
    """

    path: str
    outcome: str = "unfinished"
    seconds: float = 0.0
    tests: dict[str, TestLog] = field(default_factory=dict)
    beside: TestLog = field(default_factory=lambda: TestLog(""))
    seed: str = ""
    failed_build: str = ""
    is_cached: bool = False
    has_ended: bool = False


class Stream:
    """Takes the bytes of standard output as they come."""

    def __init__(self) -> None:
        self.packages: dict[str, PackageLog] = {}
        self.builds: dict[str, list[str]] = {}
        self.loose: list[str] = []
        self._rest = b""

    def feed(self, data: bytes) -> list[PackageLog]:
        """Read on; give the packages that ended with it."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MOST_LINE:
            self._rest = b""
        return [ended for line in lines if (ended := self._line(line)) is not None]

    def close(self) -> None:
        """There is no more: read a last line that has no end."""
        rest, self._rest = self._rest, b""
        self._line(rest)

    @property
    def running(self) -> list[tuple[PackageLog, TestLog]]:
        """Tests that began and did not end, in the order they began."""
        return [
            (package, test)
            for package in list(self.packages.values())
            if package.outcome == "unfinished"
            for test in list(package.tests.values())
            if test.outcome == "unfinished"
        ]

    def built(self) -> str:
        """Everything that Go said while it compiled, and what was no event."""
        return "".join(text for lines in self.builds.values() for text in lines) + "".join(self.loose)

    def _line(self, line: bytes) -> PackageLog | None:
        event = _event(line)
        if event is None:
            if line.strip() and len(self.loose) < 10_000:
                self.loose.append(line.decode("utf-8", "replace") + "\n")
            return None
        action = event["Action"]
        if action == "build-output":
            self.builds.setdefault(_text(event, "ImportPath"), []).append(_text(event, "Output"))
            return None
        path = _text(event, "Package")
        if not path:
            return None
        package = self.packages.setdefault(path, PackageLog(path))
        name = _text(event, "Test")
        if name:
            _of_test(package.tests.setdefault(name, TestLog(name)), action, event)
            return None
        return _of_package(package, action, event)


def _event(line: bytes) -> dict[str, Any] | None:
    if not line.startswith(b"{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("Action"), str) else None


def _of_test(test: TestLog, action: str, event: dict[str, Any]) -> None:
    if action == "output":
        _keep(test, _text(event, "Output"))
    elif action == "run":
        test.outcome, test.output, test.size = "unfinished", [], 0  # -count runs it again
    elif action in ENDS and test.outcome != "failed":
        test.outcome, test.seconds = ENDS[action], _seconds(event)
        if action == "pass":
            test.output, test.size = [], 0


def _of_package(package: PackageLog, action: str, event: dict[str, Any]) -> PackageLog | None:
    if action == "output":
        text = _text(event, "Output")
        seed = _SEED.match(text)
        package.seed = seed[1] if seed else package.seed
        package.has_ended = package.has_ended or text.rstrip() in ("PASS", "FAIL")
        package.is_cached = package.is_cached or _CACHED.match(text) is not None
        if not seed and not _COVERAGE.match(text):
            _keep(package.beside, text)
        return None
    if action not in ENDS:
        return None
    package.outcome, package.seconds = ENDS[action], _seconds(event)
    package.failed_build = _text(event, "FailedBuild")
    return package


def _keep(test: TestLog, text: str) -> None:
    if test.size < MOST_OUTPUT:
        test.output.append(text[: MOST_OUTPUT - test.size])
        test.size += len(text)


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _seconds(event: dict[str, Any]) -> float:
    value = event.get("Elapsed")
    return float(value) if isinstance(value, int | float) and value >= 0 else 0.0
