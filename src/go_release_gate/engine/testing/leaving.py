"""Files that a run of the tests leaves: the coverage of all modules, and the output of what failed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from go_release_gate.adapters.stepfiles import make_for
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.tested import FAILED, UNFINISHED, RanCommand, RanModule, RanPackage
from go_release_gate.gotest.profile import Block, write
from go_release_gate.report.files import write_file


def leave_coverage(file: Path, profiles: Sequence[Mapping[str, tuple[Block, ...]]]) -> None:
    """One profile of all modules, without the files that no coverage is asked of."""
    whole: dict[str, tuple[Block, ...]] = {}
    for one in profiles:
        whole |= one
    write_file(file, write(whole))


def leave_logs(
    directory: Path, modules: Sequence[RanModule], commands: Sequence[RanCommand], logs: Mapping[str, str]
) -> None:
    """A file for each package and each command that failed, and one for the containers of each such command."""
    said = dict(logs)
    for module in modules:
        for package in module.packages:
            if package.outcome in (FAILED, UNFINISHED):
                said[package.path] = _said(package)
    said |= {one.name: one.said for one in commands if one.problem}
    if not said:
        return
    try:
        nearest = next(place for place in (directory, *directory.parents) if place.exists())
        make_for(nearest, directory)
    except OSError as error:
        raise UnavailableError(f"cannot write {str(directory)!r}: {error.strerror}", "mend --logs-dir") from error
    for name, text in said.items():
        write_file(directory / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.log", text)


def _said(package: RanPackage) -> str:
    parts = [f"=== {one.name}\n{one.said}" for one in package.tests if one.said]
    return "\n".join([*parts, package.said, *(f"{one.path}:{one.line}: {one.message}" for one in package.troubles), ""])
