"""The directory a verb works on, and names in a checkout that others wrote."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from go_release_gate.errors import UsageError


def root_of(args: argparse.Namespace, environ: Mapping[str, str] | None = None) -> Path:
    """The directory that PATH names (default: here), its real path.

    Args:
        environ: of a run whose checkout may be a stranger's: in a workflow PATH may not lead through its links, as
            these could put another directory, with other settings, in the named one's place.

    Raises:
        UsageError: there is no such directory.
    """
    root = Path(args.path or ".")
    if not root.is_dir():
        raise UsageError(f"{str(root)!r} is no directory", "name the root of a repository")
    real = root.resolve()
    workspace = guarded_by(environ or {})
    name = below(root, workspace.resolve()) if workspace else None
    if workspace and name is not None and real != workspace.resolve() / name:
        raise UsageError(f"{str(root)!r} leads through a symbolic link of the checkout", "name the directory itself")
    return real


def guarded_by(environ: Mapping[str, str]) -> Path | None:
    """The checkout whose links are not followed: the workspace of a workflow; None on a person's own machine."""
    workspace = environ.get("GITHUB_WORKSPACE", "")
    return Path(workspace) if workspace and environ.get("GITHUB_ACTIONS") == "true" else None


def below(path: Path, top: Path) -> str | None:
    """What `path` is called below `top` (a real path), links inside `top` not followed; None: it lies elsewhere."""
    full = Path(os.path.abspath(path))  # noqa: PTH100 - links must stay unresolved
    for place in (*reversed(full.parents), full):
        real = Path(os.path.realpath(place))
        if real.is_relative_to(top):
            return (real.relative_to(top) / full.relative_to(place)).as_posix()
    return None
