"""What would be checked: the modules of a repository, those that a change touches, spread over jobs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository

_EVERYWHERE = ("go.work", "go.work.sum", ".go-release-gate.yml")
_STARTING = 20  # what a module costs before its first requirement, in lines of go.sum


@dataclass(frozen=True, slots=True)
class Shard:
    """One job: its name and the directories of its modules."""

    name: str
    modules: tuple[str, ...]

    def entry(self) -> dict[str, str]:
        """Its entry in a job matrix; `modules` is what the input `module` takes."""
        return {"name": self.name, "modules": "\n".join(self.modules)}


def changed_files(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Paths that differ between two trees (path → object id), added and removed ones too."""
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


def touched(repository: Repository, changed: Iterable[str]) -> tuple[Module, ...]:
    """The modules that `changed` files belong to, and those that replace by one of them, however indirectly.

    A change of a workspace or of the configuration touches all modules.
    """
    directories = {module.dir for module in repository.modules}
    found: set[str] = set()
    for path in changed:
        if path.rpartition("/")[2] in _EVERYWHERE:
            return repository.modules
        owner = _owner(path, directories)
        if owner is not None:
            found.add(owner)
    found = _with_dependents(repository.modules, found)
    return tuple(module for module in repository.modules if module.dir in found)


def _owner(path: str, directories: Collection[str]) -> str | None:
    """The nearest directory above `path` that holds a module."""
    directory = path.rpartition("/")[0]
    while directory:
        if directory in directories:
            return directory
        directory = directory.rpartition("/")[0]
    return "." if "." in directories else None


def _with_dependents(modules: Sequence[Module], found: set[str]) -> set[str]:
    grown = set(found)
    while True:
        more = {module.dir for module in modules if grown.intersection(module.local_replaces)} - grown
        if not more:
            return grown
        grown |= more


def shards(modules: Sequence[Module], count: int = 0) -> tuple[Shard, ...]:
    """The modules as jobs: one each, or spread over at most `count` so that the work is about equal."""
    if not count:
        return tuple(Shard(module.dir, (module.dir,)) for module in modules)
    bins: list[list[str]] = [[] for _ in range(min(count, len(modules)))]
    loads = [0] * len(bins)
    for module in sorted(modules, key=lambda item: (-weight(item), item.dir)):
        lightest = loads.index(min(loads))
        bins[lightest].append(module.dir)
        loads[lightest] += weight(module)
    return tuple(Shard(f"{number} of {len(bins)}", tuple(sorted(names))) for number, names in enumerate(bins, 1))


def weight(module: Module) -> int:
    """About how much work a module is: both tidy and verify grow with its go.sum."""
    return _STARTING + (module.sum_bytes or b"").count(b"\n")
