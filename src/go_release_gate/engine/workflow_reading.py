"""Collect the workflows: the files of .github/workflows and GoReleaser's, read as any file of a stranger."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.relevant import RELEASERS, WORKFLOWS
from go_release_gate.engine.safe_paths import RefusedFileError, open_directory, read_regular
from go_release_gate.errors import GateError
from go_release_gate.facts.workflows import Told, Workflows, read_workflows
from go_release_gate.model.severity import Event
from go_release_gate.workflow.tree import SIZE_LIMIT
from go_release_gate.workflow.triggers import TAG, Trigger

if TYPE_CHECKING:
    from pathlib import Path

    from go_release_gate.adapters.git import Git
    from go_release_gate.config.settings import Settings

COUNT_LIMIT = 300  # files; more are not read, and that is said

_OF_TAGS = frozenset({"release", "create", "workflow_call"})

Document = tuple[str, bytes]
_GITHUB = re.compile(r"[/@]github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?$")


def collect_workflows(facts: Facts, settings: Settings, edges: Edges) -> Workflows | None:
    """The workflows as they lie in the checkout, None where there are none. What cannot be read is a notice."""
    module = facts.repository.module_at(".")
    found, documents = read_checkout(facts.repository.root, module.path if module else "", edges.git, facts.notices)
    if found and settings.event is Event.TAG:
        facts.notices += _differences(_started(documents, found, settings.tag), found.default_branch, edges)
    return found


def read_checkout(
    root: Path, module: str, git: Git | None, notices: list[str]
) -> tuple[Workflows | None, list[Document]]:
    """The workflows below `root`, and their bytes; what cannot be read is added to `notices`.

    Args:
        module: path of the module at the root, empty where there is none.
        git: tells the default branch and the repository's name; None: the workflows and the module do.
    """
    documents = [read for name in _names(root, notices) if (read := _file(root, WORKFLOWS, name, notices))]
    if not documents:
        return None, []
    releasers = [read for path in RELEASERS if (read := _file(root, *_split(path), notices))][:1]
    match = _GITHUB.search(git.origin()) if git else None
    told = Told(module, match[1] if match else "", git.default_branch() if git else "")
    found = read_workflows(documents, releasers, told)
    notices += [f"{broken.path}:{broken.line}: not read: {broken.message}" for broken in found.broken]
    return found, documents


def _names(root: Path, notices: list[str]) -> list[str]:
    try:
        folder = open_directory(root, WORKFLOWS)
    except OSError:
        return []
    try:
        entries = os.listdir(folder)  # noqa: PTH208 - the directory is open already, and no link
    finally:
        os.close(folder)
    names = sorted(name for name in entries if name.endswith((".yml", ".yaml")))
    if len(names) > COUNT_LIMIT:
        notices.append(f"{WORKFLOWS}: {len(names)} files, only the first {COUNT_LIMIT} are read")
    return names[:COUNT_LIMIT]


def _file(root: Path, directory: str, name: str, notices: list[str]) -> Document | None:
    path = name if directory == "." else f"{directory}/{name}"
    if directory != "." and not (root / directory).is_dir():
        return None
    try:
        data = read_regular(root, directory, name, SIZE_LIMIT)
    except RefusedFileError as error:
        notices.append(f"{path}: not read: {error.message}")
        return None
    return None if data is None else (path, data)


def _split(path: str) -> tuple[str, str]:
    directory, _, name = path.rpartition("/")
    return directory or ".", name


def _started(documents: list[Document], found: Workflows, tag: str) -> list[Document]:
    """The files that a push or a release of the tag runs, those that others call among them."""
    paths = {one.path for one in found.files if any(_starts(trigger, tag) for trigger in one.triggers)}
    return [document for document in documents if document[0] in paths]


def _starts(trigger: Trigger, tag: str) -> bool:
    return trigger.event in _OF_TAGS or (trigger.event == "push" and trigger.takes(TAG + tag))


def _differences(documents: list[Document], branch: str, edges: Edges) -> list[str]:
    """A tag runs the workflows of its own commit: those that differ from the default branch's, in words."""
    revision = f"refs/remotes/origin/{branch}"
    if edges.git is None or not edges.git.commit(revision):
        return []
    try:
        known = edges.git.objects(revision)
    except GateError:
        return []
    return [
        f"{path}: the tag runs this file as it is in the tag's commit, which differs from {branch}'s"
        for path, data in documents
        if known.get(path) != _object_id(data, len(next(iter(known.values()), "")))
    ]


def _object_id(data: bytes, length: int) -> str:
    """The name git gives to a file of these bytes, in a repository of SHA-1 or SHA-256."""
    text = b"blob %d\0" % len(data) + data
    return hashlib.sha256(text).hexdigest() if length == 64 else hashlib.sha1(text, usedforsecurity=False).hexdigest()
