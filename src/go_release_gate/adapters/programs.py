"""Find the programs this tool runs: on the PATH of the process, but never in or through the checkout."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from go_release_gate.errors import UnavailableError

GO_HINT = "install Go 1.23 or newer (https://go.dev/dl), or add its bin directory to PATH"


def checkout_of(root: Path, parent: Mapping[str, str]) -> Path:
    """The whole tree that `root` is a part of: the workspace, or the nearest work tree. No program comes from it.

    A home directory that is itself a work tree does not count: people's own programs lie in it.
    """
    workspace = parent.get("GITHUB_WORKSPACE", "")
    if workspace and root.is_relative_to(workspace):
        return Path(workspace)
    top = next((place for place in (root, *root.parents) if (place / ".git").exists()), root)
    return root if str(top) == parent.get("HOME") else top


def find_go(parent: Mapping[str, str], root: Path) -> Path:
    """Find the go command: PATH, then $GOROOT/bin.

    Raises:
        UnavailableError: there is none outside the checkout at `root`.
    """
    further = (Path(parent["GOROOT"]) / "bin",) if parent.get("GOROOT") else ()
    found = find("go", parent, root, further)
    if found is None:
        raise UnavailableError("go was not found on PATH", GO_HINT)
    return found


def find(name: str, parent: Mapping[str, str], root: Path, further: tuple[Path, ...] = ()) -> Path | None:
    """Find an executable in the absolute PATH entries that lie outside `root`, then in `further`."""
    entries = [Path(entry) for entry in parent.get("PATH", "").split(os.pathsep) if entry]
    for directory in (*entries, *further):
        if not directory.is_absolute() or _is_inside(directory, root):
            continue
        found = shutil.which(name, path=str(directory))
        if found and not _is_inside(Path(found), root):
            return Path(found)
    return None


def _is_inside(path: Path, root: Path) -> bool:
    return os.path.realpath(path).startswith(f"{os.path.realpath(root)}{os.sep}") or path.is_relative_to(root)
