"""As whom a finished image's program runs, and what it may change. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import ENTRYPOINT, Expected, ImageContent, ImageFile, PlatformImage
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build._image import (
    Said,
    candidates,
    drafts,
    file_at,
    own_binaries,
    resolved,
    started,
)


def as_root(image: ImageContent) -> Iterator[Draft]:
    """Images whose configuration leaves the user root, by silence, by number or by name."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        if platform.platform.startswith("windows/"):  # it knows no root and has no /etc/passwd
            return
        told = platform.config.user
        name, _, group = told.partition(":")
        number = number_of(platform)
        yield from _unknown_group(platform, group)
        if number == 0:
            how = f"its user `{told}` is root" if name else "it names no user, so its program runs as root"
            yield Said("root", f"{how}; add a numeric `USER`, such as 65532, to the last stage")
        elif number is None:
            why = "it has no /etc/passwd" if platform.accounts is None else "it is not in the image's /etc/passwd"
            yield Said(
                "unknown",
                f"its user `{name}` cannot be found ({why}): no container starts; give the number",
                Severity.ERROR,
            )

    return drafts(image, of_platform)


def _unknown_group(platform: PlatformImage, group: str) -> Iterator[Said]:
    if group in ("", "root") or group.isdecimal() or group in (platform.groups or ()) or platform.unreadable:
        return
    why = "it has no /etc/group" if platform.groups is None else "it is not in the image's /etc/group"
    said = f"its user's group `{group}` cannot be found ({why}): no container starts; give the number"
    yield Said("group", said, Severity.ERROR)


def number_of(platform: PlatformImage) -> int | None:
    """The number of the user that the program runs as; None: a name that the image's /etc/passwd does not have."""
    name = platform.config.user.partition(":")[0]
    if not name:
        return 0
    if name.isascii() and name.isdigit():
        return int(name)
    if platform.accounts is not None and name in platform.accounts:
        return platform.accounts[name]
    return 0 if name == "root" else None


def writable(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Programs that the user they run as may replace: whoever breaks in stays."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        user = number_of(platform)
        if not user:
            return
        own = {one.path for one in own_binaries(platform, expected)}
        for path in sorted(own | _programs(platform)):
            file = file_at(platform, path)
            how = _how(file, user, platform.config.user) if file is not None else ""
            if file is not None and how:
                yield Said(
                    f"writable {path}",
                    f"{path} ({file.mode & 0o7777:04o}, {file.user}:{file.group}) can be replaced by the user {user} "
                    f"that runs it: {how}; copy it as root, without --chown, mode 0755",
                )

    return drafts(image, of_platform)


def _programs(platform: PlatformImage) -> frozenset[str]:
    """What is started, and not merely named in the command: folders of data may well be the user's."""
    first = (*platform.config.entrypoint, *platform.config.command)[:1]
    known = {one.path for one in platform.binaries}
    known |= {one.path for one in platform.files if ENTRYPOINT in one.kinds and one.mode & 0o111}
    known |= {resolved(platform, path) for word in first for path in candidates(platform, word)}
    return started(platform) & known


def _how(file: ImageFile, user: int, told: str) -> str:
    if file.link:
        return ""
    if file.mode & 0o002:
        return "anybody may write to it"
    if file.user == user:
        return "it is the owner" + ("" if file.mode & 0o200 else ", who may change the mode")
    group = told.partition(":")[2]
    is_member = group.isascii() and group.isdigit() and int(group) == file.group
    return "its group may write to it" if is_member and file.mode & 0o020 else ""
