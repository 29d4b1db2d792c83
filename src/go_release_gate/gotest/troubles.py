"""What a test that failed says, read for what happened and where: messages with their lines, panics, races, time-outs.

`go test -fullpath` names files absolutely; older output and -trimpath name them by their last part or by the module's
path. Who calls says which place of the repository a name is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

FAILED, PANIC, RACE, TIMEOUT, BUILD = "failed", "panic", "race", "timeout", "build"
MOST_WORDS = 300  # characters of a message

Where = Callable[[str], str]
"""A file as Go names it → its path relative to the root; empty: it is none of the repository's."""

_MESSAGE = re.compile(r"^\s+(?P<file>(?:[A-Za-z]:)?[^\s:][^:\n]*\.go):(?P<line>\d+): ?(?P<what>.*)$")
_FRAME = re.compile(r"^\s+(?P<file>(?:[A-Za-z]:)?[^\s:][^:\n]*\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?\s*$")
_COMPILER = re.compile(
    r"^(?:vet: )?(?P<file>[^\s:#][^:\n]*\.(?:go|s|c|h)):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<what>.+)$"
)
_PANIC = re.compile(r"^(?:panic: |fatal error: )(?P<what>.*)$")
_TIMED_OUT = re.compile(r"^panic: test timed out after (?P<limit>\S+)")
_ASSERTED = re.compile(r"^\s*Error:\s+(?P<what>\S.*)$")  # github.com/stretchr/testify
_RACE = "WARNING: DATA RACE"
_TOLD_BY_GO = re.compile(r"^(=== |--- |\s+--- |PASS|FAIL|ok\s|exit status|testing: warning)")
_OF_RACE = "race detected during execution of test"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that went wrong: `kind` is failed, panic, race, timeout or build; the place may be unknown."""

    kind: str
    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None


def troubles_of(said: str, where: Where) -> tuple[Trouble, ...]:
    """Everything that is wrong in the output of one test, or of a package beside its tests."""
    lines = said.splitlines()
    crash = _crash(lines, where)
    races = tuple(_races(lines, where))
    found = [*races, *([crash] if crash else [])]
    for number, line in enumerate(lines):
        match = _MESSAGE.match(line)
        if match and _OF_RACE not in match["what"] and not _FRAME.match(line):
            path = where(match["file"])
            if path:
                found.append(Trouble(FAILED, _words(match["what"], lines[number + 1 :]), path, int(match["line"])))
    return tuple(dict.fromkeys(found))


def compile_troubles(said: str, where: Where) -> tuple[Trouble, ...]:
    """The compiler's errors, each at its line; one without a place where none has one."""
    lines = [line for line in said.splitlines() if line.strip()]
    found = []
    for line in lines:
        match = _COMPILER.match(line)
        path = where(match["file"]) if match else ""
        if match and path:
            column = int(match["column"]) if match["column"] else None
            found.append(Trouble(BUILD, _cut(match["what"]), path, int(match["line"]), column))
    if found:
        return tuple(dict.fromkeys(found))
    own = [line for line in lines if not line.startswith("#") and not line.startswith("go: downloading")]
    return (Trouble(BUILD, _cut(own[0] if own else "it does not compile")),)


def last_words(said: str) -> str:
    """The last line that says something, for a failure that names no place."""
    own = [line.strip() for line in said.splitlines() if line.strip() and not _TOLD_BY_GO.match(line)]
    return _cut(own[-1]) if own else ""


def exit_words(said: str) -> str:
    """How Go says that the process ended (`exit status 2`, `signal: killed`); empty: it does not."""
    told = re.findall(r"^(exit status \d+|signal: .+)$", said, re.MULTILINE)
    return told[-1] if told else ""


def _crash(lines: list[str], where: Where) -> Trouble | None:
    """A panic, a fatal error or the end of the time, at the first line of the repository in its stack."""
    for number, line in enumerate(lines):
        match = _PANIC.match(line)
        if match is None:
            continue
        rest = lines[number + 1 :]
        limit = _TIMED_OUT.match(line)
        path, place = next(_frames(rest, where), ("", None))
        if limit is None:
            return Trouble(PANIC, _cut(f"panic: {match['what']}"), path, place)
        running = [one.split()[0] for one in rest[:20] if re.match(r"\t\t\S+ \(", one)]
        about = f", while {', '.join(running[:3])} ran" if running else ""
        return Trouble(TIMEOUT, f"timed out after {limit['limit']}{about}", path, place)
    return None


def _races(lines: list[str], where: Where) -> Iterator[Trouble]:
    """Each race, at the first line of the repository in its first stack."""
    for number, line in enumerate(lines):
        if line.strip() != _RACE:
            continue
        end = next((at for at in range(number + 1, len(lines)) if lines[at].startswith("======")), len(lines))
        report = lines[number + 1 : end]
        path, place = next(_frames(report, where), ("", None))
        what = [_access(one) for one in report if re.match(r"\s*(Previous )?(read|write|atomic)", one, re.IGNORECASE)]
        yield Trouble(
            RACE, f"data race: {' and '.join(what[:2]) or 'two goroutines, one place in memory'}", path, place
        )


def _access(line: str) -> str:
    """`Read at 0x00c000018338 by goroutine 11:` without what differs from run to run."""
    return re.sub(r" at 0x[0-9a-f]+| by (main )?goroutine( \d+)?:?", "", line.strip()).lower()


def _frames(lines: list[str], where: Where) -> Iterator[tuple[str, int]]:
    for line in lines:
        match = _FRAME.match(line)
        path = where(match["file"]) if match else ""
        if match and path:
            yield path, int(match["line"])


def _words(first: str, following: list[str]) -> str:
    """The message; where its first line is empty, what the lines below it say."""
    if first.strip():
        return _cut(first)
    below: list[str] = []
    for line in following:
        if _MESSAGE.match(line) or _TOLD_BY_GO.match(line):
            break
        below.append(line)
    asserted = next((match["what"] for line in below if (match := _ASSERTED.match(line))), "")
    return _cut(asserted or next((line.strip() for line in below if line.strip()), "") or "failed")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_WORDS else text[: MOST_WORDS - 1] + "…"
