"""Which programs there are where the configuration names none: every main package, as the Dockerfiles build it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from go_release_gate.config.building import BuildService
from go_release_gate.config.settings import Settings
from go_release_gate.engine.building.ahead import LIST, LIST_ENVIRONMENT, Listings
from go_release_gate.engine.building.plan import order_of, orders
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.walk import is_dockerfile
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built import Order
from go_release_gate.facts.module import Module

if TYPE_CHECKING:
    from go_release_gate.engine.building.asked import Asked

CONFIGURATION = ".go-release-gate.yml"


@dataclass(frozen=True, slots=True)
class MainPackage:
    """A program: directory relative to the root, import path, directory of its module."""

    directory: str
    path: str
    module: str


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Why the programs of some modules are not known, one sentence each."""

    reasons: tuple[str, ...] = ()


def orders_for(facts: Facts, settings: Settings, edges: Edges) -> tuple[Order, ...]:
    """What is to be built of a repository: what the configuration says, else what is found.

    Raises:
        UsageError: a configured service lies in no module. UnavailableError: Go cannot list the packages.
    """
    modules = [module.dir for module in facts.repository.modules]
    told = edges.go.toolchain.env
    host = f"{told.get('GOOS', 'linux')}/{told.get('GOARCH', 'amd64')}"
    if settings.build.services:
        return orders(settings.build.services, settings.build, modules=modules, host=host)
    mains = main_packages(facts, edges)
    asked = _asked(facts, settings, edges, mains)
    return tuple(one for main in _named(mains) for one in _orders(main, asked, settings, host))


def _asked(facts: Facts, settings: Settings, edges: Edges, mains: Sequence[MainPackage]) -> dict[str, Asked]:
    """What the Dockerfiles say, where there are any."""
    if not any(is_dockerfile(path) for path in facts.repository.documents):
        return {}
    from go_release_gate.engine.building.asked import asked_by_dockerfiles

    return asked_by_dockerfiles(facts, settings, edges, mains)


def main_packages(facts: Facts, edges: Edges) -> tuple[MainPackage, ...]:
    """Every main package, by directory; imports are not resolved. A module that Go cannot list is kept as `Unlisted`.

    Raises UnavailableError: none of them can be listed.
    """
    found: list[MainPackage] = []
    unlisted: list[UnavailableError] = []
    modules = [module for module in facts.modules if not module.error]
    for module in modules:
        try:
            found += _listed(module, facts, edges)
        except UnavailableError as error:
            unlisted.append(error)
    if unlisted and len(unlisted) == len(modules):
        raise unlisted[0]
    facts.others[Unlisted] = Unlisted(tuple(error.message for error in unlisted))
    return tuple(sorted(found, key=lambda one: one.directory))


def _listed(module: Module, facts: Facts, edges: Edges) -> Iterator[MainPackage]:
    root = facts.repository.root
    told = facts.others.get(Listings)
    known = told.answers.get(module.dir) if isinstance(told, Listings) else None
    answer = known or edges.go.run(LIST, cwd=root / module.dir, env=LIST_ENVIRONMENT)
    if answer.returncode != 0:
        said = answer.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UnavailableError(
            f"the packages of {module.path or module.dir} cannot be listed: {said[-1] if said else answer.returncode}",
            "name what is to be built in build.services",
        )
    text, at, decoder = answer.stdout.decode("utf-8", "replace"), 0, json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        entry, at = decoder.raw_decode(text, at)
        if entry.get("Name") == "main" and str(entry.get("Dir", "")).startswith(str(root)):
            directory = str(entry["Dir"]).removeprefix(str(root)).strip("/") or "."
            yield MainPackage(directory, str(entry.get("ImportPath", "")), module.dir)


def _named(mains: Sequence[MainPackage]) -> Iterator[tuple[str, MainPackage]]:
    """Each with its name: the last word of its import path, its whole directory where two would be called the same."""
    short = [_last(main.path) for main in mains]
    for name, main in zip(short, mains, strict=True):
        whole = main.directory.replace("/", "-")
        yield (name if short.count(name) == 1 or main.directory == "." else whole), main


def _last(path: str) -> str:
    *above, last = path.split("/")
    is_major = last[:1] == "v" and last[1:].isdigit() and above
    return above[-1] if is_major else last


def _orders(named: tuple[str, MainPackage], asked: dict[str, Asked], settings: Settings, host: str) -> Iterator[Order]:
    name, main = named
    wish = asked.get(main.directory)
    service = BuildService(name=name, package=main.directory, module=main.module)
    base = order_of(service, settings.build, [main.module])
    platforms = (wish.platforms if wish else ()) or settings.build.platforms or _of_images(main, settings) or (host,)
    if wish:
        base = replace(wish.applied(base), output=base.output)
    for platform in platforms:
        yield replace(base, platform=platform)


def _of_images(main: MainPackage, settings: Settings) -> tuple[str, ...]:
    """The platforms of the images that are made of its module."""
    found = [platform for image in settings.images if image.module == main.module for platform in image.platforms]
    return tuple(dict.fromkeys(found))
