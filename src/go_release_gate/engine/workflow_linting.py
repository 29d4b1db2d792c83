"""Collects what actionlint and zizmor say of the workflows, where they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.workflow_lint import WorkflowLint
from go_release_gate.facts.workflows import Workflows
from go_release_gate.workflow.tree import SIZE_LIMIT

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

RULE = "workflow-lint"


def collect_workflow_lint(facts: Facts, settings: Settings, edges: Edges) -> WorkflowLint | None:
    """Their words on every workflow that can be read; None where neither is installed or one gives no answer."""
    known = facts.others.get(Workflows)
    if not isinstance(known, Workflows) or not known.files:
        return None
    linters = edges.workflow_linters() if edges.workflow_linters is not None else None
    if linters is None:
        if RULE in settings.select:
            facts.notices.append(f"{RULE}: neither actionlint nor zizmor was found on PATH; install one, or both")
        return None
    documents = [read for one in known.files if (read := _document(facts, one.path))]
    try:
        return WorkflowLint(linters.lint(documents))
    except UnavailableError as error:
        facts.notices.append(f"{RULE}: {error}")
        return None


def _document(facts: Facts, path: str) -> tuple[str, bytes] | None:
    directory, _, name = path.rpartition("/")
    try:
        data = read_regular(facts.repository.root, directory, name, SIZE_LIMIT)
    except RefusedFileError:
        return None  # told when the workflows were read
    return None if data is None else (path, data)
