"""Finds the package an import path names as one module sees it: its own packages and those of its requirements."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from go_release_gate.facts.link_variables import PackageNames
from go_release_gate.facts.modgraph import ModuleCache, replacement
from go_release_gate.facts.module import Module
from go_release_gate.gomod import goimports
from go_release_gate.gomod.govars import declared, package_name
from go_release_gate.gomod.version import compare

FILES_LIMIT = 2_000  # of one package
DIRECTORIES_LIMIT = 5_000  # looked at for one pattern
_PRUNED_SINCE = "v1.17.0"  # go.mod lists every module that provides packages since then
_PASSED_OVER = ("_", ".")
_GENERATE = re.compile(rb"^//go:generate\s", re.MULTILINE)
_STANDARD = frozenset(
    (
        "archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed",
        "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "io", "iter", "log",
        "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort",
        "strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe",
        "weak",
    )
)  # fmt: skip


@dataclass(slots=True)
class Packages:
    """Looks packages up.

    Args:
        root: where the repository's Go files lie. modules: its modules, the deepest first.
        cache: the module cache. read: a file's bytes by its absolute path, empty where it is not read.
    """

    root: Path
    modules: Sequence[Module]
    cache: ModuleCache
    read: Callable[[str], bytes]
    _names: dict[str, PackageNames | None] = field(default_factory=dict)

    def at(self, directory: str) -> PackageNames | None:
        """The package of a directory of the repository; None: there is no Go file."""
        module = next((one for one in self.modules if _is_within(directory, one.dir)), None)
        if module is None:
            return None
        rest = posixpath.relpath(directory, module.dir)
        path = module.path if rest == "." else f"{module.path}/{rest}"
        return self._package(self.root / directory, path, directory)

    def mains(self, pattern: str) -> Iterator[PackageNames]:
        """The main packages that a directory or `directory/...` names."""
        directory, sign, _ = pattern.partition("...")
        start = posixpath.normpath(directory or ".")
        for one in islice(self._below(start), DIRECTORIES_LIMIT) if sign else (start,):
            package = self.at(one)
            if package and package.name == "main":
                yield package

    def named(self, path: str, module: Module) -> tuple[PackageNames | None, bool]:
        """The package of an import path as `module` sees it, and whether that is known: (None, True): there is none."""
        own = next((one for one in _longest(self.modules) if one.path and _is_within(path, one.path)), None)
        if own is not None:
            found = self.at(posixpath.normpath(posixpath.join(own.dir, posixpath.relpath(path, own.path))))
            return found, found is not None or not self._is_required(path, module, own)
        return (None, False) if path.partition("/")[0] in _STANDARD else self._required(path, module)

    def with_string(self, name: str, module: Module) -> Iterator[PackageNames]:
        """Packages of `module` that declare a variable of this name."""
        for directory in islice(self._below(module.dir), DIRECTORIES_LIMIT):
            if next((one for one in self.modules if _is_within(directory, one.dir)), None) is module:
                package = self.at(directory)
                if package and any(one.kind == "var" for one in package.named(name)):
                    yield package

    def _is_required(self, path: str, module: Module, own: Module) -> bool:
        """Whether another version than the tree's is built: the module asks for it and does not replace it."""
        requires = module.mod.requires if module.mod else ()
        return own is not module and any(_is_within(path, one.path) for one in requires)

    def _required(self, path: str, module: Module) -> tuple[PackageNames | None, bool]:
        if module.mod is None or module.has_vendor:
            return None, False
        requires = sorted(module.mod.requires, key=lambda one: -len(one.path))
        require = next((one for one in requires if _is_within(path, one.path)), None)
        if require is None:
            return None, compare(f"v{_full(module.mod.go.value if module.mod.go else '')}", _PRUNED_SINCE) >= 0
        replaced = replacement((require.path, require.version), module.mod.replaces)
        if replaced and replaced.is_local:
            return None, False
        name, version = (replaced.target, replaced.target_version) if replaced else (require.path, require.version)
        try:
            source = self.cache.source(name, version)
        except ValueError:
            return None, False
        if not source.is_dir():
            return None, False
        rest = posixpath.relpath(path, require.path)
        return self._package(source / rest, path, ""), True

    def _below(self, start: str) -> Iterator[str]:
        stack = [start]
        while stack:
            directory = stack.pop()
            yield directory
            try:
                with os.scandir(self.root / directory) as entries:
                    names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
            except OSError:
                continue
            stack += (
                posixpath.normpath(posixpath.join(directory, name))
                for name in sorted(names, reverse=True)
                if name not in ("testdata", "vendor") and not name.startswith(_PASSED_OVER)
            )

    def _package(self, place: Path, path: str, directory: str) -> PackageNames | None:
        key = str(place)
        if key not in self._names:
            self._names[key] = self._read(place, path, directory)
        return self._names[key]

    def _read(self, place: Path, path: str, directory: str) -> PackageNames | None:
        try:
            names = sorted(file.name for file in islice(place.iterdir(), FILES_LIMIT) if file.name.endswith(".go"))
        except OSError:
            return None
        sources = [
            data
            for name in names
            if not name.endswith("_test.go")
            for data in (self.read(f"{place}/{name}"),)
            if not goimports.scan(name, data).ignored
        ]
        if not sources:
            return None
        everything = tuple(one for data in sources for one in declared(data))
        is_generated = any(_GENERATE.search(data) for data in sources)
        return PackageNames(path, package_name(sources[0]), directory, everything, is_generated)


def _longest(modules: Sequence[Module]) -> list[Module]:
    return sorted(modules, key=lambda one: -len(one.path))


def _is_within(path: str, prefix: str) -> bool:
    return prefix in (".", path) or path.startswith(f"{prefix}/")


def _full(version: str) -> str:
    return version if version.count(".") > 1 else f"{version or '0.0'}.0"
