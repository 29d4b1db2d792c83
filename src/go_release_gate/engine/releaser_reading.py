"""Collects the linker flags of GoReleaser's file, read as any file of a stranger."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.relevant import RELEASERS
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.releaser_flags import ReleaserFlags, read_flags
from go_release_gate.workflow.tree import SIZE_LIMIT

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings


def collect_releaser_flags(facts: Facts, _settings: Settings, _edges: Edges) -> ReleaserFlags | None:
    """The flags of the first of GoReleaser's files, None where there is none."""
    root = facts.repository.root
    path = next((path for path in RELEASERS if os.path.lexists(root / path)), "")
    if not path:
        return None
    try:
        data = read_regular(root, posixpath.dirname(path) or ".", posixpath.basename(path), SIZE_LIMIT)
    except RefusedFileError:
        return None
    found = read_flags(path, data or b"")
    return ReleaserFlags(found) if found else None
