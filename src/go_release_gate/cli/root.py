"""The directory a verb works on."""

from __future__ import annotations

import argparse
from pathlib import Path

from go_release_gate.errors import UsageError


def root_of(args: argparse.Namespace) -> Path:
    """The directory that PATH names (default: here), its real path. Raises UsageError when there is none."""
    root = Path(args.path or ".")
    if not root.is_dir():
        raise UsageError(f"{str(root)!r} is no directory", "name the root of a repository")
    return root.resolve()
