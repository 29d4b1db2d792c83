"""Find every Go module below a root, and say of each place that was passed over why.

A name alone decides nothing: a module in testdata, vendor, a submodule … that a judged module replaces by or requires,
or that a go.work uses, is real wherever it lies. What it names in turn is real too, so this goes on until nothing new
is found. Only what the user excludes stays excluded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from go_release_gate.engine.gitmodules import submodule_paths
from go_release_gate.engine.globs import matcher
from go_release_gate.engine.ordering import dependency_order
from go_release_gate.engine.reading import (
    GITMODULES_LIMIT,
    is_boundary,
    local_targets,
    read_module,
    read_workspace,
)
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.engine.walk import SEARCH_LIMIT, Questions, Survey, directory_links, survey
from go_release_gate.errors import UsageError
from go_release_gate.facts.local_paths import Resolver, is_directory
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository, Skipped, Workspace

# Places whose modules are somebody else's under their own paths: only naming the directory makes one of them ours.
_FOREIGN = frozenset({"excluded", "submodule", "nested-repository", "cache", "unreadable"})


def discover(
    root: Path,
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    trusted: bool = True,
    caches: Sequence[Path] = (),
) -> Repository:
    """All modules and workspaces below `root`, and what was passed over.

    Args:
        include, exclude: globs over directories (`globs.matcher`); `exclude` wins over everything.
        trusted: False on a pull request of strangers: modules that lead Go out of the checkout get an error.
        caches: directories of Go's caches (GOMODCACHE, GOCACHE), wherever they lie.

    Raises:
        UsageError: `root` is no directory, or a glob can match nothing.
    """
    if not root.is_dir():
        raise UsageError(f"{root} is not a directory", "name the root of a repository")
    real = Path(os.path.realpath(root))
    questions = _questions(real, include, exclude, caches)
    found = survey(str(real), questions)
    search = _Search(Resolver(str(real)), questions, found, trusted)
    search.run()
    return Repository(
        root=real,
        modules=search.ordered(),
        skipped=search.skipped(),
        workspaces=tuple(search.workspaces),
        documents=tuple(sorted(found.documents)),
        scripts=tuple(sorted(found.scripts)),
    )


def _questions(root: Path, include: Sequence[str], exclude: Sequence[str], caches: Iterable[Path]) -> Questions:
    try:
        submodules = submodule_paths(read_regular(root, ".", ".gitmodules", GITMODULES_LIMIT) or b"")
    except RefusedFileError:
        submodules = frozenset()
    return Questions(
        is_excluded=matcher(exclude),
        is_included=matcher(include),
        submodules=submodules,
        caches=frozenset(os.path.realpath(cache) for cache in caches),
        search_limit=SEARCH_LIMIT * 100 if include else SEARCH_LIMIT,
    )


@dataclass(slots=True)
class _Search:
    """Modules read so far, and the way to those that only other modules name."""

    paths: Resolver
    questions: Questions
    found: Survey
    trusted: bool
    modules: dict[str, Module] = field(default_factory=dict)
    boundaries: set[str] = field(default_factory=set)
    targets: dict[str, list[str]] = field(default_factory=dict)  # module → real directories it replaces by
    workspaces: list[Workspace] = field(default_factory=list)
    _hidden_paths: dict[str, list[str]] | None = None

    def run(self) -> None:
        """Read what was found, then what that names, until nothing new is named."""
        self.workspaces = [read_workspace(self.paths, directory) for directory in sorted(self.found.workspaces)]
        for directory in self.found.modules:
            module = read_module(self.paths, directory, trusted=self.trusted)
            if is_boundary(module):
                self.boundaries.add(directory)
            else:
                self._add(module)
        named = set(self._named_by_workspaces()) | {one for targets in self.targets.values() for one in targets}
        while named or (named := self._named_by_require()):
            fresh = [directory for directory in sorted(named) if self._is_new(directory)]
            for directory in fresh:
                self._add(read_module(self.paths, directory, trusted=self.trusted))
            named = {target for directory in fresh for target in self.targets[directory]}

    def ordered(self) -> tuple[Module, ...]:
        """The modules, each after those it replaces locally."""
        local = {
            directory: tuple(dict.fromkeys(one for one in targets if one in self.modules and one != directory))
            for directory, targets in self.targets.items()
        }
        return tuple(replace(self.modules[one], local_replaces=local[one]) for one in dependency_order(local))

    def skipped(self) -> tuple[Skipped, ...]:
        """What was passed over, by directory."""
        reasons = {place.dir: place.reason for place in self.found.places if place.is_worth_a_word}
        reasons |= dict.fromkeys(directory_links(self.paths.root, self.found), "symlink")
        reasons |= dict.fromkeys(self.boundaries, "boundary")
        reasons |= self.found.hidden
        return tuple(Skipped(one, reasons[one]) for one in sorted(reasons) if one not in self.modules)

    def _add(self, module: Module) -> None:
        self.modules[module.dir] = module
        leads = (target.dir for _, target in local_targets(self.paths, module))
        self.targets[module.dir] = [directory for directory in leads if directory is not None]

    def _is_new(self, directory: str) -> bool:
        """Whether `directory` holds a module that is not judged yet and may be. go.mod as a directory is none."""
        if directory in self.modules or self.questions.is_excluded(directory):
            return False
        path = f"{self.paths.root}/{directory}/go.mod"
        return os.path.lexists(path) and not is_directory(path)

    def _named_by_workspaces(self) -> Iterator[str]:
        for workspace in self.workspaces:
            file = workspace.file
            written = (
                [one.value for one in file.uses] + [one.target for one in file.replaces if one.is_local] if file else []
            )
            for one in written:
                target = self.paths.resolve(workspace.dir, one)
                if target.dir is not None:
                    yield target.dir

    def _named_by_require(self) -> set[str]:
        """Hidden modules that a judged one requires by path, where no judged module or replacement has that path."""
        hidden = self._paths_of_hidden()
        if not hidden:
            return set()
        taken = {module.path for module in self.modules.values()}
        required = {one for module in self.modules.values() for one in _required(module)}
        return {one for path in required - taken for one in hidden.get(path, ()) if self._is_new(one)}

    def _paths_of_hidden(self) -> dict[str, list[str]]:
        """Module path → directories of hidden modules that declare it; read once."""
        if self._hidden_paths is None:
            self._hidden_paths = {}
            for directory, reason in self.found.hidden.items():
                if reason not in _FOREIGN:
                    path = read_module(self.paths, directory, trusted=self.trusted).path
                    if path and not f"/{directory}/".endswith(f"/vendor/{path}/"):  # a vendored copy
                        self._hidden_paths.setdefault(path, []).append(directory)
        return self._hidden_paths


def _required(module: Module) -> Iterator[str]:
    """Paths it requires and takes from where versions come from, not from a replacement."""
    if module.mod:
        replaced = {one.path for one in module.mod.replaces}
        yield from (one.path for one in module.mod.requires if one.path not in replaced)
