"""The coverage of a module: its profile without what no coverage is asked of, and of that the lines that changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.engine.testing.asked import Changes
from go_release_gate.facts.tested import RanModule, Uncovered
from go_release_gate.gotest.changed import runs
from go_release_gate.gotest.places import file_of
from go_release_gate.gotest.profile import Block, Covered, covered, functions, is_generated, lines_of, parse

LIMIT = 16 << 20  # bytes of one source file


@dataclass(frozen=True, slots=True)
class Counted:
    """A module with its coverage, and its profile without what was left out."""

    module: RanModule
    profile: Mapping[str, tuple[Block, ...]]


def count(
    module: RanModule, profile: Path | None, root: Path, is_excluded: Callable[[str], bool], changes: Changes | None
) -> Counted:
    """Count. A module without a package has everything covered; one whose profile is not there is not known."""
    if profile is None:
        known = Covered() if not module.packages and module.error is None else None
        return Counted(replace(module, coverage=known, changed=known if changes else None), {})
    try:
        files = parse(profile.read_text(encoding="utf-8", errors="surrogateescape"))
    except ValueError:
        return Counted(module, {})
    kept: dict[str, tuple[Block, ...]] = {}
    total, changed, uncovered = Covered(), Covered(), []
    for name, blocks in files.items():
        path = file_of(name, module.path, module.dir)
        source = _source(root, path) if path and not is_excluded(path) else None
        if source is None or is_generated(source):
            continue
        kept[name] = blocks
        total += covered(blocks, functions(source))
        if changes is not None:
            found = _changed(path, blocks, source, changes)
            changed += Covered(sum(found.values()), len(found))
            missed = tuple(runs(line for line, ran in found.items() if not ran))
            uncovered += [Uncovered(path, missed)] if missed else []
    told = replace(module, coverage=total, changed=changed if changes else None, uncovered=tuple(uncovered))
    return Counted(told, kept)


def _changed(path: str, blocks: tuple[Block, ...], source: bytes, changes: Changes) -> dict[int, bool]:
    new = changes.of(path, source.count(b"\n") + 1)
    return {line: ran for line, ran in lines_of(blocks, source).items() if line in new} if new else {}


def _source(root: Path, path: str) -> bytes | None:
    directory, _, name = path.rpartition("/")
    try:
        return read_regular(root, directory or ".", name, LIMIT)
    except RefusedFileError:
        return None
