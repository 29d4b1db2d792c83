"""Settings of `build`: which programs, for which platforms, how. Schema and docs are made from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

ServiceName = Annotated[str, {"pattern": r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$", "examples": ["api"]}]
Directory = Annotated[str, {"minLength": 1, "examples": ["cmd/api"]}]
GoPlatform = Annotated[str, {"pattern": r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9.,]+)?$", "examples": ["linux/arm64"]}]
Tag = Annotated[str, {"pattern": r"^[\w.]+$", "examples": ["netgo"]}]
TagSet = Annotated[str, {"pattern": r"^([\w.]+(,[\w.]+)*)?$", "examples": ["netgo,osusergo"]}]
FileName = Annotated[str, {"pattern": r"^[^/\s][^/]*$", "examples": ["api"]}]
Variable = Annotated[
    str,
    {
        "pattern": r"^(GOAMD64|GOARM|GOARM64|GO386|GOMIPS|GOMIPS64|GOPPC64|GORISCV64|GOEXPERIMENT|GOFIPS140|GOFLAGS"
        r"|GOWORK|CC|CXX|AR|FC|PKG_CONFIG|PKG_CONFIG_PATH|CGO_[A-Z]+)$",
        "examples": ["GOAMD64"],
    },
]
Command = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuildService:
    """A program that is built.

    Attributes:
        name: What reports call it.
        package: Directory of its main package, relative to the root.
        module: Directory of its module; by default the nearest go.mod above the package.
        platforms: Platforms it is built for, instead of those that count for all.
        tags: Build tags.
        cgo: Whether cgo is used; by default as Go decides.
        ldflags: Flags of the linker. "{{version}}", "{{commit}}" and "{{date}}" are those of the commit.
        env: Further variables of the build, such as GOAMD64 or CC.
        output: Name of the file, by default that of the service.
        smoke: Arguments to start it with under `--smoke`, instead of those that count for all.
    """

    name: ServiceName
    package: Directory
    module: str = ""
    platforms: tuple[GoPlatform, ...] = ()
    tags: tuple[Tag, ...] = ()
    cgo: bool | None = None
    ldflags: str = ""
    env: Mapping[Variable, str] = field(default_factory=dict)
    output: FileName = ""
    smoke: Command = ()


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What `build` compiles.

    Attributes:
        services: The programs. Without any, every main package is one, built as the Dockerfiles here build it.
        platforms: Platforms of every service that names none, such as "linux/arm64" or "linux/arm/v7".
        tag_sets: Build tags, joined by commas, under which every service must compile, too.
        smoke: Arguments to start every program with under `--smoke`, such as "--version".
        timeout: Seconds one compilation may take.
    """

    services: tuple[BuildService, ...] = ()
    platforms: tuple[GoPlatform, ...] = ()
    tag_sets: tuple[TagSet, ...] = ()
    smoke: Command = ()
    timeout: Annotated[float, {"exclusiveMinimum": 0, "maximum": 86400}] = 1800.0
