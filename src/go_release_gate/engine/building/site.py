"""Where and how a tree is built: put together from what was discovered. Used for the checkout and for other commits."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path

from go_release_gate.config.settings import Settings
from go_release_gate.engine.building.command import Recipe
from go_release_gate.engine.building.compile import Compiled, Site, compile_all
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.context import Edges, jobs_of
from go_release_gate.facts.built import BuiltProgram, Order
from go_release_gate.facts.repository import Repository


def site_of(
    repository: Repository, settings: Settings, edges: Edges, output: Path, *, stamp: Stamp, buildvcs: str = "auto"
) -> Site:
    """A site over the tree of `repository`. `output`: directory for the programs, outside the tree."""
    recipe = Recipe(
        stamp=stamp,
        trusted=settings.trusted,
        vendored=vendored_of(repository),
        workspaces=workspaces_of(repository),
        buildvcs=buildvcs,
        variables={"GOPROXY": "off"} if settings.offline else {},
    )
    return Site(
        root=repository.root,
        output=output,
        go=edges.go,
        recipe=recipe,
        timeout=settings.build.timeout,
        jobs=jobs_of(settings),
        owner=edges.owner,
        done=edges.progress.step,
    )


def build_orders(orders: Sequence[Order], site: Site) -> tuple[tuple[BuiltProgram, ...], tuple[Compiled, ...]]:
    """Carry out the orders in the tree of `site`: what came of each, and the files, both in the order given."""
    compiled = compile_all(orders, site)
    from go_release_gate.engine.building.audit import audited  # loaded while Go works, see run._warm

    return audited(compiled), compiled


def vendored_of(repository: Repository) -> frozenset[str]:
    """Directories whose vendor directory Go would build from."""
    places = [*(one.dir for one in repository.modules), *(one.dir for one in repository.workspaces)]
    return frozenset(place for place in places if (repository.root / place / "vendor" / "modules.txt").is_file())


def workspaces_of(repository: Repository) -> dict[str, str]:
    """Module → directory of the go.work that Go finds above it and that uses it."""
    found: dict[str, str] = {}
    for workspace in sorted(repository.workspaces, key=lambda one: len(one.dir)):
        if workspace.file is None or workspace.error:
            continue
        for member in workspace.members:
            place = posixpath.normpath(member)
            if workspace.dir in (".", place) or place.startswith(f"{workspace.dir}/"):
                found[place] = workspace.dir
    return found
