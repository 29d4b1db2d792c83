"""How a build links its program, as far as its command line, its variables and its builder image tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from go_release_gate.dockerfile.bases import GLIBC, MUSL, Base, base_of
from go_release_gate.facts.image_parts import parts
from go_release_gate.facts.image_programs import Build
from go_release_gate.facts.programs import Program
from go_release_gate.gocommand.ldflags import link_flags
from go_release_gate.shell.unknown import has_hole

STANDARD = frozenset({"net", "os/user", "runtime/cgo", "plugin"})
_COMPILERS = frozenset({"gcc", "build-base", "clang", "g++", "alpine-sdk", "build-essential"})
_DEFAULT_OFF = (1, 20)  # without a C compiler cgo is off since Go 1.20


class Cgo(Enum):
    """Whether cgo is on: by the builder's default on its own platform only, or not known."""

    ON, OFF, NATIVE, UNKNOWN = range(4)


@dataclass(frozen=True, slots=True)
class Linked:
    """How a program is linked.

    Attributes:
        is_dynamic: whether it needs a loader and a C library; None: not known.
        family: the C library's, musl or glibc.
        why: what makes it so, for the message. is_certain: on every platform that is built.
        packages: that make it so.
    """

    is_dynamic: bool | None
    family: str = ""
    why: str = ""
    is_certain: bool = True
    packages: tuple[str, ...] = ()


def cgo_of(build: Build) -> tuple[Cgo, str]:
    """Whether cgo is on for a build, and why."""
    if build.value("GOOS") not in ("", "linux") and not _is_of_target(build, "GOOS"):
        return Cgo.UNKNOWN, ""
    given = _setting(build, "CGO_ENABLED")
    if given in ("0", "1"):
        return (Cgo.ON if given == "1" else Cgo.OFF), f"CGO_ENABLED={given}"
    if given != "":
        return Cgo.UNKNOWN, ""
    return _by_default(build)


def _is_of_target(build: Build, name: str) -> bool:
    """Whether a variable is the target platform's (`GOARCH=$TARGETARCH`)."""
    return f"TARGET{name.removeprefix('GO')}" in build.run.holes.shown(build.environment.get(name, ""))


def _setting(build: Build, name: str) -> str | None:
    """A variable of Go: of the environment, else as `go env -w` set it before; None: not known."""
    value = build.value(name)
    if value != "":
        return value
    if name in build.stage.environment or name in build.stage.scope(build.run.instruction):
        return None if build.stage.scope(build.run.instruction).get(name) != "" else ""
    written = [
        word.partition("=")[2]
        for words in parts(build.dockerfile, build.stage).words
        if words[:3] == ("go", "env", "-w")
        for word in words[3:]
        if word.startswith(f"{name}=")
    ]
    return written[-1] if written else ""


def _by_default(build: Build) -> tuple[Cgo, str]:
    base = builder(build)
    if not base.is_go or base.family not in (MUSL, GLIBC):
        return Cgo.UNKNOWN, ""
    if base.family == MUSL:
        added = parts(build.dockerfile, build.stage)
        if not added.packages & _COMPILERS:
            is_off = not added.is_open and _release(base.go) >= _DEFAULT_OFF
            return (Cgo.OFF if is_off else Cgo.UNKNOWN), "cgo is off in an image without a C compiler"
    architecture = build.environment.get("GOARCH", "")
    if not architecture:
        is_cross = build.dockerfile.base(build.stage).platform not in ("", None)
        return (Cgo.NATIVE if is_cross else Cgo.ON), "cgo is on by default"
    if build.value("GOARCH") == "amd64" or _is_of_target(build, "GOARCH"):
        return Cgo.NATIVE, "cgo is on by default where the platform is the builder's own"
    return Cgo.UNKNOWN, ""


def builder(build: Build) -> Base:
    """The image that a build's stage begins from."""
    return base_of(build.dockerfile.base(build.stage).image)


def linked(build: Build, programs: tuple[Program, ...]) -> Linked:
    """How the programs of a build are linked."""
    family = builder(build).family
    state, why = cgo_of(build)
    flags = link_flags(build.command)
    if (
        build.command.unread
        or build.value("GOFLAGS") is None
        or any(has_hole(word) for word in flags.words if "=" not in word)
    ):
        return Linked(None)
    if build.command.flags.get("buildmode") == "pie" and state is Cgo.OFF:
        return Linked(True, family, "-buildmode=pie asks for a loader even without cgo")
    if state in (Cgo.UNKNOWN, Cgo.OFF):
        return Linked(None if state is Cgo.UNKNOWN else False)
    packages = tuple(dict.fromkeys(one for program in programs for one in program.cgo))
    others = tuple(one for one in packages if one not in STANDARD)
    if not packages or (flags.is_static and (flags.flag("linkmode") == "external" or others)):
        is_known = packages or (programs and not any(one.unknown for one in programs))
        return Linked(False if is_known else None)
    if flags.is_static:
        why = f"{why}; -extldflags -static counts with -linkmode external only"
    shown = (*others, *(one for one in packages if one in STANDARD))[:2]
    text = f"{why}, and {' and '.join(shown)} {'uses' if len(shown) == 1 else 'use'} it"
    return Linked(True, family, text, state is Cgo.ON, packages)


def _release(version: str) -> tuple[int, int]:
    match = re.match(r"(\d+)(?:\.(\d+))?", version)
    if not match:
        return (99, 0)  # `golang:alpine`: the newest
    return int(match[1]), int(match[2]) if match[2] else 99
