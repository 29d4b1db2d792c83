"""Errors the program expects, in one tree. Anything else that escapes is a defect.

GateError
├── UsageError        wrong option, input or configuration         exit 2
│   ├── ConfigError   a configuration file, with its line          exit 2
│   └── ReportError   a saved report that cannot be published      exit 2
├── NoModuleError     nothing to judge below the root              exit 2
├── RefusedError      a hold, a policy, nothing to go back to      exit 5
├── RaceError         somebody else was faster, a stale plan       exit 4
├── UnavailableError  the surroundings prevented a judgement       exit 3
│   └── RolloutError  changed, and what was changed does not start exit 3
└── InterruptedRun    a signal ended the run                       exit 128 + signal
"""

from __future__ import annotations


class GateError(Exception):
    """Base of every expected error: a message for people and, where there is one, what to do next.

    Args:
        message: one line, lower case: what was found and what was expected.
        hint: one line: what to run or change; empty when there is nothing to say.
    """

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GateError):
    """Wrong command line, step input or environment (exit 2)."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file that cannot be used; `path` and `line` (from 1) say where."""

    def __init__(self, message: str, hint: str = "", *, path: str = "", line: int | None = None) -> None:
        super().__init__(message, hint)
        self.path = path
        self.line = line


class ReportError(UsageError):
    """A saved report that is not read, or not about what it would be published to."""


class NoModuleError(GateError):
    """No Go module was found below the root (exit 2)."""

    exit_code = 2


class UnavailableError(GateError):
    """The surroundings prevented a judgement: no Go, no space, no network (exit 3)."""


class RolloutError(UnavailableError):
    """A target took the change, and what it starts does not come up: what was changed stays so (exit 3)."""


class RefusedError(GateError):
    """Nothing was changed, because a policy forbids it or it cannot be undone (exit 5)."""

    exit_code = 5


class RaceError(GateError):
    """Somebody else was faster, or the plan is no longer true: nothing was changed (exit 4)."""

    exit_code = 4


class InterruptedRun(GateError):  # noqa: N818 - the field's word: an interrupted run
    """A signal ended the run; `signal_number` is the signal."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"interrupted by signal {signal_number}; nothing was changed")
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number
