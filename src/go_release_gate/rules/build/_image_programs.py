"""How a finished image's programs were built: from which commit, stripped, packed, with the toolchain left in. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import Expected, ImageContent, PlatformImage
from go_release_gate.model.severity import Severity
from go_release_gate.model.sizes import size_text
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build._image import Said, drafts, own_binaries

SHORT = 12  # digits of a commit
LITTLE = 1 << 20  # bytes that nobody strips a program for
TOOLCHAIN = "Go toolchain"


def dirty(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Programs built from a changed work tree, or from another commit than the expected one."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        for binary in own_binaries(platform, expected):
            settings = binary.info.settings if binary.info else {}
            revision = settings.get("vcs.revision", "")
            if settings.get("vcs.modified") == "true":
                yield Said(
                    f"modified {binary.path}",
                    f"{binary.path} was built from a work tree with changes that no commit has (vcs.modified=true, at "
                    f"{revision[:SHORT] or 'an unknown commit'}); build from a clean checkout",
                )
            wanted = expected.revision if expected is not None else ""
            if revision and wanted and revision != wanted:
                yield Said(
                    f"revision {binary.path}",
                    f"{binary.path} was built from the commit {revision[:SHORT]}, not from {wanted[:SHORT]}"
                    f"{_of_tag(expected)}; build it again from that commit",
                    Severity.ERROR,
                )

    return drafts(image, of_platform)


def _of_tag(expected: Expected | None) -> str:
    return f" that {expected.tag} names" if expected is not None and expected.tag else ""


def unstripped(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Programs that carry symbol table and debug information, with what that costs."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        for binary in own_binaries(platform, expected):
            if binary.elf is not None and not binary.elf.is_stripped and binary.elf.symbols >= LITTLE:
                share = 100 * binary.elf.symbols // max(binary.size, 1)
                yield Said(
                    f"symbols {binary.path}",
                    f"{size_text(binary.elf.symbols)} of {binary.path} ({share} % of it) are symbol table and debug "
                    'information; build with -ldflags "-s -w" where no debugger is put to it',
                )

    return drafts(image, of_platform)


def packed(image: ImageContent) -> Iterator[Draft]:
    """Packed programs: nothing in them can be judged."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        for binary in platform.binaries:
            if binary.elf is not None and binary.elf.packed_by:
                yield Said(
                    f"packed {binary.path}",
                    f"{binary.path} is packed by {binary.elf.packed_by}: modules, Go version and linking cannot be "
                    "told, and it is unpacked into memory at every start; leave it unpacked",
                )

    return drafts(image, of_platform)


def with_toolchain(image: ImageContent) -> Iterator[Draft]:
    """Images that carry a Go toolchain."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        for one in platform.ballast:
            if one.kind == TOOLCHAIN:
                yield Said(
                    f"toolchain {one.path}",
                    f"{one.path or 'a layer'} holds a Go toolchain ({size_text(one.size)}); copy the program alone "
                    "into a last stage from a small base image",
                )

    return drafts(image, of_platform)
