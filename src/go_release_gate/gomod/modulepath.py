"""Module paths: their major version suffix, whether a version agrees with it, and their name in the module cache.

Sources: https://go.dev/ref/mod#major-version-suffixes, #module-path and #module-cache.
"""

from __future__ import annotations

import re

from go_release_gate.gomod import version as versions

_SUFFIX = re.compile(r"/v([0-9.]+)\Z")
_GOPKG_SUFFIX = re.compile(r"\.v(?:0|[1-9][0-9]*(?:-unstable)?)\Z")
_UPPER = re.compile("[A-Z]")
_PATH_ELEMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?<!\.)")
_FIRST_ELEMENT = re.compile(r"(?!-)[a-z0-9.-]+")
_VERSION_TEXT = re.compile(r"[A-Za-z0-9#$%&()+,=@\[\]^_{}~. -]+(?<!\.)")
_WINDOWS_NAME = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])", re.IGNORECASE)
_WINDOWS_SHORT_NAME = re.compile(r".*~[0-9]+", re.DOTALL)


class InvalidPathError(ValueError):
    """A text that is no module path or version, so that the module cache has no name for it."""


def split_major(path: str) -> tuple[str, str] | None:
    """`("example.com/m", "/v2")`; the suffix is empty without one, `.v3` for gopkg.in. None: Go refuses the path."""
    if path.startswith("gopkg.in/"):
        match = _GOPKG_SUFFIX.search(path)
        return (path[: match.start()], match[0]) if match else None
    match = _SUFFIX.search(path) if "/v" in path else None
    if match is None:
        return path, ""
    digits = match[1]
    if "." in digits or digits[0] == "0" or digits == "1":
        return None
    return path[: match.start()], match[0]


def expected_major(path: str) -> str:
    """What the version of a module must begin with: `v2`, or empty for v0, v1 and `+incompatible`."""
    split = split_major(path)
    return split[1][1:].removesuffix("-unstable") if split else ""


def agrees(path: str, version: str) -> bool:
    """Whether a version may belong to a path: `…/v2` has v2 versions only, no suffix v0, v1 or `+incompatible`."""
    split, canonical = split_major(path), versions.canonical(version)
    return split is not None and bool(canonical) and suffix_agrees(split[1], canonical)


def suffix_agrees(suffix: str, version: str) -> bool:
    """The same for the suffix that split_major gives and a canonical version."""
    if not suffix:
        return version.startswith(("v0.", "v1.")) or version.endswith("+incompatible")
    suffix = suffix.removesuffix("-unstable")
    if suffix == ".v1" and version.startswith("v0.0.0-"):
        return True  # pseudo-versions of gopkg.in modules were once made that way
    return version.startswith(suffix[1:] + ".")


def problem(path: str) -> str:
    """Why `path` is no module path, in words; empty when it is one."""
    elements = path.split("/")
    if "." not in elements[0] or _FIRST_ELEMENT.fullmatch(elements[0]) is None:
        return "the first element must be a lower-case host name with a dot"
    for element in elements:
        if why := _element_problem(element):
            return why
    return "" if split_major(path) else "the major version suffix is not one Go accepts"


def _element_problem(element: str) -> str:
    if _PATH_ELEMENT.fullmatch(element) is None:
        return f"{element!a} is no path element"
    stem = element.partition(".")[0]
    if _WINDOWS_NAME.fullmatch(stem):
        return f"{element!a} is reserved on Windows"
    return f"{element!a} looks like a Windows short name" if _WINDOWS_SHORT_NAME.fullmatch(stem) else ""


def escape_path(path: str) -> str:
    """The path's directory below the cache's `cache/download`: `!` before what was upper case.

    Raises InvalidPathError for what is no module path.
    """
    if why := problem(path):
        raise InvalidPathError(f"{path!a} is no module path: {why}")
    return _escape(path)


def escape_version(version: str) -> str:
    """The version's file name in the module cache, escaped like a path. Raises InvalidPathError."""
    stem = version.partition(".")[0]
    only_dots = version.strip(".") == ""
    if only_dots or _VERSION_TEXT.fullmatch(version) is None or _WINDOWS_NAME.fullmatch(stem):
        raise InvalidPathError(f"{version!a} is no version")
    return _escape(version)


def _escape(text: str) -> str:
    return _UPPER.sub(lambda found: "!" + found[0].lower(), text)
