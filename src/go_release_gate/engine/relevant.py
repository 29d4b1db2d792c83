"""Which rules can have something to judge; where there are modules alone, nothing about images is loaded.

What further facts are made from is told by names: Dockerfiles, manifests, scripts, workflows, GoReleaser's file, files
that name a version of Go, images in the configuration. Without any of them release_facts has nothing to collect.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Thread
from typing import TYPE_CHECKING

from go_release_gate.rules.of_modules import RULES_OF_MODULES

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings
    from go_release_gate.engine.context import Edges, Facts
    from go_release_gate.facts.repository import Repository
    from go_release_gate.rules.base import Rule

WORKFLOWS = ".github/workflows"
STARTERS = "workflow-templates"
RELEASERS = (".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml", "goreleaser.yaml", ".config/goreleaser.yaml")
VERSION_FILES = (".go-version", ".tool-versions", "mise.toml", ".mise.toml")


def has_more(repository: Repository, settings: Settings) -> bool:
    """Whether there is anything to judge beside modules."""
    if repository.documents or repository.scripts or settings.images:
        return True
    directories = {module.dir for module in repository.modules} | {"."}
    places = (WORKFLOWS, STARTERS, *RELEASERS, *(f"{place}/{name}" for place in directories for name in VERSION_FILES))
    return any(os.path.lexists(f"{repository.root}/{place}") for place in places)


def relevant_rules(repository: Repository, settings: Settings) -> Sequence[Rule]:
    """Every rule that can judge something of `repository`, in the order of the registry."""
    if not has_more(repository, settings):
        return RULES_OF_MODULES
    from go_release_gate.rules.registry import RULES

    return RULES


def collect_further(facts: Facts, settings: Settings, edges: Edges) -> None:
    """Fill `facts.others` with what the chosen rules read beside modules."""
    if has_more(facts.repository, settings):
        from go_release_gate.engine.release_facts import collect_release_facts

        collect_release_facts(facts, settings, edges)


def load_ahead(repository: Repository, settings: Settings) -> None:
    """Load what `collect_further` will need while Go works."""
    if has_more(repository, settings):
        Thread(target=_load, daemon=True).start()


def _load() -> None:
    import go_release_gate.engine.release_facts  # noqa: F401 - and with it every rule
