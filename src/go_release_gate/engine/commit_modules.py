"""The modules of a repository as one commit has them, from git's objects: nothing is checked out and no Go runs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from go_release_gate.adapters.git import Git
from go_release_gate.facts.image_content import ExpectedModule
from go_release_gate.facts.modgraph import replacement
from go_release_gate.facts.module import Module
from go_release_gate.gomod import goversion, modfile, sumfile, workfile
from go_release_gate.gomod.syntax import SyntaxProblemError

MOST_MODULES = 1000
_ASIDE = frozenset({"vendor", "testdata", "node_modules"})
_WHOLE = "1.17"  # from here on go.mod lists all that builds need


@dataclass(frozen=True, slots=True)
class CommitFiles:
    """The files of a commit below the root of a repository; `paths`: all of them."""

    git: Git
    commit: str
    paths: frozenset[str]

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None: the commit has no such file."""
        return self.git.file_at(self.commit, path) if path in self.paths else None


def files_of(git: Git, commit: str) -> CommitFiles:
    """The files of a commit. Raises UnavailableError: it cannot be read."""
    return CommitFiles(git, commit, frozenset(git.files(commit)))


def modules_of(files: CommitFiles) -> tuple[Module, ...]:
    """The modules that have a readable go.mod, by directory."""
    places = [path for path in files.paths if posixpath.basename(path) == "go.mod"]
    places = [path for path in places if _ASIDE.isdisjoint(path.split("/"))]
    found = (_module(files, posixpath.dirname(path) or ".") for path in sorted(places)[:MOST_MODULES])
    return tuple(one for one in found if one is not None and one.path)


def expected_modules(files: CommitFiles, modules: Sequence[Module]) -> tuple[ExpectedModule, ...]:
    """What programs of these modules are held against."""
    work = _work(files)
    members = {posixpath.normpath(one.value) for one in work.uses} if work else set()
    shared: dict[str, str] = _sums(files.read("go.work.sum")) if work else {}
    for module in modules:
        if module.dir in members:
            shared |= _hashes(module)
    line = work.go.value if work and work.go else ""
    return tuple(_expected(module, shared if module.dir in members else None, line) for module in modules)


def _expected(module: Module, shared: Mapping[str, str] | None, line: str) -> ExpectedModule:
    own = module.mod.go.value if module.mod and module.mod.go else ""
    is_member = shared is not None
    go = max((own, line), key=goversion.key) if is_member else own
    sums = {**(shared or {}), **_hashes(module)}
    has_sums = module.sum is not None or bool(shared)
    return ExpectedModule(
        module.path, module.dir, go, sums if has_sums else None, _versions(module, is_member=is_member)
    )


def _versions(module: Module, *, is_member: bool) -> dict[str, str] | None:
    """The build list, replaced versions under the path that replaces them."""
    mod = module.mod
    if mod is None or is_member or mod.go is None or goversion.compare(mod.go.value, _WHOLE) < 0:
        return None
    found = {}
    for require in mod.requires:
        other = replacement((require.path, require.version), mod.replaces)
        if other is None:
            found[require.path] = require.version
        elif not other.is_local:
            found[other.target] = other.target_version
    return found


def _module(files: CommitFiles, directory: str) -> Module | None:
    folder = "" if directory == "." else f"{directory}/"
    content, sums = files.read(f"{folder}go.mod"), files.read(f"{folder}go.sum")
    if content is None:
        return None
    try:
        mod = modfile.parse(content)
        parsed = sumfile.parse(sums) if sums is not None else None
    except SyntaxProblemError:
        return None
    return Module(directory, mod.path, content, sums, mod, parsed)


def _work(files: CommitFiles) -> workfile.WorkFile | None:
    content = files.read("go.work")
    if content is None:
        return None
    try:
        return workfile.parse(content)
    except SyntaxProblemError:
        return None


def _hashes(module: Module) -> dict[str, str]:
    return _lines(module.sum.lines) if module.sum is not None else {}


def _sums(content: bytes | None) -> dict[str, str]:
    try:
        return _lines(sumfile.parse(content).lines) if content is not None else {}
    except SyntaxProblemError:
        return {}


def _lines(lines: Iterable[sumfile.SumLine]) -> dict[str, str]:
    return {f"{line.path} {line.version}": line.hash for line in lines if not line.is_mod}
