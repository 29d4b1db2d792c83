"""`--module`: judge only some of the modules that discovery found."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import UsageError
from go_release_gate.facts.repository import Repository


def chosen_modules(repository: Repository, directories: Iterable[str]) -> frozenset[str]:
    """The directories as discovery spells them; empty: all modules. Raises UsageError for one without a module."""
    known = {module.dir for module in repository.modules}
    chosen = frozenset(posixpath.normpath(directory) for directory in directories)
    for directory in sorted(chosen - known):
        hint = did_you_mean(directory, known) or "`go-release-gate plan` lists the modules"
        raise UsageError(f"--module: there is no module in {directory!r}", hint)
    return chosen
