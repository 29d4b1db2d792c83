"""The next release of every module of a repository, in the order in which they are to be released. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from go_release_gate.engine.ordering import dependency_order
from go_release_gate.facts.module import Module
from go_release_gate.facts.release_table import module_tags
from go_release_gate.gomod.conventional import Bump, Commit, bump_of
from go_release_gate.gomod.nextversion import Next, last_release, propose

SHOWN = 3  # commits that are named as the reason
PUSHED_AT_ONCE = 3
"""More tags than that in one push start no workflow
(https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#push)."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one module: the tag (empty: none), and why."""

    dir: str
    path: str
    tag: str
    next: Next
    reasons: tuple[str, ...] = ()

    @property
    def is_taggable(self) -> bool:
        """Whether the tag can be made as the module is now."""
        return bool(self.tag) and not self.next.is_blocked


@dataclass(slots=True)
class _Plan:
    """What is known while modules are gone through, those they depend on first."""

    modules: Mapping[str, Module]
    merged: Mapping[str, str]
    known: Sequence[str]
    since: Callable[[str], Sequence[Commit]]
    done: dict[str, Proposal] = field(default_factory=dict)
    asked: dict[str, Sequence[Commit]] = field(default_factory=dict)

    def commits(self, tag: str) -> Sequence[Commit]:
        """What was committed since a tag; asked once."""
        if tag not in self.asked:
            self.asked[tag] = self.since(tag)
        return self.asked[tag]


def proposals(
    modules: Sequence[Module],
    merged: Mapping[str, str],
    known: Sequence[str],
    since: Callable[[str], Sequence[Commit]],
) -> tuple[Proposal, ...]:
    """A proposal for each module that has a path, those that others depend on first.

    Args:
        merged: tag → commit of the tags below the commit that is checked out. known: every tag.
        since: the commits since a tag (empty: all of them).
    """
    plan = _Plan({module.dir: module for module in modules if module.path}, merged, known, since)
    for directory in dependency_order({one: needs(plan.modules[one], plan.modules) for one in plan.modules}):
        plan.done[directory] = _proposal(plan.modules[directory], plan)
    return tuple(plan.done.values())


def needs(module: Module, modules: Mapping[str, Module]) -> tuple[str, ...]:
    """Directories of the modules of this repository that one replaces by or requires."""
    places = {one.path: one.dir for one in modules.values()}
    required = (places.get(one.path, "") for one in (module.mod.requires if module.mod else ()))
    found = dict.fromkeys((*module.local_replaces, *required))
    return tuple(one for one in found if one in modules and one != module.dir)


def _proposal(module: Module, plan: _Plan) -> Proposal:
    tags = module_tags(module)
    below = {version: tag for tag in plan.merged if (version := tags.version_of(tag))}
    known = {version for tag in plan.known if (version := tags.version_of(tag))}
    last, _ = last_release(module.path, below)
    told = [(bump, commit) for commit in plan.commits(below.get(last, "")) if (bump := _asked(commit, module, plan))]
    bump = max((bump for bump, _ in told), default=Bump.NONE)
    reasons = [f"{commit.subject} ({commit.id[:7]})" for one, commit in told if one is bump]
    released = {one: plan.done[one] for one in needs(module, plan.modules) if one in plan.done and plan.done[one].tag}
    if bump is Bump.NONE and last:
        bump, reasons = _because_of(module, released)
    found = propose(module.path, bump, below, known)
    tag = f"{tags.prefix}{found.version}" if found.version else ""
    notes = (*found.notes, *(_requirements(module, released) if tag else ()))
    shown = (*reasons[:SHOWN], *([f"and {len(reasons) - SHOWN} more"] if len(reasons) > SHOWN else []))
    whole = Next(found.version, found.last, found.bump, notes, found.is_blocked)
    return Proposal(module.dir, module.path, tag, whole, shown)


def _asked(commit: Commit, module: Module, plan: _Plan) -> Bump:
    return bump_of(commit, [path for path in commit.files if _owner(path, plan.modules) == module.dir])


def _owner(path: str, modules: Mapping[str, Module]) -> str:
    """The directory of the nearest module above a file; empty: none."""
    directory = path.rpartition("/")[0]
    while directory:
        if directory in modules:
            return directory
        directory = directory.rpartition("/")[0]
    return "." if "." in modules else ""


def _because_of(module: Module, released: Mapping[str, Proposal]) -> tuple[Bump, list[str]]:
    """A module that is built with a neighbour's tree is released with it, though nothing of its own changed."""
    beside = [one for directory, one in released.items() if directory in module.local_replaces]
    reasons = [f"is built with {one.path}, which gets {one.next.version}" for one in beside]
    return (Bump.PATCH if beside else Bump.NONE), reasons


def _requirements(module: Module, released: Mapping[str, Proposal]) -> list[str]:
    """What its go.mod must ask for before it is tagged itself."""
    versions = {one.path: one.version for one in (module.mod.requires if module.mod else ())}
    return [
        f"requires {one.path} {versions[one.path]}: once {one.tag} is pushed, `go get {one.path}@{one.next.version}`"
        for one in released.values()
        if one.path in versions and versions[one.path] != one.next.version
    ]


def pushes(tags: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The tags in groups that may be pushed at once."""
    return tuple(tuple(tags[at : at + PUSHED_AT_ONCE]) for at in range(0, len(tags), PUSHED_AT_ONCE))
