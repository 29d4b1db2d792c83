"""The same is built again: from a copy of the tree elsewhere, with an empty build cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from go_release_gate.adapters.trees import remove as remove_tree
from go_release_gate.engine.building.comparing import first_difference
from go_release_gate.engine.building.compile import Compiled, Site, compile_all
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built import BuiltProgram

_MADE_ELSEWHERE = "twice-built"


def reproduced(
    programs: Sequence[BuiltProgram], compiled: Sequence[Compiled], site: Site, scratch: Path
) -> tuple[BuiltProgram, ...]:
    """Each program with whether it came out the same a second time.

    Args:
        compiled: the first builds, in the order of `programs`. scratch: for copy, cache and programs; emptied again.

    Raises:
        UnavailableError: the tree cannot be copied.
    """
    orders = [one.order for one in compiled if one.file]
    if not orders:
        return tuple(programs)
    with _elsewhere(site, scratch) as second:
        again = {one.order.key: one for one in compile_all(orders, second)}
        return tuple(
            _compared(program, first, again.get(program.order.key), (str(site.root), str(second.root)))
            for program, first in zip(programs, compiled, strict=True)
        )


def _compared(program: BuiltProgram, first: Compiled, second: Compiled | None, places: tuple[str, str]) -> BuiltProgram:
    if first.file is None or second is None:
        return program
    if second.file is None:
        return replace(program, failure=second.failure, error=second.error)
    difference = first_difference(first.file, second.file, places)
    return replace(program, is_reproduced=difference is None, difference=difference)


@contextmanager
def _elsewhere(site: Site, scratch: Path) -> Iterator[Site]:
    """A site over a copy of the tree, with caches of its own."""
    top = scratch / _MADE_ELSEWHERE
    try:
        try:
            copy = _copied(site.root, top / "another" / "place")
            for name in ("cache", "tmp", "programs"):
                (top / name).mkdir()
            _give(top, site.owner)
        except (OSError, shutil.Error) as error:
            raise UnavailableError(f"the tree cannot be copied to be built again: {error}", "free space") from error
        own = {"GOCACHE": str(top / "cache"), "GOTMPDIR": str(top / "tmp")}
        recipe = replace(site.recipe, variables={**site.recipe.variables, **own})
        yield replace(site, root=copy, output=top / "programs", recipe=recipe)
    finally:
        if top.exists():
            remove_tree(top)


def _copied(root: Path, target: Path) -> Path:
    """A copy of the tree; git finds the same repository from it, so that what is stamped is the same."""
    target.parent.mkdir(parents=True)
    shutil.copytree(root, target, symlinks=True, ignore=lambda _folder, names: [one for one in names if one == ".git"])
    if (root / ".git").is_dir():  # a file of that name is no repository to Go: cmd/go/internal/vcs (isVCSRoot)
        (target / ".git").symlink_to(root / ".git")
    return target


def _give(top: Path, owner: tuple[int, int] | None) -> None:
    if owner is None:
        return
    for folder, names, files in os.walk(top):
        for name in (".", *names, *files):
            os.chown(Path(folder) / name, *owner, follow_symlinks=False)
