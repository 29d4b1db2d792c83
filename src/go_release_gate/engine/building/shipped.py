"""Which programs a change of the repository changes: base and head are built alike and held against each other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from go_release_gate.adapters.trees import remove as remove_tree
from go_release_gate.binary.compare import Compared, compare
from go_release_gate.config.settings import Settings
from go_release_gate.engine.base_judging import BaseTree
from go_release_gate.engine.building.comparable import comparable, comparable_site
from go_release_gate.engine.building.compile import Compiled, Site, compile_all
from go_release_gate.engine.building.inputs import Inputs, inputs_of
from go_release_gate.engine.building.plan import chosen, clean
from go_release_gate.engine.building.services import orders_for
from go_release_gate.engine.building.site import site_of
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.engine.discover import discover
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.facts.built import Order
from go_release_gate.model.shipped import (
    ADDED,
    CHANGED,
    OUTCOMES,
    REMOVED,
    UNCHANGED,
    UNKNOWN,
    ModuleChange,
    ShippedChange,
    ShippedChanges,
)

MOST_FILES = 20
_PLACE = "base-commit"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is compared: the programs of the head, and which of the base count (names; empty: all)."""

    settings: Settings
    stamp: Stamp
    orders: Sequence[Order]
    services: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Side:
    """One commit: how its programs are asked for, where they are built, what they are built from."""

    orders: Mapping[Key, Order]
    site: Site
    inputs: Mapping[Key, Inputs | None]


def shipped_changes(base: BaseTree, wanted: Wanted, head: Site, facts: Facts, edges: Edges) -> ShippedChanges:
    """Compare every program with that of the base commit. What cannot be compared is said, never left out."""
    place = edges.scratch / _PLACE
    try:
        with phase("compare", len(wanted.orders), facts, edges):
            place.mkdir()
            found = _compared(base, wanted, head, place, edges)
    except (UnavailableError, UsageError) as error:
        return ShippedChanges(base.commit, problem=error.message)
    except OSError as error:
        return ShippedChanges(base.commit, problem=f"the base commit cannot be written: {error.strerror}")
    finally:
        remove_tree(place)
    ordered = sorted(found, key=lambda one: (OUTCOMES.index(one.outcome), one.service, one.platform))
    return ShippedChanges(base.commit, tuple(ordered))


def _compared(base: BaseTree, wanted: Wanted, head: Site, place: Path, edges: Edges) -> list[ShippedChange]:
    before = _base(base, wanted, place, edges)
    site = comparable_site(head, _folder(place / "head", head), wanted.stamp)
    after = _side({one.key: one for one in wanted.orders}, site)
    found = [ShippedChange(*key, ADDED) for key in after.orders if key not in before.orders]
    found += [ShippedChange(*key, REMOVED) for key in before.orders if key not in after.orders]
    both = [key for key in after.orders if key in before.orders]
    same = {key for key in both if before.inputs.get(key) and before.inputs[key] == after.inputs.get(key)}
    found += [ShippedChange(*key, UNCHANGED, "no input differs") for key in same]
    return [*found, *_built([key for key in both if key not in same], before, after)]


def _base(base: BaseTree, wanted: Wanted, place: Path, edges: Edges) -> _Side:
    """The base commit in a directory of its own."""
    tree = place / "tree"
    (tree / ".git").mkdir(parents=True)  # where a search upwards ends, as in the checkout
    base.write(tree, lambda _path: True)
    root = tree / base.folder
    if not root.is_dir():
        return _Side({}, _nowhere(edges), {})
    settings = wanted.settings
    caches = (Path(edges.go.toolchain.modcache),)
    repository = discover(
        root.resolve(), include=settings.include, exclude=settings.exclude, trusted=settings.trusted, caches=caches
    )
    site = site_of(repository, settings, edges, place, stamp=wanted.stamp)
    site = comparable_site(site, _folder(place / "base", site), wanted.stamp)
    folder = _folder(place / "asked", site)
    inner = replace(edges, scratch=folder, is_conversion=lambda _path: False)
    orders = orders_for(Facts(repository), _existing(settings, repository.root), inner) if repository.modules else ()
    named = [one for one in orders if not wanted.services or one.service in wanted.services]
    return _side({one.key: one for one in chosen(named, (), wanted.platforms)}, site)


def _existing(settings: Settings, root: Path) -> Settings:
    """The settings with the services that the base has."""
    services = tuple(one for one in settings.build.services if (root / clean(one.package)).is_dir())
    if settings.build.services and not services:
        raise UnavailableError("the base commit has none of the configured services")
    return replace(settings, build=replace(settings.build, services=services))


def _side(orders: Mapping[Key, Order], site: Site) -> _Side:
    return _Side(orders, site, inputs_of(tuple(orders.values()), site))


def _nowhere(edges: Edges) -> Site:
    return Site(edges.scratch, edges.scratch, edges.go)


def _folder(folder: Path, site: Site) -> Path:
    """A directory that children may write to."""
    folder.mkdir()
    if site.owner is not None:
        os.chown(folder, *site.owner)
    return folder


def _built(keys: Sequence[Key], before: _Side, after: _Side) -> Iterator[ShippedChange]:
    """Build what has to be built on both sides, and compare."""
    first, second = (compile_all([comparable(side.orders[key]) for key in keys], side.site) for side in (before, after))
    for key, one, other in zip(keys, first, second, strict=True):
        if one.file is None or other.file is None:
            reason = _unbuilt(one, "the base does not build") or _unbuilt(other, "it does not build")
            yield ShippedChange(*key, UNKNOWN, reason)
            continue
        compared = compare(one.file.read_bytes(), other.file.read_bytes())
        yield _told(key, compared, before.inputs.get(key) or Inputs(), after.inputs.get(key) or Inputs())
        for file in (one.file, other.file):
            file.unlink()


def _unbuilt(one: Compiled, words: str) -> str:
    if one.file is not None:
        return ""
    said = one.failure.message if one.failure else one.error.message if one.error else ""
    return f"{words}: {said}"


def _told(key: Key, compared: Compared, before: Inputs, after: Inputs) -> ShippedChange:
    files = sorted(_differing(before.files, after.files))
    return ShippedChange(
        *key,
        UNCHANGED if compared.is_same else CHANGED,
        compared.why,
        compared.functions,
        compared.more_functions,
        compared.sections,
        tuple(_modules(before, after, [one.name for one in compared.functions])),
        tuple(files[:MOST_FILES]),
        max(0, len(files) - MOST_FILES),
    )


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in {*before, *after}:
        if before.get(name) != after.get(name):
            yield name


def _modules(before: Inputs, after: Inputs, functions: Sequence[str]) -> list[ModuleChange]:
    """The modules in other versions, those first that functions which differ are of; Go itself is one."""
    found = []
    for path in sorted(_differing(before.modules, after.modules)):
        is_in_it = any(_is_of(name, path) for name in functions)
        found.append(ModuleChange(path, before.modules.get(path, ""), after.modules.get(path, ""), is_in_it))
    old, new = before.settings.get("go", ""), after.settings.get("go", "")
    if old != new:
        found.append(ModuleChange("go", old, new, bool(functions)))
    return sorted(found, key=lambda one: not one.is_in_it)


def _is_of(function: str, module: str) -> bool:
    """Whether a function is of a module; the linker writes a dot in the last word of a path as `%2e`."""
    return function.replace("%2e", ".").startswith((f"{module}.", f"{module}/"))
