"""What `go list -deps -e -json` says of packages: https://pkg.go.dev/cmd/go#hdr-List_packages_or_modules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"\s*")
FIELDS = (
    "ImportPath", "Dir", "Name", "GoFiles", "CgoFiles", "IgnoredGoFiles", "Imports", "ImportMap", "Standard", "Module",
    "DepOnly", "Error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Package:
    """One package as Go lists it.

    Attributes:
        path: import path. directory: absolute, as Go gives it. name: behind `package`.
        files, cgo, ignored: names of its files: built, built with cgo, left out by constraints.
        imports: import paths as they are resolved.
        is_standard: of the standard library. is_own: of a module whose source lies in the tree that was listed.
        is_wanted: whether it was asked for, not only depended on.
        error: why it cannot be loaded, first line; empty: it can.
    """

    path: str
    directory: str
    name: str
    files: tuple[str, ...] = ()
    cgo: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    is_standard: bool = False
    is_own: bool = False
    is_wanted: bool = False
    error: str = ""


def read(output: bytes, root: str) -> dict[str, Package]:
    """The packages of one listing by their import path; those below `root` are the repository's own.

    Raises:
        ValueError: the output is no listing.
    """
    return {package.path: package for package in _packages(output.decode("utf-8", "replace"), root)}


def closure(path: str, packages: Mapping[str, Package]) -> list[Package]:
    """A package and everything it depends on, in the order of discovery."""
    seen: dict[str, None] = {path: None}
    queue = [path]
    while queue:
        package = packages.get(queue.pop())
        for one in package.imports if package else ():
            if one not in seen:
                seen[one] = None
                queue.append(one)
    return [packages[one] for one in seen if one in packages]


def _packages(text: str, root: str) -> Iterator[Package]:
    decoder = json.JSONDecoder()
    at = _behind_space(text, 0)
    while at < len(text):
        said, end = decoder.raw_decode(text, at)
        at = _behind_space(text, end)
        yield _package(said, root)


def _behind_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _package(said: Mapping[str, Any], root: str) -> Package:
    renamed = said.get("ImportMap") or {}
    directory = said.get("Dir", "")
    error = str((said.get("Error") or {}).get("Err", "")).strip().partition("\n")[0]
    return Package(
        path=said.get("ImportPath", ""),
        directory=directory,
        name=said.get("Name", ""),
        files=tuple(said.get("GoFiles") or ()),
        cgo=tuple(said.get("CgoFiles") or ()),
        ignored=tuple(said.get("IgnoredGoFiles") or ()),
        imports=tuple(renamed.get(one, one) for one in said.get("Imports") or () if one != "C"),
        is_standard=bool(said.get("Standard")),
        is_own=directory == root or directory.startswith(f"{root}/"),
        is_wanted=not said.get("DepOnly"),
        error=error,
    )
