"""The next version of a module: its last release, raised by what its commits say. Pure.

Below v1.0.0 everything may change (https://semver.org/#spec-item-4): a breaking change raises the minor number there.
From v2 on the major version is part of the module path (https://go.dev/ref/mod#major-version-suffixes), so that a
breaking change of a module is the beginning of another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from go_release_gate.gomod.conventional import Bump
from go_release_gate.gomod.ladder import highest_stable, is_release, is_stable
from go_release_gate.gomod.modulepath import agrees, expected_major, split_major
from go_release_gate.gomod.version import Semver, max_version, parse

FIRST = "v0.1.0"


@dataclass(frozen=True, slots=True)
class Next:
    """A proposal.

    Attributes:
        version: proposed; empty: nothing is to be released.
        last: the release it follows; empty: it is the first.
        bump: what the changes ask for.
        notes: what follows from it or stands in its way, as sentences.
        is_blocked: Go would refuse the tag as the module is now.
    """

    version: str
    last: str
    bump: Bump
    notes: tuple[str, ...] = ()
    is_blocked: bool = False


def last_release(path: str, versions: Iterable[str]) -> tuple[str, str]:
    """The highest stable release of a module's own major version, and the highest prerelease above it (or empty)."""
    own = [one for one in versions if is_release(one) and agrees(path, one)]
    stable, highest = highest_stable(own), max_version(own)
    return stable, highest if highest and not is_stable(highest) else ""


def propose(path: str, bump: Bump, below: Collection[str], known: Collection[str]) -> Next:
    """The next version of the module `path`.

    Args:
        bump: what changed since `last_release(path, below)` asks for.
        below: versions whose tags lie below the commit. known: all versions, wherever they lie.
    """
    if split_major(path) is None:
        return Next("", "", bump, (f"the module path `{path}` is one that Go refuses",), is_blocked=True)
    stable, prerelease = last_release(path, below)
    if not stable:
        return _first(path, bump, prerelease, known)
    if bump is Bump.NONE and not prerelease:
        return Next("", stable, bump)
    version = max_version([_raised(stable, bump), *([_final(prerelease)] if prerelease else [])])
    if not agrees(path, version):
        return Next(version, stable, bump, (_new_major(path, version),), is_blocked=True)
    return _free(version, stable, bump, known)


def _first(path: str, bump: Bump, prerelease: str, known: Collection[str]) -> Next:
    major = expected_major(path)
    version = _final(prerelease) if prerelease else f"{major}.0.0" if major else FIRST
    notes = () if prerelease or not major else (f"the first release with `{major}` in its module path",)
    found = _free(version, "", bump, known)
    return Next(found.version, "", bump, (*notes, *found.notes))


def _free(version: str, last: str, bump: Bump, known: Collection[str]) -> Next:
    """The version, or the first above it that no tag has."""
    taken = version
    while version in known:
        version = _raised(version, Bump.MINOR if version.endswith(".0") else Bump.PATCH)
    notes = () if version == taken else (f"{taken} exists already, on another branch",)
    return Next(version, last, bump, notes)


def _raised(version: str, bump: Bump) -> str:
    parts = parse(version) or Semver(0, 0, 0, "", "", is_short=False)
    major, minor, patch = parts.major, parts.minor, parts.patch
    if bump is Bump.MAJOR and major:
        return f"v{major + 1}.0.0"
    if bump >= Bump.MINOR:
        return f"v{major}.{minor + 1}.0"
    return f"v{major}.{minor}.{patch + 1}" if bump else version


def _final(prerelease: str) -> str:
    """`v1.3.0` of `v1.3.0-rc.1`."""
    return prerelease.partition("-")[0]


def _new_major(path: str, version: str) -> str:
    major = version.partition(".")[0]
    base, suffix = split_major(path) or (path, "")
    new = f"{base}.{major}" if suffix.startswith(".") else f"{base}/{major}"
    return (
        f"a breaking change: the module path must become `{new}` in go.mod and in every import before it is tagged "
        f"{version}; Go refuses that tag for `{path}`"
    )
