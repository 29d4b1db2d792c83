"""What a program is built from: settings, modules, files of the repository. Equal inputs need no build."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from go_release_gate.engine.building.command import linker_flags, shared_words, target, variables
from go_release_gate.engine.building.compile import Site, call
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built import Order

_FILES = (
    "GoFiles", "CgoFiles", "CFiles", "CXXFiles", "MFiles", "HFiles", "FFiles", "SFiles", "SwigFiles", "SwigCXXFiles",
    "SysoFiles", "EmbedFiles",
)  # fmt: skip
_FIELDS = ",".join(("Dir", "ImportPath", "Standard", "Module", "Imports", "DefaultGODEBUG", "Error", *_FILES))
_PROFILE = "default.pgo"  # https://go.dev/doc/pgo


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one program is built from.

    Attributes:
        settings: how it is built. modules: path → version (`v1.2.0`, `v1.2.0 => example.com/fork v1.3.0`).
        files: file of the repository, relative to its root → SHA-256.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def inputs_of(orders: Sequence[Order], site: Site) -> dict[tuple[str, str], Inputs | None]:
    """Order's key → what it is built from; None: Go cannot tell, so it has to be built."""
    groups: dict[str, list[Order]] = {}
    for order in orders:
        environment = sorted(variables(order, site.recipe, str(site.root)).items())
        groups.setdefault(repr((order.module, order.tags, environment)), []).append(order)
    found: dict[tuple[str, str], Inputs | None] = {}
    digests: dict[Path, str] = {}
    for group in groups.values():
        packages, version = _listed(group, site)
        by_directory = {str(one.get("Dir")): one for one in packages.values()}
        for order in group:
            main = by_directory.get(str(site.root / order.package).removesuffix("/."))
            found[order.key] = _inputs(order, main, packages, _Tree(site, version, digests)) if main else None
    return found


@dataclass(frozen=True, slots=True)
class _Tree:
    """The tree that is read, the version of Go in it, and the digests known already."""

    site: Site
    go: str
    digests: dict[Path, str]

    def digest(self, file: Path) -> str:
        """SHA-256 of a file, empty where it cannot be read."""
        if file not in self.digests:
            try:
                with file.open("rb") as stream:
                    self.digests[file] = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError:
                self.digests[file] = ""
        return self.digests[file]


def _listed(group: Sequence[Order], site: Site) -> tuple[dict[str, Mapping[str, Any]], str]:
    """Every package that the programs are made of, by import path, and the version of Go."""
    first = group[0]
    words = ["list", "-e", "-deps", f"-json={_FIELDS}", *shared_words(first, site.recipe), *map(target, group)]
    try:
        go, answer = call(first, site, ["env", "GOVERSION"]), call(first, site, words)
    except UnavailableError:
        return {}, ""
    if answer.returncode != 0 or go.returncode != 0:
        return {}, ""
    return {str(one["ImportPath"]): one for one in _objects(answer.stdout)}, go.stdout.decode("utf-8", "replace")


def _objects(data: bytes) -> Iterator[Mapping[str, Any]]:
    text, at = data.decode("utf-8", "replace"), 0
    decoder = json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        entry, at = decoder.raw_decode(text, at)
        yield entry


def _inputs(
    order: Order, main: Mapping[str, Any], packages: Mapping[str, Mapping[str, Any]], tree: _Tree
) -> Inputs | None:
    modules: dict[str, str] = {}
    files: dict[str, str] = {}
    settings = _settings(order, main, tree)
    for package in _closure(main, packages):
        if package.get("Error"):
            return None
        if package.get("Standard"):
            continue
        module = package.get("Module") or {}
        path = str(module.get("Path", ""))
        settings[f"go line of {path}"] = str(module.get("GoVersion", ""))
        version = _version(module)
        if version:
            modules[path] = version
        directory = Path(str(package.get("Dir", "")))
        if not version or directory.is_relative_to(tree.site.root) or _is_local(module):
            files |= _files(package, directory, tree)
    files |= _profile(Path(str(main.get("Dir", ""))), tree)
    return Inputs(settings, modules, files)


def _settings(order: Order, main: Mapping[str, Any], tree: _Tree) -> dict[str, str]:
    own = variables(order, tree.site.recipe, "")  # a workspace's place is no setting: its modules are told
    return {
        "go": tree.go.strip(),
        "package": str(main.get("ImportPath", "")),
        "tags": ",".join(order.tags),
        "ldflags": linker_flags(order, tree.site.recipe),
        "godebug": str(main.get("DefaultGODEBUG", "")),
        **{name: value for name, value in own.items() if name != "GOWORK"},
    }


def _closure(main: Mapping[str, Any], packages: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The package and everything it imports, directly or not."""
    seen = {str(main["ImportPath"])}
    waiting = [main]
    while waiting:
        package = waiting.pop()
        yield package
        for name in package.get("Imports") or ():
            if name not in seen and name in packages:
                seen.add(name)
                waiting.append(packages[name])


def _version(module: Mapping[str, Any]) -> str:
    version, by = str(module.get("Version", "")), module.get("Replace") or {}
    if not by:
        return version
    return f"{version} => {by.get('Path', '')} {by.get('Version', '')}".strip()


def _is_local(module: Mapping[str, Any]) -> bool:
    by = module.get("Replace") or {}
    return bool(by) and not by.get("Version")


def _files(package: Mapping[str, Any], directory: Path, tree: _Tree) -> dict[str, str]:
    """The files of a package of the repository, vendored ones among them."""
    names = [name for kind in _FILES for name in package.get(kind) or ()]
    return {_relative(directory / name, tree): tree.digest(directory / name) for name in names}


def _profile(directory: Path, tree: _Tree) -> dict[str, str]:
    file = directory / _PROFILE
    return {_relative(file, tree): tree.digest(file)} if file.is_file() else {}


def _relative(file: Path, tree: _Tree) -> str:
    root = tree.site.root
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
