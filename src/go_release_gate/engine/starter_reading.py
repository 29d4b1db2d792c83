"""Collects the starter workflows of an organisation."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.safe_paths import RefusedFileError, open_directory, read_regular
from go_release_gate.facts.starter_templates import FOLDER, StarterTemplates

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

COUNT_LIMIT = 1000  # files
SIZE_LIMIT = 64 << 10  # bytes of a properties file
PROPERTIES = ".properties.json"


def collect_starter_templates(facts: Facts, settings: Settings, edges: Edges) -> StarterTemplates | None:  # noqa: ARG001
    """The folder's files; None where there is none with a properties file in it."""
    root = facts.repository.root
    try:
        folder = open_directory(root, FOLDER)
    except OSError:
        return None
    try:
        names = sorted(os.listdir(folder))[:COUNT_LIMIT]  # noqa: PTH208 - the directory is open already, and no link
    finally:
        os.close(folder)
    found: dict[str, bytes] = {}
    for name in names:
        if name.endswith(PROPERTIES):
            try:
                data = read_regular(root, FOLDER, name, SIZE_LIMIT)
            except RefusedFileError as error:
                facts.notices.append(f"{FOLDER}/{name}: not read: {error.message}")
                continue
            if data is not None:
                found[name] = data
    return StarterTemplates(frozenset(names), found) if found else None
