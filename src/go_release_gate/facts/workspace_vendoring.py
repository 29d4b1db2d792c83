"""Vendor a workspace afresh. Go has no `-modfile` there and writes go.work.sum, so it works on a copy of the tree."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go
    from go_release_gate.adapters.process import Completed

_LEFT_OUT = frozenset({".git", "vendor", "node_modules"})


def workspace_vendor(
    root: Path, directory: str, home: Path, go: Go, *, timeout: float | None, env: Mapping[str, str]
) -> Completed:
    """Run `go work vendor` for the go.work in `directory` (relative to `root`); the result is at `home`/vendor."""
    copy = home / "tree"
    _copy(root, copy)
    here = copy / directory
    args = ["work", "vendor", "-o", str(home / "vendor")]
    return go.run(args, cwd=here, timeout=timeout, env={**env, "GOWORK": str(here / "go.work")})


def _copy(root: Path, copy: Path) -> None:
    """Copy regular files, all readable and writable; links and odd files are no part of a package."""
    waiting = [(root, copy)]
    while waiting:  # no recursion: a checkout chooses its own depth
        source, target = waiting.pop()
        target.mkdir()
        target.chmod(0o777)
        with os.scandir(source) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _LEFT_OUT:
                        waiting.append((Path(entry.path), target / entry.name))
                elif entry.is_file(follow_symlinks=False):
                    shutil.copyfile(entry.path, target / entry.name)
                    (target / entry.name).chmod(0o666)
