"""How the Dockerfiles build a program: tags, linker flags, cgo, platforms, as far as their text tells."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.facts.built import Order
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import DOCKERFILE, GoCall, GoCalls
from go_release_gate.facts.image_builds import ImageBuild, ImageBuilds
from go_release_gate.facts.workflows import Workflows
from go_release_gate.gocommand.ldflags import flags_text, link_flags
from go_release_gate.gocommand.quoted import joined
from go_release_gate.shell.unknown import has_hole

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings
    from go_release_gate.engine.building.services import MainPackage

_KEPT = (
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GO386",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "GOEXPERIMENT",
    "GOFLAGS",
)
_CGO = {"0": False, "1": True}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one command of a Dockerfile asks for; `platforms` empty: not known."""

    path: str
    line: int
    stage: str = ""
    tags: tuple[str, ...] = ()
    cgo: bool | None = None
    ldflags: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def applied(self, order: Order) -> Order:
        """The order with what is asked here."""
        return replace(
            order,
            tags=self.tags,
            cgo=self.cgo,
            ldflags=self.ldflags,
            environment=self.environment,
            path=self.path,
            line=self.line,
            dockerfile=self.path,
            stage=self.stage,
            unknown=self.unknown,
        )


def asked_by_dockerfiles(
    facts: Facts, settings: Settings, edges: Edges, mains: Sequence[MainPackage]
) -> dict[str, Asked]:
    """Directory of a main package → how it is built; the Dockerfile of the plain name counts before others."""
    calls = _collected(facts, settings, edges)
    found: dict[str, Asked] = {}
    for call in sorted(calls, key=lambda call: (posixpath.basename(call.path) != "Dockerfile", call.path, call.line)):
        for main in _built(call, mains):
            found.setdefault(main.directory, _asked(call, facts))
    return found


def _collected(facts: Facts, settings: Settings, edges: Edges) -> list[GoCall]:
    """The commands of Dockerfiles that build."""
    from go_release_gate.engine.release_facts import COLLECTORS

    for kind, collect in COLLECTORS:
        if kind in (Dockerfiles, Workflows, ImageBuilds, GoCalls) and kind not in facts.others:
            fact = collect(facts, settings, edges)
            if fact is not None:
                facts.others[kind] = fact
    told = facts.others.get(GoCalls)
    calls = told.calls if isinstance(told, GoCalls) else ()
    return [call for call in calls if call.where == DOCKERFILE and call.command.verb in ("build", "install")]


def _built(call: GoCall, mains: Sequence[MainPackage]) -> Iterator[MainPackage]:
    """The main packages that a command names."""
    if not call.directory or call.is_start:
        return
    for argument in call.command.arguments or (".",):
        yield from _meant(argument, call.directory, mains)


def _meant(argument: str, directory: str, mains: Iterable[MainPackage]) -> Iterator[MainPackage]:
    if has_hole(argument) or "@" in argument:
        return
    plain = posixpath.dirname(argument) or "." if argument.endswith(".go") else argument
    prefix, dots, _ = plain.partition("...")
    place = posixpath.normpath(posixpath.join(directory, prefix or "."))
    is_local = plain.startswith((".", "/")) or argument.endswith(".go")
    for main in mains:
        known = main.directory if is_local else main.path
        wanted = place if is_local else prefix.rstrip("/")
        is_below = bool(dots) and (wanted in (".", "") or known.startswith(f"{wanted}/"))
        if known == wanted or is_below:
            yield main


def _asked(call: GoCall, facts: Facts) -> Asked:
    flags, unknown = _linking(call)
    tags = call.command.flags.get("tags", "")
    if has_hole(tags):
        tags, unknown = "", (*unknown, "its tags are only known while it runs")
    environment = {name: call.environment[name] for name in _KEPT if name in call.environment}
    return Asked(
        call.path,
        call.line,
        call.scope,
        tuple(one for one in tags.replace(" ", ",").split(",") if one),
        _CGO.get(call.environment.get("CGO_ENABLED", "")),
        flags,
        {name: value for name, value in environment.items() if not has_hole(value)},
        _platforms(call, facts),
        unknown,
    )


def _linking(call: GoCall) -> tuple[str, tuple[str, ...]]:
    """The linker flags that are known, and what is said of those that are not."""
    read = link_flags(call.command)
    if not has_hole(" ".join(read.words)):
        return joined(read.words), ()
    kept = [(name, value) for name, value in read.flags if not has_hole(name + value)]
    kept += [("X", one.text) for one in read.definitions if not has_hole(one.text)]
    left = sorted({one.target for one in read.definitions if has_hole(one.text) and not has_hole(one.target)})
    said = f"what the release writes into {', '.join(left)} is not known" if left else "some linker flags are not known"
    return flags_text(kept), (said,)


def _platforms(call: GoCall, facts: Facts) -> tuple[str, ...]:
    """The platform that the command names, else those that the workflows build the image for."""
    system, architecture = call.environment.get("GOOS", ""), call.environment.get("GOARCH", "")
    if architecture and not has_hole(system + architecture):
        return (f"{system or 'linux'}/{architecture}",)
    told = facts.others.get(ImageBuilds)
    builds: tuple[ImageBuild, ...] = told.builds if isinstance(told, ImageBuilds) else ()
    found = [one for build in builds if build.dockerfile == call.path for one in build.platforms if not has_hole(one)]
    return tuple(dict.fromkeys(found))
