"""Collects the workloads that manifests and compose files describe. Files are read as strangers' files: bounded."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.safe_paths import RefusedFileError, open_directory, read_regular
from go_release_gate.facts.workloads import Expectations, GoModule, Workloads
from go_release_gate.gomod import goversion
from go_release_gate.oci.manifests import kustomize
from go_release_gate.oci.manifests.scan import is_passed_over, is_sample

if TYPE_CHECKING:
    from pathlib import Path

    from go_release_gate.config.settings import Settings
    from go_release_gate.facts.module import Module
    from go_release_gate.facts.repository import Repository
    from go_release_gate.gomod.modfile import ModFile

_JSON = re.compile(r"(?:^|[\s\"'\[,])([\w./-]{1,200}\.json)\b")
FILE_LIMIT = 4 << 20  # bytes of one file
TOTAL_LIMIT = 64 << 20  # bytes of all files


def collect_workloads(facts: Facts, settings: Settings, _edges: Edges) -> Workloads | None:
    """The workloads, None where no file describes any. What cannot be read, the images' fact says."""
    repository = facts.repository
    paths = [path for path in repository.documents if path.endswith((".yml", ".yaml"))]
    texts = _texts(repository, [path for path in paths if not (is_passed_over(path) or is_sample(path))])
    if not texts:
        return None
    texts |= _texts(repository, _patches(texts))
    from go_release_gate.facts.workload_scan import scan

    charts = {posixpath.dirname(path) or "." for path in paths if posixpath.basename(path) == "Chart.yaml"}
    found = scan(texts, charts)
    if not found.workloads:
        return None
    return Workloads(
        workloads=tuple(found.workloads),
        services=tuple(found.services),
        expected=Expectations(**asdict(settings.workloads)),
        renamed=found.renamed,
        modules=tuple(_module(one, one.mod, repository) for one in repository.modules if one.mod),
        documents=repository.documents,
    )


def _patches(texts: dict[str, str]) -> list[str]:
    """The patches in JSON that kustomizations name, within the repository."""
    kustomizations = ((path, text) for path, text in texts.items() if posixpath.basename(path) in kustomize.NAMES)
    named = {
        posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        for path, text in kustomizations
        for name in _JSON.findall(text)
    }
    return sorted(path for path in named if not path.startswith(("../", "/")))


def _texts(repository: Repository, paths: list[str]) -> dict[str, str]:
    """Path → text of those that are worth reading."""
    from go_release_gate.facts.workload_scan import look

    found: dict[str, str] = {}
    left = TOTAL_LIMIT
    for path in paths:
        directory, _, name = path.rpartition("/")
        try:
            data = read_regular(repository.root, directory or ".", name, min(FILE_LIMIT, left))
        except RefusedFileError:
            continue
        if data:
            left -= len(data)
            text = data.decode("utf-8-sig", "replace")
            if look(path, text):
                found[path] = text
    return found


def _module(module: Module, mod: ModFile, repository: Repository) -> GoModule:
    files = [one.file for one in repository.workspaces if one.file and module.dir in one.members]
    lines = [line.value for line in (mod.go, *(file.go for file in files)) if line]
    return GoModule(
        module.dir,
        module.path,
        max((line for line in lines if goversion.is_directive(line)), key=goversion.key, default=""),
        frozenset(one.path for one in mod.requires),
        frozenset(one.value for one in mod.godebugs),
        frozenset(_commands(repository.root, module.dir)),
    )


def _commands(root: Path, directory: str) -> list[str]:
    """Names of the directories below `cmd`."""
    try:
        folder = open_directory(root, "cmd" if directory == "." else f"{directory}/cmd")
    except OSError:
        return []
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    finally:
        os.close(folder)
