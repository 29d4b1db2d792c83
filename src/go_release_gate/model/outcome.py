"""Outcomes of single questions, the verdict over all of them, and why a question had no answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Answer to one question about one target. "Could not check" is never a pass."""

    PASS = "pass"
    FAIL = "fail"
    UNAVAILABLE = "unavailable"
    NOT_APPLICABLE = "not-applicable"


class Verdict(StrEnum):
    """The gate's answer over everything that was judged."""

    PASS = "pass"
    FAIL = "fail"
    UNAVAILABLE = "unavailable"

    @property
    def exit_code(self) -> int:
        """Exit code of the verdict (CONTRACT: 0 pass, 1 fail, 3 unavailable)."""
        return {"pass": 0, "fail": 1, "unavailable": 3}[self.value]


class ErrorClass(StrEnum):
    """Why a module could not be judged. The first group is the repository's own fault and also a finding."""

    MISSING_PACKAGE = "missing-package"
    REPLACE_TARGET = "replace-target"
    WORKSPACE_ONLY_DEPENDENCY = "workspace-only-dependency"
    MALFORMED_FILE = "malformed-file"
    UNPINNED_VERSION = "unpinned-version"
    CHECKSUM = "checksum"
    GO_FLAGS = "go-flags"
    UNSAFE_PATH = "unsafe-path"

    NETWORK = "network"
    AUTH = "auth"
    TOOLCHAIN = "toolchain"
    MODIFIED_CACHE = "modified-cache"
    TIMEOUT = "timeout"
    INTERNAL = "internal"

    @property
    def is_repository_fault(self) -> bool:
        """Whether the repository itself is at fault (a finding, exit 1), not its surroundings (exit 3)."""
        return self not in _SURROUNDINGS


_SURROUNDINGS = frozenset(
    {
        ErrorClass.NETWORK,
        ErrorClass.AUTH,
        ErrorClass.TOOLCHAIN,
        ErrorClass.MODIFIED_CACHE,
        ErrorClass.TIMEOUT,
        ErrorClass.INTERNAL,
    }
)


@dataclass(frozen=True, slots=True)
class ModuleError:
    """Why a module could not be judged.

    Attributes:
        kind: the class (`error.class` in the report).
        message: what happened, one line, in our words and with Go's where they help.
        hint: the host, setting, file or line to look at, and what to run.
        host: the network host at fault, if one could be named (feeds the circuit breaker).
        path, line: where in the repository, if anywhere (path relative to the root).
        rule: the rule that reports it when there is one of its own; `broken-module` otherwise.
        package: the import path that could not be resolved, if it is about one.
        refused_login: the host refused the credentials themselves: asking again can only do harm.
    """

    kind: ErrorClass
    message: str
    hint: str = ""
    host: str = ""
    path: str = ""
    line: int | None = None
    rule: str = "broken-module"
    refused_login: bool = False
    package: str = ""
