"""A repository looked at for `init`: files are read, git is asked; no Go runs and no network is used."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.discover import discover
from go_release_gate.engine.dockerfile_reading import collect_dockerfiles
from go_release_gate.engine.go_call_reading import collect_go_calls
from go_release_gate.engine.go_version_reading import collect_image_builds
from go_release_gate.engine.image_reading import collect_image_uses, workflows
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.engine.survey_dockerfiles import build_files, is_aside
from go_release_gate.engine.survey_jobs import existing_jobs
from go_release_gate.engine.survey_sources import (
    environments_of,
    mains_of,
    private_patterns,
    says_immutable,
    tag_overrides,
    texts,
)
from go_release_gate.engine.workflow_reading import collect_workflows
from go_release_gate.errors import ConfigError, RefusedError
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_uses import ImageUses
from go_release_gate.facts.workflows import Workflows
from go_release_gate.oci.manifests.scan import CONFIGURATION
from go_release_gate.oci.manifests.use import HELM, KUBERNETES, KUSTOMIZE, ImageUse
from go_release_gate.oci.reference import InvalidReferenceError, parse
from go_release_gate.pipeline.marking import is_marked
from go_release_gate.pipeline.survey import KnownService, Main, NamedImage, Survey

if TYPE_CHECKING:
    from pathlib import Path

    from go_release_gate.adapters.git import Git
    from go_release_gate.adapters.go import Go
    from go_release_gate.config.policy import Rules
    from go_release_gate.config.releases import HealthSettings
    from go_release_gate.facts.module import Module
    from go_release_gate.facts.repository import Repository

FILE_LIMIT = 1 << 20  # bytes of a workflow or the configuration
NAMED = 3  # files that a note names
WORKFLOWS = ".github/workflows"

_REMOTE = re.compile(r"(?:[a-z+]+://(?:[^@/]+@)?|[\w.-]+@)([\w.-]+)(?::\d+)?[:/](\S+?)(?:\.git)?/?")
_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_FORMS = {KUBERNETES, KUSTOMIZE, HELM}


def survey(root: Path, git: Git, rules: Rules) -> Survey:
    """Look at the repository at `root` (a real path).

    Raises:
        ConfigError: a configuration file that cannot be used. RefusedError: a link where a file of the pipeline is.
    """
    repository = discover(root)
    facts = Facts(repository)
    files = dict(_files(root))
    own = frozenset(path for path, data in files.items() if is_marked(data))
    _collect(facts, git, own)
    found = facts.others.get(Workflows)
    known = found if isinstance(found, Workflows) else None
    host, name = remote_of(git.origin())
    name = name or (known.repository if known else "") or _named_by_module(repository)
    runs = list(texts(root, (path for path in files if path not in own)))
    scripts = list(texts(root, (*repository.scripts, *(path for path in repository.documents if "ocker" in path))))
    config = _file(root, ".", CONFIGURATION)
    manifests = tuple(_manifests(facts.others.get(ImageUses)))
    has_charts = any(one.form == HELM for one in manifests)
    overrides = tuple(tag_overrides(root, repository.documents)) if has_charts else ()
    mains = mains_of(repository)
    branch = git.default_branch()
    seen = Survey(
        repository=name,
        host=host,
        default_branch=branch or (known.default_branch if known else "") or _only_branch(git),
        is_branch_known=bool(branch),
        modules={one.dir: one.path for one in sorted(repository.modules, key=lambda one: one.dir)},
        mains=mains,
        build_files=build_files(facts, mains, known),
        manifests=manifests,
        overrides=overrides,
        jobs=existing_jobs(known, facts.others.get(GoCalls), facts.others.get(ImageBuilds)),
        vendored=tuple(one.dir for one in repository.modules if one.has_vendor),
        private=private_patterns((*runs, *scripts)),
        siblings=_siblings(repository.modules, host, name),
        tags=git.tag_names(),
        environments=environments_of(runs),
        has_immutable_tags=says_immutable(root, _stacks(repository)),
        config=config,
        files=files,
        notices=(*facts.notices, *_left_aside(facts, mains)),
    )
    return _with_config(seen, rules)


def remote_of(address: str) -> tuple[str, str]:
    """Host and `owner/name` of a remote's address, each empty where it does not say."""
    match = _REMOTE.fullmatch(address)
    return (match[1].lower(), match[2] if _NAME.fullmatch(match[2]) else "") if match else ("", "")


def _collect(facts: Facts, git: Git, own: Collection[str]) -> None:
    """The facts that are told by files alone."""
    from go_release_gate.config.settings import Settings

    settings, edges = Settings(), Edges(cast("Go", None), facts.repository.root, git=git)  # none of these asks Go
    for kind, collect in (
        (Dockerfiles, collect_dockerfiles),
        (ImageUses, collect_image_uses),
        (Workflows, collect_workflows),
        (ImageBuilds, collect_image_builds),
        (GoCalls, collect_go_calls),
    ):
        found = collect(facts, settings, edges)
        if found is not None:
            facts.others[kind] = _without(own, found) if isinstance(found, Workflows) else found


def _without(own: Collection[str], fact: Workflows) -> Workflows:
    """The workflows without those that `init` wrote: a second look must see what the first saw."""
    files = tuple(one for one in fact.files if one.path not in own)
    return replace(fact, files=files, outcomes=tuple(one for one in fact.outcomes if one.workflow.path not in own))


def _named_by_module(repository: Repository) -> str:
    """`owner/name` as a module path on GitHub tells it."""
    for module in sorted(repository.modules, key=lambda one: len(one.dir)):
        parts = module.path.split("/")
        if parts[0] == "github.com" and len(parts) > 2:
            return "/".join(parts[1:3])
    return ""


def _only_branch(git: Git) -> str:
    names = list(git.branches())
    usual = [one for one in ("main", "master", "trunk") if one in names]
    return (usual or names or ["main"])[0]


def _left_aside(facts: Facts, mains: Sequence[Main]) -> Iterator[str]:
    """The Dockerfiles that no pipeline can build a program by, as one note; none where there is no program."""
    read = facts.others.get(Dockerfiles)
    if not isinstance(read, Dockerfiles) or not mains:
        return
    known = {one.path for one in build_files(facts, mains, None)}
    others = [one.path for one in read.files if one.path not in known and not is_aside(one.path)]
    if others:
        shown = sorted(others, key=lambda path: (path.count("/"), path))[:NAMED]
        more = f" and {len(others) - len(shown)} more" if len(others) > len(shown) else ""
        yield f"no program of this repository is built by {', '.join(shown)}{more}"


def _siblings(modules: Iterable[Module], host: str, name: str) -> tuple[str, ...]:
    """Modules of the same owner that are required from elsewhere."""
    owner = name.partition("/")[0]
    if not owner:
        return ()
    prefix, own = f"{host or 'github.com'}/{owner}/", f"{host or 'github.com'}/{name}"
    known = list(modules)
    inside = {one.path for one in known}
    required = {one.path for module in known if module.mod for one in module.mod.requires}
    return tuple(
        sorted(path for path in required - inside if path.startswith(prefix) and f"{path}/".find(f"{own}/") != 0)
    )


def _manifests(fact: object) -> Iterator[NamedImage]:
    if not isinstance(fact, ImageUses):
        return
    for use in fact.uses:
        is_meant = use.where in _FORMS and (use.where == KUSTOMIZE or not use.is_pattern)
        is_component = "components" in use.path.split("/")
        if is_meant and not is_component and not is_aside(use.path):
            repository = _repository(use)
            if repository:
                yield NamedImage(use.path, use.where, repository, _takes_digest(use))


def _repository(use: ImageUse) -> str:
    """The repository that a manifest names; empty where it is none."""
    try:
        reference = parse(use.text)
    except InvalidReferenceError:
        return ""
    return f"{reference.domain}/{reference.path}"


def _takes_digest(use: ImageUse) -> bool:
    return use.digest is not None if use.where in (KUSTOMIZE, HELM) and use.tag else True


def _stacks(repository: Repository) -> list[str]:
    return [path for path in repository.documents if re.search(r"(?i)ecr|stack|cloudformation|template", path)]


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in workflows(root):
        data = _file(root, WORKFLOWS, posixpath.basename(path))
        if data is not None:
            yield path, data


def _file(root: Path, directory: str, name: str) -> bytes | None:
    try:
        return read_regular(root, directory, name, FILE_LIMIT)
    except RefusedFileError as error:
        raise RefusedError(f"{name}: {error.message}", "replace it by a regular file") from error


def _with_config(seen: Survey, rules: Rules) -> Survey:
    """With what the configuration says already of what `init` would write."""
    if seen.config is None:
        return seen
    from go_release_gate.config.policy import read_policy
    from go_release_gate.config.yamlfile import read_yaml
    from go_release_gate.model.severity import Event

    document = read_yaml(seen.config, CONFIGURATION).value
    if document is not None and not isinstance(document, dict):
        raise ConfigError("expected keys and values", path=CONFIGURATION, line=1)
    settings = read_policy(seen.config, CONFIGURATION, Event.BRANCH, rules).settings
    releases = settings.releases
    services = {name: (one.image, one.module) for name, one in (releases.services if releases else {}).items()}
    table = {one.image: one for one in settings.images}
    if not services:  # the entries of `images` stand for them
        services = {posixpath.basename(one.image): (one.image, one.module) for one in settings.images}
    return replace(
        seen,
        sections=frozenset(document or ()),
        services=tuple(
            KnownService(name, image, module, table[image].platforms, table[image].tags)
            if image in table
            else KnownService(name, image, module)
            for name, (image, module) in services.items()
        ),
        known_environments=tuple(releases.environments) if releases else (),
        has_health=any(_has_probes(one.health) for one in (releases.environments.values() if releases else ())),
    )


def _has_probes(health: HealthSettings) -> bool:
    return bool(health.http or health.commands or health.metrics)
