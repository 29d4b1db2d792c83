"""What of a GOFLAGS value reaches Go: `-mod`, `-modfile` and `-overlay` change verdicts, `-toolexec` runs programs."""

from __future__ import annotations

import re

KEPT = frozenset({"modcacherw", "tags", "trimpath"})
"""Flags that neither change what tidy, verify and vendor answer nor run anything."""

_FIELD = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)"|(\S+))""")


def filtered(value: str, *, writable_modcache: bool = False) -> tuple[str, tuple[str, ...]]:
    """Give the GOFLAGS for children and the flags of `value` that were left out.

    `-buildvcs=false` always comes first: stamping would run the version control system of the checkout.
    """
    kept = ["-buildvcs=false"]
    dropped = []
    for flag in split(value):
        name = _name(flag)
        if name in KEPT:
            kept.append(flag)
        elif name != "buildvcs":
            dropped.append(flag)
    if writable_modcache and not any(_name(flag) == "modcacherw" for flag in kept):
        kept.append("-modcacherw")
    return " ".join(map(_quoted, kept)), tuple(dropped)


def split(value: str) -> list[str]:
    """Split as Go does: at white space; a field may stand in single or double quotes, without escapes."""
    return [next(part for part in match.groups() if part is not None) for match in _FIELD.finditer(value)]


def _name(flag: str) -> str:
    return flag.lstrip("-").partition("=")[0]


def _quoted(flag: str) -> str:
    if not re.search(r"\s", flag):
        return flag
    return f'"{flag}"' if '"' not in flag else f"'{flag}'"
