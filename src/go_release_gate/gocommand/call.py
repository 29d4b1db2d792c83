"""A `go` command line, taken apart: https://pkg.go.dev/cmd/go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GoCommand:
    """One command line of `go`.

    Attributes:
        words: as they were expanded, `go` first; unknown parts are holes (shell.unknown).
        verb: `build`, `mod tidy`, `tool compile`, …; empty where there is none.
        flags: name without dashes → value (`true` for a flag that stands alone); the last one counts, as for Go.
        repeated: names of flags that are given more than once.
        arguments: what follows the flags: packages, files, `module@version`.
        program: what `go` was called by (`go`, `go1.22.3`, `/usr/local/go/bin/go`).
        given: every flag with its value in order, for those of which more than the last one counts (`-ldflags`).
        unread: words among the flags that are wholly unknown (`$FLAGS`): they may be flags, more than one, or nothing.
    """

    words: tuple[str, ...]
    verb: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    program: str = "go"
    given: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()

    def values(self, flag: str) -> tuple[str, ...]:
        """Every value of a flag, in order."""
        return tuple(value for name, value in self.given if name == flag)
