"""Files and packages as Go names them, and where they lie in the repository. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

Where = Callable[[str], str]


def file_of(name: str, module: str, directory: str) -> str:
    """Path of a file that a coverage profile names (`example.com/shop/api/main.go`); empty: it is none of the module.

    Args:
        module: the module's path. directory: where it lies, relative to the root.
    """
    if not name.startswith(f"{module}/"):
        return ""
    return _inside(posixpath.join(directory, name.removeprefix(f"{module}/")))


def directory_of(package: str, module: str, directory: str) -> str:
    """Directory of a package of the module; that of the module where the package is none of it."""
    if package == module or not package.startswith(f"{module}/"):
        return directory
    return _inside(posixpath.join(directory, package.removeprefix(f"{module}/"))) or directory


def places(root: str, module: str, directory: str, package: str, exists: Callable[[str], bool]) -> Where:
    """What finds files as Go's output names them: absolute, relative to the module, by module path, by the last part.

    `root`: absolute. `package`: directory of the package that spoke, relative to the root. `exists`: whether a path of
    the root is a file.
    """

    def where(name: str) -> str:
        name = name.replace("\\", "/")
        if name.startswith("/"):
            path = _inside(name.removeprefix(f"{root}/")) if name.startswith(f"{root}/") else ""
        elif name.startswith(f"{module}/"):
            path = file_of(name, module, directory)
        elif "/" in name:
            path = _inside(posixpath.join(directory, name))
        else:
            path = _inside(posixpath.join(package, name))
        return path if path and exists(path) else ""

    return where


def _inside(path: str) -> str:
    path = posixpath.normpath(path)
    return "" if path.startswith(("/", "../")) or path == ".." else path
