"""Whether a finished image's programs are for the machines it is offered to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from go_release_gate.facts.binary import Binary
from go_release_gate.facts.image_content import MACH_O, PE, Expected, ImageContent, PlatformImage
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build._image import Said, drafts, foreign_system, own_binaries, started

# machine → what also runs on it, usually: an image should not rest on it
_ALSO = {"amd64": ("386",), "arm64": ("arm",)}
_SYSTEMS = {PE: "windows", MACH_O: "darwin"}
_NAMES = {"amd64": ("amd64", "x86_64", "x64"), "arm64": ("arm64", "aarch64"), "386": ("386", "i386", "x86")}


def judged(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Each program against the platform that index or configuration promise, and these two against each other."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        yield from _configuration(platform)
        yield from dict.fromkeys(_system(platform))
        begun = started(platform)
        meant = {one.path for one in own_binaries(platform, expected)} | begun
        fits = any(machine_of(one) == platform.config.architecture for one in platform.binaries if one.path in meant)
        for binary in (one for one in platform.binaries if not foreign_system(platform, one)):
            is_meant = binary.path in begun or (binary.path in meant and not (fits and _is_named(binary)))
            yield from _binary(platform, binary, image.platforms, is_meant=is_meant)

    return drafts(image, of_platform)


def _configuration(platform: PlatformImage) -> Iterator[Said]:
    config = platform.config
    promised, told = platform.platform.split("/"), [config.os, config.architecture]
    if not all(told) or promised[:2] == told:
        return
    said = f"the image's own configuration says {'/'.join(told)}, not what the index promises; build each platform anew"
    yield Said("configuration", said)


def _system(platform: PlatformImage) -> Iterator[Said]:
    """What is started is built for another operating system."""
    os, begun = platform.platform.partition("/")[0], started(platform)
    for file in platform.files:
        if os == "linux" and file.form in _SYSTEMS and file.path in begun:
            yield _of_system(file.path, _SYSTEMS[file.form], os)
    for binary in platform.binaries:
        built = foreign_system(platform, binary)
        if built and binary.path in begun:
            yield _of_system(binary.path, built, os)


def _of_system(path: str, built: str, wanted: str) -> Said:
    return Said(f"system {path}", f"{path} is built for {built}: {wanted} does not start it; build with GOOS={wanted}")


def _is_named(binary: Binary) -> bool:
    """Whether its path names its machine: so a file is called that is there to be handed out."""
    machine = machine_of(binary)
    return any(name in binary.path.lower() for name in _NAMES.get(machine, (machine,)))


def _binary(
    platform: PlatformImage, binary: Binary, platforms: Iterable[PlatformImage], *, is_meant: bool
) -> Iterator[Said]:
    wanted, variant = [*platform.platform.split("/"), "", ""][1:3]
    machine = machine_of(binary)
    if not machine or not wanted or (machine.startswith("machine ") and not is_meant):
        return
    if machine == wanted:
        yield from _variant(binary, variant, wanted)
        return
    if not is_meant and _is_named(binary):
        return
    runs = machine in _ALSO.get(wanted, ())
    severity = None if is_meant and not runs else Severity.WARNING
    end = "such a machine runs it only by luck" if runs else "it ends with `exec format error`"
    same = _same(platform, binary, platforms)
    yield Said(
        f"machine {binary.path}",
        f"{binary.path} is built for {machine}: {end}; build with GOARCH={wanted} (`ARG TARGETARCH` without a default "
        f"in the stage that builds){same}",
        severity,
    )


def _variant(binary: Binary, wanted: str, machine: str) -> Iterator[Said]:
    """ARM's variants are steps: v7 runs what is for v6, not the other way round."""
    own = _arm(binary)
    if machine == "arm" and own and wanted in ("v5", "v6", "v7") and own > int(wanted[1]):
        said = f"{binary.path} is built for ARM v{own}; build with GOARM={wanted[1]} (from TARGETVARIANT)"
        yield Said(f"machine {binary.path}", said)


def _arm(binary: Binary) -> int:
    told = binary.info.settings.get("GOARM", "") if binary.info else ""
    return int(told[0]) if told[:1].isdigit() else 0


def machine_of(binary: Binary) -> str:
    """GOARCH of a program, from its file, else from what Go recorded; empty: neither tells."""
    if binary.elf is not None:
        return binary.elf.architecture
    return binary.info.settings.get("GOARCH", "") if binary.info else ""


def _same(platform: PlatformImage, binary: Binary, platforms: Iterable[PlatformImage]) -> str:
    """Which other platforms have the very same program."""
    mark = binary.digest or (binary.elf.go_build_id if binary.elf else "")
    alike = [
        other.platform
        for other in platforms
        if other.platform != platform.platform and mark and any(_is_same(binary, one) for one in other.binaries)
    ]
    return f"; the same program is in {', '.join(alike)}" if alike else ""


def _is_same(one: Binary, other: Binary) -> bool:
    if one.digest and one.digest == other.digest:
        return True
    return bool(one.elf and other.elf and one.elf.go_build_id and one.elf.go_build_id == other.elf.go_build_id)
