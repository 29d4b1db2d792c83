"""The fact which Go judges: its version, where it keeps its caches, and the settings in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The Go in use. `version` as `go version` prints it (`go1.26.8`); `env` the answers of `go env`."""

    version: str
    modcache: str
    env: Mapping[str, str] = field(default_factory=dict)
