"""Collects the repository's Dockerfiles. Files are read as strangers' files: bounded, no links."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from go_release_gate.dockerfile.lines import TEXT_LIMIT, InvalidDockerfileError
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.engine.walk import is_dockerfile
from go_release_gate.facts.dockerfiles import BrokenDockerfile, Dockerfiles

if TYPE_CHECKING:
    from pathlib import Path

    from go_release_gate.config.settings import Settings

COUNT_LIMIT = 1_000  # files; more are not read, and that is said

# Files that are named after Dockerfiles and are none, or only after something has filled them in.
_OTHERS = (
    ".bak", ".erb", ".go", ".golden", ".html", ".in", ".j2", ".jinja", ".jinja2", ".js", ".json", ".lock", ".m4",
    ".md", ".mustache", ".orig", ".patch", ".py", ".rego", ".rst", ".sh", ".snap", ".template", ".tf", ".tmpl",
    ".toml", ".tpl", ".ts", ".txt", ".yaml", ".yml",
)  # fmt: skip


def collect_dockerfiles(facts: Facts, _settings: Settings, _edges: Edges) -> Dockerfiles | None:
    """The Dockerfiles of the repository, None where there are none. What is not read is a notice."""
    paths = [path for path in facts.repository.documents if is_dockerfile(path)]
    if not paths:
        return None
    if len(paths) > COUNT_LIMIT:
        facts.notices.append(f"{len(paths):,} Dockerfiles, only the first {COUNT_LIMIT:,} are read")
    return read_dockerfiles(facts.repository.root, paths[:COUNT_LIMIT], facts.notices)


def read_dockerfiles(root: Path, paths: list[str], notices: list[str]) -> Dockerfiles:
    """The Dockerfiles at `paths` (relative to `root`), in the order of paths."""
    from go_release_gate.dockerfile.read import read_dockerfile

    files, broken = [], []
    for path in sorted(paths):
        text = _text(root, path, notices)
        if text is None:
            continue
        try:
            files.append(read_dockerfile(path, text, _ignore_file(root, path)))
        except InvalidDockerfileError as error:
            if not path.lower().endswith(_OTHERS):
                broken.append(BrokenDockerfile(path, error.line, error.message))
                notices.append(f"{path}:{error.line}: not read: {error.message}")
    return Dockerfiles(tuple(files), tuple(broken))


def _text(root: Path, path: str, notices: list[str]) -> str | None:
    directory, name = posixpath.split(path)
    try:
        data = read_regular(root, directory or ".", name, TEXT_LIMIT)
    except RefusedFileError as error:
        notices.append(f"{path}: not read: {error.message}")
        return None
    return None if data is None else data.decode("utf-8", "replace")


def _ignore_file(root: Path, path: str) -> str:
    """The ignore file that counts: the Dockerfile's own, else that of the context, taken to be its directory or the
    root of the repository."""
    directory = posixpath.dirname(path)
    candidates = (f"{path}.dockerignore", posixpath.join(directory, ".dockerignore"), ".dockerignore")
    return next((one for one in candidates if (root / one).is_file()), "")
