"""The settings file that `go env -w` writes, read by ourselves: Go is told GOENV=off and never looks."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

HONOURED = frozenset(
    {
        "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOMODCACHE", "GOCACHE", "GOPATH", "GOINSECURE",
        "GOFLAGS", "GOAUTH",
    }
)  # fmt: skip
SIZE_LIMIT = 1 << 20


def settings_file(parent: Mapping[str, str]) -> Path | None:
    """Where Go would look: $GOENV, else `go/env` in the user's configuration directory; None: nowhere."""
    named = parent.get("GOENV", "")
    if named:
        return None if named == "off" else Path(named)
    home = parent.get("HOME", "")
    default = f"{home}/Library/Application Support" if sys.platform == "darwin" else f"{home}/.config"
    directory = default if sys.platform == "darwin" else parent.get("XDG_CONFIG_HOME") or default
    return Path(directory) / "go/env" if home or directory != default else None


def parse(text: str) -> dict[str, str]:
    """Give the honoured `NAME=value` lines of a settings file; the last of a name wins."""
    pairs = (line.strip().partition("=") for line in text.splitlines())
    return {name: value for name, equals, value in pairs if equals and name in HONOURED}


def read(parent: Mapping[str, str]) -> dict[str, str]:
    """Read the person's own settings; an absent or unreadable file says nothing, as for Go."""
    path = settings_file(parent)
    try:
        if path is None or path.stat().st_size > SIZE_LIMIT:
            return {}
        return parse(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return {}
