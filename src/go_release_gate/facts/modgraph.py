"""Who requires what: the module graph as the go.mod files in the module cache tell it, without the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from go_release_gate.gomod import modfile
from go_release_gate.gomod.modfile import ModFile, Replace
from go_release_gate.gomod.modulepath import escape_path, escape_version
from go_release_gate.gomod.version import compare

Version = tuple[str, str]  # module path, version; the version of a main module is empty


class ModuleCache:
    """The go.mod files below GOMODCACHE/cache/download, each parsed once (https://go.dev/ref/mod#module-cache)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parsed: dict[Version, ModFile | None] = {}

    def mod_file(self, path: str, version: str) -> ModFile | None:
        """go.mod of `path@version`, or None when the cache has none that can be read."""
        key = (path, version)
        if key not in self._parsed:
            self._parsed[key] = self._read(path, version)
        return self._parsed[key]

    def source(self, path: str, version: str) -> Path:
        """Directory the module is extracted to; it may not exist."""
        return self._root / f"{escape_path(path)}@{escape_version(version)}"

    def _read(self, path: str, version: str) -> ModFile | None:
        file = self._root / "cache" / "download" / escape_path(path) / "@v" / f"{escape_version(version)}.mod"
        try:
            return modfile.parse(file.read_bytes(), strict=False)
        except (OSError, ValueError):  # no file, no path the cache could have, no go.mod
            return None


@dataclass(frozen=True, slots=True)
class ModuleGraph:
    """`requirers`: for each version, who asks for it (nearest to the main module first).

    `selected`: highest version asked for of each path, as minimal version selection picks it.
    """

    requirers: Mapping[Version, tuple[Version, ...]]
    selected: Mapping[str, str]

    def required_by(self, path: str, version: str) -> Version | None:
        """The nearest module that requires exactly `path@version`, preferring one that is not a main module."""
        asking = self.requirers.get((path, version), ())
        return next((who for who in asking if who[1]), asking[0] if asking else None)


def build_graph(main: ModFile, cache: ModuleCache, local: Mapping[str, ModFile]) -> ModuleGraph:
    """The whole graph reachable from `main`, unpruned.

    Args:
        local: module path → go.mod, for modules replaced by directories of the repository.
    """
    requirers: dict[Version, list[Version]] = {}
    selected: dict[str, str] = {}
    seen: set[Version] = set()
    queue: deque[tuple[Version, ModFile]] = deque([((main.path, ""), main)])
    while queue:
        who, file = queue.popleft()
        for require in file.requires:
            wanted = (require.path, require.version)
            requirers.setdefault(wanted, []).append(who)
            if wanted not in seen:
                seen.add(wanted)
                if compare(require.version, selected.get(require.path, "")) > 0:
                    selected[require.path] = require.version
                found = _file_of(wanted, main.replaces, cache, local)
                if found:
                    queue.append((wanted, found))
    return ModuleGraph({version: tuple(who) for version, who in requirers.items()}, selected)


def replacement(wanted: Version, replaces: tuple[Replace, ...]) -> Replace | None:
    """The replace directive that applies to a version: one for exactly it, else one for every version."""
    path, version = wanted
    exact = next((r for r in replaces if r.path == path and r.version == version), None)
    return exact or next((r for r in replaces if r.path == path and not r.version), None)


def _file_of(
    wanted: Version, replaces: tuple[Replace, ...], cache: ModuleCache, local: Mapping[str, ModFile]
) -> ModFile | None:
    replaced = replacement(wanted, replaces)
    if replaced is None:
        return cache.mod_file(*wanted)
    if replaced.is_local:
        return local.get(wanted[0])
    return cache.mod_file(replaced.target, replaced.target_version)
