"""Words that several rules share: the mending command, a bounded list, the drafts of a module's errors."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.outcome import ErrorClass, ModuleError
from go_release_gate.rules.base import Draft

LISTED = 10  # how many of a long list are named; the rest is counted

# Who reports an error that names no rule of its own.
_OWNERS = {ErrorClass.CHECKSUM: "checksum-mismatch", ErrorClass.UNPINNED_VERSION: "unpinned-version"}


class _HasError(Protocol):
    @property
    def error(self) -> ModuleError | None: ...


def go_command(directory: str, *words: str) -> str:
    """`go WORDS` for the module in `directory`, safe to paste at the repository root.

    Empty where the directory's name holds characters that no shell shows as they are.
    """
    if not directory.isprintable():
        return ""
    place = [] if directory == "." else ["-C", directory]
    return shlex.join(["go", *place, *words])


def vendor_command(module: Module, repository: Repository | None) -> str:
    """`go mod vendor` for a module; below a go.work Go runs it with the workspace switched off only."""
    command = go_command(module.dir, "mod", "vendor")
    above = [work.dir for work in repository.workspaces] if repository else []
    is_in_workspace = any(top in {".", module.dir} or module.dir.startswith(f"{top}/") for top in above)
    return f"GOWORK=off {command}" if command and is_in_workspace else command


def counted(number: int, noun: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(items: Sequence[str], limit: int = LISTED) -> str:
    """`a, b and 7 more`: at most `limit` items by name."""
    if len(items) <= limit:
        return ", ".join(items)
    return f"{', '.join(items[:limit])} and {len(items) - limit} more"


def bounded(related: Sequence[Related]) -> tuple[Related, ...]:
    """At most `LISTED` places; a last entry says how many were left out."""
    if len(related) <= LISTED:
        return tuple(related)
    return (*related[:LISTED], Related(f"and {len(related) - LISTED} more"))


def faults(rule: str, facts: Iterable[_HasError | None]) -> Iterator[ModuleError]:
    """The repository's own faults among the errors of `facts` that `rule` reports, each once."""
    seen: set[tuple[ErrorClass, str]] = set()
    for fact in facts:
        error = fact.error if fact is not None else None
        if error is None or not error.kind.is_repository_fault or owner_of(error) != rule:
            continue
        if (error.kind, error.message) not in seen:
            seen.add((error.kind, error.message))
            yield error


def draft_of(error: ModuleError, module: Module) -> Draft:
    """A draft that says what a module's error says, at the line it is about."""
    path = error.path or module.file("go.mod")
    place = Location(path, error.line or _line_of(error, module, path))
    related = (Related(error.hint),) if error.hint else ()
    return Draft(place, error.message, key=error.kind.value, related=related)


def _line_of(error: ModuleError, module: Module, path: str) -> int:
    """The line that an error names only in words: a replace directive, a checksum, a requirement; else the first."""
    named = _lines_of_sum(module) if path == module.file("go.sum") else ()
    if path == module.file("go.mod"):
        named = _lines_of_mod(module)
    return next((line for name, line in named if _is_named(name, error.message)), 1)


def _lines_of_mod(module: Module) -> Iterator[tuple[str, int]]:
    if module.mod is None:
        return
    yield from ((replace.target, replace.line) for replace in module.mod.replaces)
    yield from ((f"{require.path}@{require.version}", require.line) for require in module.mod.requires)
    yield module.mod.path, module.mod.path_line


def _lines_of_sum(module: Module) -> Iterator[tuple[str, int]]:
    for line in module.sum.lines if module.sum else ():
        yield f"{line.path}@{line.version}{'/go.mod' if line.is_mod else ''}", line.line


def _is_named(name: str, message: str) -> bool:
    """Whether a message speaks of `name` and of no longer one that begins with it."""
    return bool(name) and re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])", message) is not None


def owner_of(error: ModuleError) -> str:
    """Id of the rule that reports `error`."""
    return _OWNERS.get(error.kind, error.rule) if error.rule == "broken-module" else error.rule
