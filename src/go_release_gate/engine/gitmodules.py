"""The paths that .gitmodules names (https://git-scm.com/docs/gitmodules): other repositories lie there."""

from __future__ import annotations

import re

_PATH = re.compile(rb"^[ \t]*path[ \t]*=[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)")


def submodule_paths(data: bytes) -> frozenset[str]:
    """Directories of the submodules, relative to the root; lines that make no sense are passed over."""
    values = (match.decode("utf-8", "surrogateescape") for match in _PATH.findall(data))
    return frozenset(path for path in map(_unquoted, values) if path)


def _unquoted(value: str) -> str:
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        value = _ESCAPE.sub(r"\1", value[1:-1])
    return value.removeprefix("./").rstrip("/")
