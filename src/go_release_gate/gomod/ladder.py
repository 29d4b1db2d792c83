"""The ladder of a module's releases: which is the highest, which line one belongs to, which moving names it may take.

Versions are as git tags name them (`v1.2.3`), without a directory in front. What is no canonical version counts
nowhere, and neither does a pseudo-version: Go takes no tag for one (https://go.dev/ref/mod#vcs-version).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from go_release_gate.gomod.version import is_canonical, is_incompatible, is_pseudo, key, max_version, parse

LATEST = "latest"

_STABLE = re.compile(r"v(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)")


def is_release(version: str) -> bool:
    """Whether a tag may be called so: all three numbers, a `v`, no build metadata, no pseudo-version."""
    return is_canonical(version) and not is_incompatible(version) and not is_pseudo(version)


def is_stable(version: str) -> bool:
    """Whether it is a release and no prerelease."""
    return _STABLE.fullmatch(version) is not None


def highest_stable(versions: Iterable[str]) -> str:
    """The highest stable release among `versions`; empty when there is none."""
    return max_version(version for version in versions if is_stable(version))


def line_of(version: str, others: Iterable[str]) -> tuple[str, ...]:
    """The releases that `version` must come after: those of its minor line, else those of its major one.

    A patch of an old line after a new one (`v1.8.4` after `v1.9.0`) has only its own line to follow; a new minor line
    follows all of its major one. `version` itself is not among them. Empty: the line begins here, or it is no release.
    """
    if not is_release(version):
        return ()
    known = [other for other in dict.fromkeys(others) if is_release(other) and other != version]
    for parts in (2, 1):
        line = tuple(other for other in known if _front(other, parts) == _front(version, parts))
        if line:
            return line
    return ()


def moving_names(version: str) -> tuple[str, ...]:
    """The image tags that move from release to release: `latest`, `1`, `1.2` for `v1.2.3`; none for a prerelease."""
    if not is_stable(version):
        return ()
    return LATEST, _front(version, 1), _front(version, 2)


def holder(name: str, version: str, others: Iterable[str]) -> str:
    """The higher stable release that keeps the moving image tag `name` from `version`; empty when none does.

    `latest` covers all releases, `1` those of the major version, `1.2` those of the minor one. A name with a `v` in
    front (`v1`, `v1.2`) covers the same.
    """
    plain = name.removeprefix("v")
    parts = 0 if name == LATEST else plain.count(".") + 1
    covered = (other for other in others if parts == 0 or _front(other, parts) == plain)
    highest = highest_stable(covered)
    return highest if highest and key(highest) > key(version) else ""


def is_moving(name: str) -> bool:
    """Whether an image tag is one that moves: `latest`, `1`, `1.2`, also with a `v` in front."""
    found = parse("v" + name.removeprefix("v"))
    return name == LATEST or (found is not None and found.is_short)


def covers(name: str, version: str) -> bool:
    """Whether a moving image tag is one of `version`'s own: `1` of `v1.2.3`, not of `v2.0.0`."""
    plain = name.removeprefix("v")
    return name == LATEST or _front(version, plain.count(".") + 1) == plain


def _front(version: str, parts: int) -> str:
    """The first numbers of a version: `1.2` of `v1.2.3-rc.1` for two."""
    return ".".join(version.removeprefix("v").partition("-")[0].split(".")[:parts])
