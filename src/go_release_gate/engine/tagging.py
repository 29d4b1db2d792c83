"""Collect the table of releases and what is known of tags and branches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from go_release_gate.engine.walk import is_dockerfile
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.image_uses import ImageUses
from go_release_gate.facts.release_table import ModuleTags, ReleaseTable, Row, module_tags
from go_release_gate.facts.tags import LIGHT, SIGNED, Tag, Tags
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Event
from go_release_gate.oci.reference import InvalidReferenceError, parse
from go_release_gate.rules.tag.released_tag_moved import pinned_releases, released_names
from go_release_gate.workflow.patterns import matches

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git
    from go_release_gate.config.settings import Settings
    from go_release_gate.engine.context import Edges, Facts

FETCH = "check out with history and tags (actions/checkout: fetch-depth: 0)"
HINT = f"{FETCH}, or give github-token (contents: read)"

# Directories whose images serve tests and examples; `docs`, `website` or `demo` may well be a service.
_ASIDE = frozenset({"e2e", "example", "examples", "fixtures", "hack", "test", "testdata", "testing", "tests"})


def release_table(facts: Facts, settings: Settings, _edges: Edges) -> ReleaseTable | None:
    """The table; None: the repository has no image."""
    modules = tuple(module_tags(module) for module in facts.repository.modules if module.path)
    workflows = facts.others.get(Workflows)
    pushed = _pushed_on_tags(workflows) if isinstance(workflows, Workflows) else {}
    discovered = _named(tuple(_discovered(facts.repository.documents, modules)), pushed, modules)
    configured = tuple(configured_rows(settings, modules))
    if not configured and not discovered:
        return None
    return ReleaseTable(
        rows=configured or discovered,
        modules=modules,
        pushed=settings.tag if settings.event is Event.TAG else "",
        is_strict=settings.policy == "strict",
        is_configured=bool(configured),
        unlisted=tuple(_unlisted(configured, discovered, pushed)),
        branches=settings.release.branches,
        kind=settings.release.tags,
    )


def configured_rows(settings: Settings, modules: tuple[ModuleTags, ...]) -> Iterable[Row]:
    for image in settings.images:
        module = next((module for module in modules if module.dir == image.module), None)
        patterns = image.tags or ((f"{module.prefix}v*",) if module else ())
        yield Row(image.image, image.module, patterns, image.platforms, Location(image.path, image.line))


def _discovered(documents: Iterable[str], modules: tuple[ModuleTags, ...]) -> Iterable[Row]:
    """One image for each module with a Dockerfile of its own, at the first of them; none that only tests build."""
    seen: set[str] = set()
    modules = tuple(one for one in modules if not _is_aside(f"{one.dir}/go.mod"))
    for path in sorted(path for path in documents if is_dockerfile(path) and not _is_aside(path)):
        module = _module_of(path, modules)
        if module and module.dir not in seen:
            seen.add(module.dir)
            yield Row("", module.dir, (f"{module.prefix}v*",), (), Location(path, 1))


def _is_aside(path: str) -> bool:
    return not _ASIDE.isdisjoint(path.split("/")[:-1])


def _pushed_on_tags(workflows: Workflows) -> dict[str, Location]:
    """Repositories that workflows push to on a tag, each at the first step that does."""
    found: dict[str, Location] = {}
    for push in (push for outcome in workflows.outcomes if outcome.run.tag for push in outcome.pushes):
        for name in push.names if isinstance(push.names, tuple) else ():
            try:
                found.setdefault(parse(name).name, Location(push.workflow, push.line))
            except InvalidReferenceError:  # a rule's matter
                continue
    return found


def _named(rows: tuple[Row, ...], pushed: Mapping[str, Location], modules: tuple[ModuleTags, ...]) -> tuple[Row, ...]:
    """The discovered images with the names that workflows give them; without a Dockerfile, the names alone."""
    if not rows:
        owners = {name: _owner_of(name, modules) for name in pushed}
        return tuple(
            Row(name, owner.dir, (f"{owner.prefix}v*",), (), pushed[name]) for name, owner in owners.items() if owner
        )
    if len(rows) == len(pushed) == 1:
        return (replace(rows[0], image=next(iter(pushed))),)
    owned = {owner.dir: name for name in pushed if (owner := _owner_of(name, modules))}
    return tuple(replace(row, image=owned.get(row.module, "")) for row in rows)


def _owner_of(name: str, modules: tuple[ModuleTags, ...]) -> ModuleTags | None:
    """The only module, or the only one that the last part of an image's name speaks of."""
    last = name.rpartition("/")[2]
    found = [one for one in modules if len(modules) == 1 or last in (one.dir, *one.dir.split("/")[-1:])]
    return found[0] if len(found) == 1 else None


def _unlisted(configured: Iterable[Row], discovered: Iterable[Row], pushed: Mapping[str, Location]) -> Iterable[Row]:
    """Images that the configured table leaves out: names that a workflow pushes, modules with a Dockerfile."""
    rows = tuple(configured)
    if not rows:
        return
    listed, names = {row.module for row in rows}, {_name_of(row.image) for row in rows}
    yield from (Row(name, "", (), (), place) for name, place in pushed.items() if name not in names)
    yield from (row for row in discovered if row.module not in listed and row.image not in pushed)


def _name_of(image: str) -> str:
    try:
        return parse(image).name
    except InvalidReferenceError:
        return image


def _module_of(path: str, modules: tuple[ModuleTags, ...]) -> ModuleTags | None:
    """The module a Dockerfile builds: the nearest one around it; else the only one there is, or the only one of whose
    directory its own name speaks (`build/api.Dockerfile`, `docker/api/Dockerfile`)."""
    around = [one for one in modules if one.dir == "." or path.startswith(f"{one.dir}/")]
    if around:
        return max(around, key=lambda one: (one.dir != ".", len(one.dir)))
    words = set(path.replace(".", "/").split("/"))
    named = [one for one in modules if one.dir.rpartition("/")[2] in words]
    found = modules if len(modules) == 1 else named
    return found[0] if len(found) == 1 else None


def released_references(facts: Facts, _settings: Settings) -> tuple[str, ...]:
    """Names worth asking a registry for: of the judged tag's configured images, and those pinned somewhere here."""
    table, uses = facts.others.get(ReleaseTable), facts.others.get(ImageUses)
    if not isinstance(table, ReleaseTable) or not table.pushed or not table.is_configured:
        return ()
    pinned = pinned_releases(table, uses if isinstance(uses, ImageUses) else None)
    return (*released_names(table), *(str(reference) for _, reference in pinned))


def tags(facts: Facts, _settings: Settings, edges: Edges) -> Tags | None:
    """What is known of tags and branches; None: the repository has no image, so that nobody asks."""
    table = facts.others.get(ReleaseTable)
    if not isinstance(table, ReleaseTable):
        return None
    git = edges.git
    if git is None or not git.is_repository():
        found = Tags(problems=_missing("this is no git repository: its tags are not known") if table.pushed else ())
    elif not table.pushed:
        found = Tags(known={tag.name: tag for tag in git.tag_list()}, head=git.head_commit(), branches=git.branches())
    else:
        found = _Collector(git, edges, table).collect()
    facts.notices += [f"the tag {table.pushed}: {problem}" for problem in found.problems]
    return found


def _missing(what: str) -> tuple[str, ...]:
    return (f"{what}; {HINT}",)


class _Collector:
    """Everything about one pushed tag: of the checkout, and of GitHub where the checkout lacks it."""

    def __init__(self, git: Git, edges: Edges, table: ReleaseTable) -> None:
        self.git, self.table = git, table
        self.ask = edges.github
        self.problems: list[str] = []
        self.is_shallow = git.is_shallow()
        self.is_kind_open = False

    def collect(self) -> Tags:
        """Ask for each part on its own, so that one refusal leaves the others."""
        head = self.git.head_commit()
        known = {tag.name: tag for tag in self.git.tag_list()}
        pushed = self._pushed(known.get(self.table.pushed) or Tag(self.table.pushed, head))
        known = self._known({**known, **({pushed.name: pushed} if pushed.kind else {})})
        remote = self._remote(pushed)
        if pushed.kind in ("", LIGHT):  # a workflow's checkout may have made a light one of it
            pushed = replace(pushed, kind=remote.kind if remote else "" if self.is_kind_open else pushed.kind)
        holding = self._holding(pushed.commit)
        return Tags(pushed, known, remote, head, self.git.branches(), holding, tuple(self.problems))

    def _pushed(self, tag: Tag) -> Tag:
        if not tag.kind:
            return tag
        commit = self.git.commit(f"refs/tags/{tag.name}") or tag.commit  # a tag may stand for a tag
        return replace(tag, commit=commit, kind=SIGNED if self.git.is_signed(tag.name) else tag.kind)

    def _known(self, here: dict[str, Tag]) -> dict[str, Tag]:
        """Every tag: a clone that is not cut has them, a cut one where they were fetched for themselves."""
        others = set(here) - {self.table.pushed}
        if others and not (self.is_shallow and not self.git.has_tags_elsewhere()):
            return here
        is_cut = self.is_shallow or self.git.leaves_out_tags()
        if self.ask is None:
            if is_cut:
                self.problems += _missing("this checkout was made without the repository's other tags")
            return here
        from go_release_gate.adapters.github.trees import tags_at

        try:
            return {**{name: Tag(name, commit) for name, commit in tags_at(self.ask()).items()}, **here}
        except UnavailableError as error:
            if is_cut:
                self.problems += _missing(f"other tags are not in this checkout, and not to be had: {error.message}")
            return here

    def _remote(self, pushed: Tag) -> Tag | None:
        """The tag at GitHub: whether it was moved, and its kind where the checkout's own does not do."""
        if self.ask is None:
            return None
        from go_release_gate.adapters.github.refs import tag_at

        try:
            return tag_at(self.ask(), pushed.name)
        except UnavailableError as error:
            if self.table.kind != "any" and pushed.kind == LIGHT:
                self.is_kind_open = True
                self.problems += _missing(f"its kind cannot be asked of GitHub: {error.message}")
            else:
                self.problems.append(f"it could not be compared with GitHub's: {error.message}; run it again")
            return None

    def _holding(self, commit: str) -> tuple[str, ...] | None:
        """Release branches that hold the commit; a cut history proves that one does, never that none does."""
        patterns = self.table.branches or ("**",)
        branches = self.git.branches()
        here = tuple(name for name in self.git.branches(commit) if _is_any(patterns, name))
        if here or not self.table.branches:
            return here if here or (branches and not self.is_shallow) else None
        if not self.is_shallow and any(_is_any(patterns, name) for name in branches):
            return here
        return self._holding_at_github(commit)

    def _holding_at_github(self, commit: str) -> tuple[str, ...] | None:
        why = f"the release branches ({', '.join(self.table.branches)}) are not in this checkout"
        if self.ask is not None:
            from go_release_gate.adapters.github.refs import branches_holding

            try:
                return branches_holding(self.ask(), self.table.branches, commit)
            except UnavailableError as error:
                why = f"{why}, and not to be had: {error.message}"
        self.problems += _missing(why)
        return None


def _is_any(patterns: Iterable[str], name: str) -> bool:
    return any(matches(pattern, name) for pattern in patterns)
