"""The dependency snapshot of a module: one digest over everything it is built from besides its own repository. Pure.

The digest is the SHA-256 of lines `path version h1:…`, one for each module version of the build list, sorted by their
bytes, each ended by a line feed. It is made from go.mod and go.sum alone, so that it can be made again from a commit,
without Go and without a network; docs/guides/versions.md defines it for other programs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from go_release_gate.facts.modgraph import replacement
from go_release_gate.facts.module import Module
from go_release_gate.gomod.goversion import compare as compare_go
from go_release_gate.gomod.modfile import ModFile
from go_release_gate.gomod.version import max_version

LABEL = "dev.go-release-gate.dependency-snapshot"
"""Key of the image label that holds the digest."""

LOCAL = "-"
"""In place of a hash: the content is that of the commit itself (a local replace)."""

ABSENT = "?"
"""In place of a hash: go.sum has none, because no package of the version takes part in a build."""

_WHOLE = "1.17"  # from here on go.mod lists all of the build list that builds need


def snapshot_digest(lines: Iterable[str]) -> str:
    """`sha256:…` of the lines, whatever their order; a line given twice counts once."""
    ordered = sorted({f"{line}\n".encode() for line in lines})
    return f"sha256:{hashlib.sha256(b''.join(ordered)).hexdigest()}"


def snapshot_of(module: Module) -> str:
    """The digest of a module's build list; empty where its files cannot be read."""
    lines = build_lines(module)
    return "" if lines is None else snapshot_digest(lines)


def build_lines(module: Module) -> tuple[str, ...] | None:
    """`path version hash` of each version of the build list, sorted; None where go.mod or go.sum cannot be read.

    A replaced module stands under the path and version that replace it, which is what go.sum hashes.
    """
    if module.mod is None or (module.sum is None and module.sum_bytes):
        return None
    hashes = {key: line.hash for key, line in module.sum.content_hashes().items()} if module.sum else {}
    lines = {_line(version, module.mod, hashes) for version in _build_list(module.mod, hashes)}
    return tuple(sorted(lines, key=str.encode))


def _build_list(mod: ModFile, hashes: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The requirements of go.mod; before go 1.17, which left some out, also the highest version hashed of the rest."""
    required = {require.path: require.version for require in mod.requires}
    if mod.go and compare_go(mod.go.value, _WHOLE) >= 0:
        return set(required.items())
    replaced = {one.target for one in mod.replaces}
    others: dict[str, list[str]] = {}
    for path, version in hashes:
        if path not in required and path not in replaced:
            others.setdefault(path, []).append(version)
    return {*required.items(), *((path, max_version(versions)) for path, versions in others.items())}


def _line(version: tuple[str, str], mod: ModFile, hashes: dict[tuple[str, str], str]) -> str:
    replaced = replacement(version, mod.replaces)
    if replaced is not None and replaced.is_local:
        return f"{version[0]} {version[1]} {LOCAL}"
    found = (replaced.target, replaced.target_version) if replaced is not None else version
    return f"{found[0]} {found[1]} {hashes.get(found, ABSENT)}"
