"""The fact whether a module is tidy, and what would make it so."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.model.finding import Location
from go_release_gate.model.outcome import ModuleError, Outcome


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line would be added, dropped or changed. `kind` is one word (imported, test-of-dependency, moved,
    raised-go, replaced-version, unused, required-by, unknown …); `text` says it; `location` points at it."""

    kind: str
    text: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One line that `go mod tidy` would add, drop or change. `line`: where it stands today, or where it would
    be put, in today's file. `subject`: `module@version` or the directive's name."""

    file: str  # go.mod or go.sum
    op: str  # add, drop, change
    text: str
    subject: str
    line: int | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Tidy:
    """Answers to both questions: would tidy change the files, and does `tidy -diff` report.

    Attributes:
        kind: `untidy` (what the files say would change), `form` (only how they say it), None for a pass.
        mod_after, sum_after: the files as tidy leaves them (None: not judged; sum None: no go.sum then).
        form: what is wrong with the form, in words ("2 duplicate lines", "CRLF line endings" …), per file.
        diff: unified diff from today's files to tidy's, paths relative to the root, capped.
    """

    outcome: Outcome
    kind: str | None = None
    mod_after: bytes | None = None
    sum_after: bytes | None = None
    changes: tuple[Change, ...] = ()
    form: tuple[tuple[str, str, int | None], ...] = ()  # (file, what, line)
    diff: str = ""
    error: ModuleError | None = None
