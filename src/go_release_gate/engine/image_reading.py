"""Collects which images the files of the repository name. Files are read as strangers' files: bounded, no links."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.safe_paths import RefusedFileError, open_directory, read_regular
from go_release_gate.facts.image_uses import ImageUses
from go_release_gate.oci.manifests import github
from go_release_gate.oci.manifests.scan import Scan, combined, is_passed_over, scan

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

FILE_LIMIT = 4 << 20  # bytes of one file
TOTAL_LIMIT = 64 << 20  # bytes of all files
NAMED = 3  # unread files that the notice names


def collect_image_uses(facts: Facts, _settings: Settings, _edges: Edges) -> ImageUses | None:
    """The images that manifests, workflows and Dockerfiles name; None where no file can name one."""
    root = facts.repository.root
    documents = [path for path in facts.repository.documents if not is_passed_over(path)]
    runs = list(workflows(root))
    found = read_uses(root, [*documents, *runs])
    if found.unreadable:
        facts.notices.append(_notice(found.unreadable))
    return found if found.uses or runs else None


def read_uses(root: Path, paths: list[str]) -> ImageUses:
    """The images that the files at `paths` (relative to `root`) name."""
    charts = {posixpath.dirname(path) or "." for path in paths if posixpath.basename(path) == "Chart.yaml"}
    scans: list[Scan] = []
    unreadable: list[str] = []
    left = TOTAL_LIMIT
    for path in paths:
        try:
            data = read_regular(root, posixpath.dirname(path) or ".", posixpath.basename(path), min(FILE_LIMIT, left))
        except RefusedFileError as error:
            unreadable.append(f"{path}: {error.message}")
            continue
        if data:
            left -= len(data)
            one = scan(path, data.decode("utf-8-sig", "replace"), charts)
            scans.append(one)
            unreadable += (f"{path}:{line}: {why}" for line, why in one.unreadable)
    return ImageUses(tuple(combined(scans)), tuple(unreadable))


def workflows(root: Path) -> Iterator[str]:
    """Paths of the workflows; none where a link leads to them."""
    try:
        folder = open_directory(root, github.DIRECTORY)
    except OSError:
        return
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - of the descriptor that no link can lead astray
    finally:
        os.close(folder)
    yield from (f"{github.DIRECTORY}/{name}" for name in names if name.endswith((".yml", ".yaml")))


def _notice(unreadable: tuple[str, ...]) -> str:
    more = f" and {len(unreadable) - NAMED} more" if len(unreadable) > NAMED else ""
    return f"images named in these files were not looked at: {'; '.join(unreadable[:NAMED])}{more}"
