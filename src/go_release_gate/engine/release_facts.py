"""The facts about names, images and workflows: each collected once, and only when a rule that runs reads it.

Add one: a line in COLLECTORS. A collector gets what was discovered, the settings and the edges; what it gives becomes
the fact, None: there is none, and no rule that needs it runs. Collectors run in their order and see the facts before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from go_release_gate.engine.apply import chosen_rules, facts_wanted
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.engine.dockerfile_linting import collect_dockerfile_lint
from go_release_gate.engine.dockerfile_reading import collect_dockerfiles
from go_release_gate.engine.go_call_reading import collect_go_calls
from go_release_gate.engine.go_version_reading import collect_go_versions, collect_image_builds
from go_release_gate.engine.image_reading import collect_image_uses
from go_release_gate.engine.link_variable_reading import collect_link_variables
from go_release_gate.engine.program_reading import collect_programs
from go_release_gate.engine.publishing_facts import collect as collect_publications
from go_release_gate.engine.releaser_reading import collect_releaser_flags
from go_release_gate.engine.starter_reading import collect_starter_templates
from go_release_gate.engine.tagging import release_table, tags
from go_release_gate.engine.workflow_linting import collect_workflow_lint
from go_release_gate.engine.workflow_reading import collect_workflows
from go_release_gate.engine.workload_reading import collect_workloads
from go_release_gate.facts.dockerfile_lint import DockerfileLint
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.go_versions import GoVersions
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_uses import ImageUses
from go_release_gate.facts.link_variables import LinkVariables
from go_release_gate.facts.programs import Programs
from go_release_gate.facts.publications import Publications
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.releaser_flags import ReleaserFlags
from go_release_gate.facts.starter_templates import StarterTemplates
from go_release_gate.facts.tags import Tags
from go_release_gate.facts.workflow_lint import WorkflowLint
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Workloads
from go_release_gate.rules.registry import RULES

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

Collector = Callable[[Facts, "Settings", Edges], object | None]

COLLECTORS: tuple[tuple[type, Collector], ...] = (
    (Dockerfiles, collect_dockerfiles),
    (DockerfileLint, collect_dockerfile_lint),
    (ImageUses, collect_image_uses),
    (Workflows, collect_workflows),
    (WorkflowLint, collect_workflow_lint),
    (StarterTemplates, collect_starter_templates),
    (ImageBuilds, collect_image_builds),
    (Workloads, collect_workloads),
    (GoCalls, collect_go_calls),
    (Programs, collect_programs),
    (LinkVariables, collect_link_variables),
    (ReleaseTable, release_table),
    (Tags, tags),
    (Publications, collect_publications),
    (GoVersions, collect_go_versions),
    (ReleaserFlags, collect_releaser_flags),
)


def collect_release_facts(facts: Facts, settings: Settings, edges: Edges) -> None:
    """Fill `facts.others` with what the chosen rules read."""
    wanted = facts_wanted(chosen_rules(RULES, settings))
    needed = [(kind, collect) for kind, collect in COLLECTORS if kind in wanted]
    if not needed:
        return
    with phase("names", 0, facts, edges):
        for kind, collect in needed:
            found = collect(facts, settings, edges)
            if found is not None:
                facts.others[kind] = found
