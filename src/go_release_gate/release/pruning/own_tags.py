"""Which tags are a release's own: those that its version, its git tag and its commit give. Pure."""

from __future__ import annotations

from go_release_gate.ledger.state import Release

_SHORTEST = 7  # digits of an abbreviated commit


def is_own_tag(tag: str, release: Release, digest: str) -> bool:
    """Whether a tag can be a release's own, for its digest or for that of one of its platforms (`1.4.2-arm64`)."""
    if _names(tag, release):
        return True
    platforms = [child.platform for child in release.image.children if child.digest == digest]
    return any(
        tag.endswith(end) and _names(tag.removesuffix(end), release)
        for platform in platforms
        for end in _ends(platform)
    )


def _names(tag: str, release: Release) -> bool:
    source = release.source
    versions = {source.version, source.tag, source.tag.rpartition("/")[2]} - {""}
    if tag.removeprefix("v") in {one.removeprefix("v").replace("+", "-") for one in versions}:
        return True
    commit = tag.removeprefix("sha-")
    return len(commit) >= _SHORTEST and source.commit.startswith(commit)


def _ends(platform: str) -> tuple[str, ...]:
    """How a platform ends a tag: `-linux-arm64`, `-arm64`, `-arm-v7`, `-armv7`."""
    parts = platform.split("/")
    return (f"-{'-'.join(parts)}", f"-{'-'.join(parts[1:])}", f"-{''.join(parts[1:])}") if len(parts) > 1 else ()
