"""Whether a finished image's programs are built by a Go that the repository asks for. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import Expected, ImageContent, PlatformImage
from go_release_gate.gomod import goversion
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build._image import Said, draft, drafts, module_path, own_binaries


def judged(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Programs built by a Go older than the go line of their module, and programs built by different ones."""
    if expected is not None:
        yield from drafts(image, lambda platform: _older(platform, expected))
    found = {
        binary.info.go: f"{platform.platform} {binary.path}"
        for platform in reversed(image.platforms)
        for binary in reversed(own_binaries(platform, expected))
        if binary.info is not None and goversion.from_toolchain(binary.info.go)
    }
    if len(found) > 1:
        told = ", ".join(f"{go} ({found[go]})" for go in sorted(found))
        said = f"its programs are built by different Go releases: {told}; build all of one image with one toolchain"
        yield draft(image, Said("several", said, Severity.WARNING))


def _older(platform: PlatformImage, expected: Expected) -> Iterator[Said]:
    for binary in own_binaries(platform, expected):
        module = expected.module_at(module_path(binary))
        wanted = module.go if module is not None and module.go else expected.go
        used = goversion.from_toolchain(binary.info.go) if binary.info else ""
        if used and wanted and goversion.compare(used, wanted) < 0:
            yield Said(
                f"older {binary.path}",
                f"{binary.path} is built by go{used}, older than go {wanted} that go.mod asks for at this commit: it "
                "was not built from it; build again with the Go of go.mod",
                Severity.ERROR,
            )
