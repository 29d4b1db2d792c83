"""What became of the programs since the base commit, in the words that every form shares."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.model.shipped import (
    ADDED,
    CHANGED,
    REMOVED,
    UNCHANGED,
    UNKNOWN,
    FunctionChange,
    ModuleChange,
    ShippedChange,
    ShippedChanges,
)
from go_release_gate.model.sizes import size_text
from go_release_gate.report import phrases

MOST = 5  # functions, modules or files in one line
SHORT = 12  # digits of a commit


def headline(changes: ShippedChanges) -> str:
    """`3 of 60 binaries change since 0123456789ab`, `nothing that ships changes since …`."""
    if changes.problem:
        return f"what changes since the base commit cannot be told: {changes.problem}"
    count = {outcome: sum(1 for _ in changes.of(outcome)) for outcome in (CHANGED, ADDED, REMOVED, UNKNOWN, UNCHANGED)}
    both = phrases.plural(sum(count.values()) - count[ADDED] - count[REMOVED], "binary", "binaries")
    since = f" since {changes.base[:SHORT]}" if changes.base else ""
    if count[UNCHANGED] == len(changes.programs):
        return f"this changes nothing that ships: {both} as they were{since}" if changes.programs else "no binaries"
    verb = "changes" if count[CHANGED] == 1 else "change"
    parts = [f"{count[CHANGED]} of {both} {verb}{since}"]
    parts += [f"{count[outcome]} {outcome}" for outcome in (ADDED, REMOVED) if count[outcome]]
    parts += [f"{count[UNKNOWN]} cannot be compared"] if count[UNKNOWN] else []
    return ", ".join(parts)


def services_line(changes: ShippedChanges) -> str:
    """`services that need a release: api, web`, empty where none does."""
    return f"services that need a release: {', '.join(changes.services)}" if changes.services else ""


def details(one: ShippedChange) -> Iterator[str]:
    """What is to be said of a program, part by part."""
    if one.why:
        yield one.why
    if one.functions:
        count = len(one.functions) + one.more_functions
        names = ", ".join(map(_function, one.functions[:MOST]))
        yield f"{phrases.plural(count, 'function')}: {names}{_more(count)}"
    if one.sections:
        told = [f"{part.name} {_growth(part.before, part.after)}" for part in one.sections if part.before != part.after]
        yield f"sections: {', '.join(told)}" if told else f"sections of the same size: {_names(one)}"
    if one.modules:
        yield f"modules: {', '.join(map(_module, one.modules[:MOST]))}{_more(len(one.modules))}"
    if one.files:
        count = len(one.files) + one.more_files
        yield f"files: {', '.join(one.files[:MOST])}{_more(count)}"


def _names(one: ShippedChange) -> str:
    return ", ".join(part.name for part in one.sections)


def _function(one: FunctionChange) -> str:
    if one.before is None:
        return f"{one.name} (new)"
    if one.after is None:
        return f"{one.name} (gone)"
    return f"{one.name} ({_growth(one.before, one.after)})" if one.before != one.after else one.name


def _growth(before: int, after: int) -> str:
    sign = "+" if after >= before else "-"
    return f"{sign}{size_text(abs(after - before))}"


def _module(one: ModuleChange) -> str:
    return f"{one.path} {one.before or 'none'} → {one.after or 'none'}"


def _more(count: int) -> str:
    return f" and {count - MOST} more" if count > MOST else ""
