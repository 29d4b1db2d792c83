"""The matrix of what is built: services times platforms, each with its settings. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from go_release_gate.config.building import BuildService, BuildSettings
from go_release_gate.errors import UsageError
from go_release_gate.facts.built import Order

_VARIABLE = {"arm": "GOARM", "amd64": "GOAMD64", "arm64": "GOARM64", "386": "GO386"}
_SAME = {"arm64": ("v8",), "amd64": ("v1",)}  # variants that say what Go does anyway


def orders(
    services: Iterable[BuildService],
    settings: BuildSettings,
    *,
    modules: Sequence[str],
    host: str,
    lines: Sequence[tuple[str, int]] = (),
) -> tuple[Order, ...]:
    """One order for each service and platform, in the order of the services.

    Args:
        modules: directories of the modules there are. host: platform of services that name none, nor the settings.
        lines: for each service where it is asked for.

    Raises:
        UsageError: a service lies in no module.
    """
    found: list[Order] = []
    for number, service in enumerate(services):
        path, line = lines[number] if number < len(lines) else ("", 1)
        base = order_of(service, settings, modules)
        platforms = service.platforms or settings.platforms or (host,)
        found += [replace(base, platform=platform, path=path, line=line) for platform in platforms]
    return tuple(found)


def order_of(service: BuildService, settings: BuildSettings, modules: Sequence[str]) -> Order:
    """What a service asks for, its platform left open."""
    package = clean(service.package)
    module = clean(service.module) if service.module else _module_of(package, modules)
    if module not in modules:
        where = f"module {module!r}" if service.module else f"package {package!r}"
        raise UsageError(
            f"service {service.name!r}: the {where} is in no module of this repository", "mend build.services"
        )
    if service.output in (".", "..") or not service.output.isprintable():
        raise UsageError(f"service {service.name!r}: output {service.output!r} is no name of a file")
    return Order(
        service=service.name,
        package=package,
        module=module,
        platform="",
        tags=service.tags,
        cgo=service.cgo,
        ldflags=service.ldflags,
        environment=service.env,
        output=service.output or service.name,
        smoke=_words(service.smoke or settings.smoke),
    )


def chosen(found: Sequence[Order], services: Sequence[str], platforms: Sequence[str]) -> tuple[Order, ...]:
    """The orders of these services and platforms; all where none is named.

    A platform that no release builds for is built for all the same: whoever names it wants to know. Raises UsageError
    for an unknown service.
    """
    known = {one.service for one in found}
    missing = [name for name in services if name not in known]
    if missing:
        raise UsageError(f"unknown service {missing[0]!r}", f"known: {', '.join(sorted(known)) or 'none'}")
    wanted = [one for one in found if not services or one.service in services]
    if not platforms:
        return tuple(wanted)
    new = [name for name in platforms if name not in {one.platform for one in wanted}]
    firsts = {one.service: one for one in reversed(wanted)}.values()
    more = [replace(one, platform=name) for one in reversed(firsts) for name in new]
    return (*(one for one in wanted if one.platform in platforms), *more)


def variants(found: Iterable[Order], tag_sets: Iterable[str]) -> Iterator[Order]:
    """What is type-checked beside what is built: every order under every further set of tags."""
    sets = [tuple(one.split(",")) if one else () for one in tag_sets]
    for order in found:
        for tags in sets:
            if set(tags) != set(order.tags):
                yield replace(order, tags=tags)


def platform_variables(platform: str) -> dict[str, str]:
    """The variables that make Go build for a platform as images name it (`linux/arm/v7`)."""
    system, architecture, *rest = platform.split("/")
    found = {"GOOS": system, "GOARCH": architecture}
    variable = _VARIABLE.get(architecture)
    if rest and variable and rest[0] not in _SAME.get(architecture, ()):
        found[variable] = _variant(architecture, rest[0])
    return found


def clean(directory: str) -> str:
    """A directory as modules are named: `./services/api/` is `services/api`."""
    parts = [part for part in directory.split("/") if part not in ("", ".")]
    return "/".join(parts) or "."


def _variant(architecture: str, text: str) -> str:
    if architecture == "arm":
        return text.removeprefix("v")
    return f"{text}.0" if architecture == "arm64" and "." not in text else text


def _module_of(package: str, modules: Sequence[str]) -> str:
    """The nearest module at or above a package."""
    current = package
    while current not in modules and current != ".":
        current = current.rpartition("/")[0] or "."
    return current


def _words(command: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)
