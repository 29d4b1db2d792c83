"""What `go mod tidy` would change, line by line: today's file against tidy's. Pure."""

from __future__ import annotations

from dataclasses import replace

from go_release_gate.facts.tidy import Change, Reason
from go_release_gate.gomod.modfile import Directive, ModFile, Require
from go_release_gate.gomod.sumfile import SumFile, SumLine

UNKNOWN = Reason("unknown", "the reason could not be found")


def mod_changes(before: ModFile, after: ModFile) -> list[Change]:
    """Changes of what go.mod says, in the order of the lines they stand at; reasons still unknown."""
    changes = _require_changes(before, after)
    for name in ("go", "toolchain"):
        changes += _directive_change(name, getattr(before, name), getattr(after, name), before)
    for name, attribute in (("tool", "tools"), ("ignore", "ignores"), ("godebug", "godebugs")):
        changes += _set_changes(name, getattr(before, attribute), getattr(after, attribute), before)
    return sorted(changes, key=lambda change: (change.line or 0, change.subject))


def sum_changes(before: SumFile | None, after: SumFile | None) -> list[Change]:
    """Lines that go.sum would gain or lose, as sets: order and duplicates are form, not content."""
    old, new = _by_content(before), _by_content(after)
    dropped = [_sum_change("drop", line) for key, line in old.items() if key not in new]
    added = [replace(_sum_change("add", line), line=None) for key, line in new.items() if key not in old]
    return dropped + added


def _sum_change(op: str, line: SumLine) -> Change:
    suffix = "/go.mod" if line.is_mod else ""
    text = f"{line.path} {line.version}{suffix} {line.hash}"
    return Change("go.sum", op, text, f"{line.path}@{line.version}{suffix}", line.line, UNKNOWN)


def _by_content(file: SumFile | None) -> dict[tuple[str, str, bool, str], SumLine]:
    lines = file.lines if file else ()
    return {(line.path, line.version, line.is_mod, line.hash): line for line in lines}


def _require_changes(before: ModFile, after: ModFile) -> list[Change]:
    old = {require.path: require for require in before.requires}
    new = {require.path: require for require in after.requires}
    changes = []
    for path, require in new.items():
        today = old.get(path)
        if today is None:
            changes.append(_change("add", require, _place_of(require, before)))
        elif (today.version, today.indirect) != (require.version, require.indirect):
            changes.append(_change("change", require, today.line))
    changes += [_change("drop", require, require.line) for path, require in old.items() if path not in new]
    return changes


def _change(op: str, require: Require, line: int) -> Change:
    text = f"{require.path} {require.version}{' // indirect' if require.indirect else ''}"
    return Change("go.mod", op, text, f"{require.path}@{require.version}", line, UNKNOWN)


def _place_of(require: Require, before: ModFile) -> int:
    """Line at which an added requirement would be put: before the next of its kind, else after the last."""
    same = [other for other in before.requires if other.indirect == require.indirect] or list(before.requires)
    following = [other.line for other in same if other.path > require.path]
    if following:
        return min(following)
    if same:
        return max(other.line for other in same)
    return before.go.line if before.go else before.path_line


def _directive_change(name: str, old: Directive | None, new: Directive | None, before: ModFile) -> list[Change]:
    if (old and old.value) == (new and new.value):
        return []
    if new is None and old is not None:
        return [Change("go.mod", "drop", f"{name} {old.value}", name, old.line, UNKNOWN)]
    assert new is not None  # noqa: S101 - narrows for the type checker: one of the two differs
    line = old.line if old else (before.go.line if before.go else before.path_line)
    return [Change("go.mod", "change" if old else "add", f"{name} {new.value}", name, line, UNKNOWN)]


def _set_changes(name: str, old: tuple[Directive, ...], new: tuple[Directive, ...], before: ModFile) -> list[Change]:
    had, has = {item.value for item in old}, {item.value for item in new}
    changes = [Change("go.mod", "drop", f"{name} {i.value}", name, i.line, UNKNOWN) for i in old if i.value not in has]
    return changes + [
        Change("go.mod", "add", f"{name} {i.value}", name, before.path_line, UNKNOWN) for i in new if i.value not in had
    ]
