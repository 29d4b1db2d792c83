"""The fact the starter workflows of an organisation: what lies in `workflow-templates`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FOLDER = "workflow-templates"


@dataclass(frozen=True, slots=True)
class StarterTemplates:
    """The names of the folder's files, and the bytes of its properties files by name."""

    names: frozenset[str]
    properties: Mapping[str, bytes]
