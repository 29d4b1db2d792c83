"""Judge the commit that a check is compared with, in a temporary copy of its tree, as far as that can matter.

Modules without findings whose files, and the local modules they replace by, are what they were need no second look.
Of the others only what Go reads is written, with what they replace by; of the rest of the tree only what discovery
reads.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.config.load import FILE_NAME
from go_release_gate.engine.asking import ask_retractions
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.discover import discover
from go_release_gate.engine.plan import changed_files, touched
from go_release_gate.engine.relevant import collect_further
from go_release_gate.engine.run import Request, judged_findings, module_answer
from go_release_gate.engine.tidying import Tidier, tidying
from go_release_gate.engine.verifying import vendor_all, verify_all
from go_release_gate.engine.walk import is_document
from go_release_gate.facts.anchors import merge
from go_release_gate.facts.module import Module
from go_release_gate.facts.removal import remove_tree
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.verify import Verification
from go_release_gate.gomod.sumfile import SumLine
from go_release_gate.model.finding import Finding
from go_release_gate.model.report import ModuleAnswer

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

Wanted = Callable[[str], bool]

_NOBODY = frozenset({""})  # no module has this directory: only what is about the whole repository is judged
_FRAME = frozenset({"go.mod", "go.sum", "go.work", "go.work.sum", ".gitmodules"})  # what discovery reads
_OF_VERIFY = frozenset({"checksum-mismatch", "modified-module-cache"})  # rules that need the fact Verify


@dataclass(frozen=True, slots=True)
class BaseTree:
    """The commit to compare with. Paths are relative to the top of the repository, with `/`.

    Attributes:
        commit: its full id.
        objects: gives path → object id of everything in it. Raises UnavailableError.
        head_objects: the same of the commit that is checked out; empty where that is not known.
        write: writes its files with a wanted path, or more, below a directory, which is empty at first and is left as
            it was written for the second call. Raises UnavailableError, or UsageError for a failing `prepare`.
        folder: where the judged root lies in the repository; `.`: it is its top.
        needs_all: whether every file is to be written at once, as a command runs on them.
    """

    commit: str
    objects: Callable[[], Mapping[str, str]]
    head_objects: Callable[[], Mapping[str, str]]
    write: Callable[[Path, Wanted], None]
    folder: str = "."
    needs_all: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging the base gave: its findings, unsifted, and by directory what is said of its modules."""

    findings: tuple[Finding, ...] = ()
    answers: Mapping[str, ModuleAnswer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Looks:
    """What needs a look: directories of modules, those of them with findings of verify, and whether anything does."""

    modules: frozenset[str]
    suspect: frozenset[str]
    at_all: bool


def judge_base(base: BaseTree, findings: Collection[Finding], request: Request, head: Facts, edges: Edges) -> Judged:
    """Judge what the `findings` of the head, and its changes since, make worth a look.

    Raises:
        UnavailableError: the commit's files cannot be had. UsageError: `prepare` fails on them.
    """
    looks = _looks(base, findings, head)
    if not looks.at_all:
        return Judged()
    settings = replace(request.settings, modules=(), only_new=False)
    folder = edges.scratch / "base"
    folder.mkdir()
    inner = replace(edges, is_conversion=lambda _path: False, scratch=folder)
    try:
        repository = _written(base, folder / "tree", looks.modules, settings, edges)
        here = frozenset(module.dir for module in repository.modules) & looks.modules
        facts = Facts(repository, chosen=here or _NOBODY)
        with tidying(facts, settings, inner) as tidier:
            _collect(tidier, looks, head)
            found = judged_findings(facts, edges.go.toolchain, settings)
        return Judged(tuple(found), {module.dir: module_answer(module, facts) for module in facts.modules})
    finally:
        remove_tree(str(folder))


def _looks(base: BaseTree, findings: Collection[Finding], head: Facts) -> _Looks:
    prefix = "" if base.folder == "." else f"{base.folder}/"
    before = base.objects()
    # the same settings judge both, so a change of the configuration changes nothing here
    changed = [path for path in changed_files(before, base.head_objects()) if posixpath.basename(path) != FILE_NAME]
    inside = [path.removeprefix(prefix) for path in changed if path.startswith(prefix)]
    found = {module.dir for module in touched(head.repository, inside)}
    if len(inside) < len(changed):
        found |= {module.dir for module in head.modules if _leads_beside(module)}
    # the work tree may be ahead of its commit, most likely by a mended file
    found |= {module.dir for module in head.modules if not all(_sames(module, before, prefix))}
    found |= {finding.module for finding in findings if finding.module is not None}
    about_all = any(finding.module is None for finding in findings)
    modules = frozenset(found & {module.dir for module in head.modules})
    suspect = {finding.module for finding in findings if finding.rule in _OF_VERIFY and finding.module is not None}
    is_frame_new = any(posixpath.basename(path) in _FRAME for path in inside)
    return _Looks(modules, modules & suspect, bool(modules) or about_all or is_frame_new)


def _sames(module: Module, before: Mapping[str, str], prefix: str) -> Iterator[bool]:
    """Whether each of the module's two files is what it is in the base."""
    for name, data in (("go.mod", module.mod_bytes), ("go.sum", module.sum_bytes)):
        yield _is_object(data, before.get(prefix + module.file(name)))


def _is_object(data: bytes | None, name: str | None) -> bool:
    """Whether git calls `data` by the object id `name` (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    if data is None or name is None:
        return data is None and name is None
    kind = "sha1" if len(name) == 40 else "sha256"
    return hashlib.new(kind, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == name


def _written(base: BaseTree, directory: Path, needed: frozenset[str], settings: Settings, edges: Edges) -> Repository:
    """Write the frame of the tree, then the sources of the `needed` modules and of those they replace by."""
    directory.mkdir()

    def found() -> Repository:
        # a replace out of the judged folder ends at the top of the repository, as in the head
        (directory / ".git").mkdir(exist_ok=True)
        (directory / base.folder).mkdir(parents=True, exist_ok=True)
        return discover(
            directory / base.folder,
            include=settings.include,
            exclude=settings.exclude,
            trusted=settings.trusted,
            caches=(Path(edges.go.toolchain.modcache),),
        )

    if base.needs_all:
        base.write(directory, lambda _path: True)
        return found()
    base.write(directory, lambda path: posixpath.basename(path) in _FRAME)
    first = found()
    base.write(directory, _is_source(first, needed, base))
    return found() if first.modules else first


def _is_source(repository: Repository, needed: frozenset[str], base: BaseTree) -> Wanted:
    """Whether Go would read a file when it judges the modules in `needed`: theirs, of those they replace by, or of
    none, and of everything beside the judged folder when one of them replaces by something there."""
    prefix = "" if base.folder == "." else f"{base.folder}/"
    owners = {posixpath.dirname(path) or "." for path in base.objects() if posixpath.basename(path) == "go.mod"}
    reached = _with_replaced(repository, needed)
    is_beside_read = any(_leads_beside(module) for module in repository.modules if module.dir in reached)
    whole = {posixpath.normpath(prefix + directory) for directory in reached}
    shared = tuple(f"{posixpath.normpath(prefix + work.dir)}/vendor/" for work in repository.workspaces)

    def wanted(path: str) -> bool:
        if _tells_of_images(path):
            return True
        if not path.endswith(".go") and "vendor/" not in path:
            return False
        if not path.startswith(prefix):
            return is_beside_read
        if f"./{path}".startswith(shared) or path.startswith(shared):
            return True
        owner = _owner(path, owners)
        return owner is None or owner in whole

    return wanted


def _tells_of_images(path: str) -> bool:
    """Whether the rules about names, images and workflows read a file."""
    directory, _, name = path.rpartition("/")
    return is_document(name) and (directory == ".github/workflows" or not f"/{directory}".count("/."))


def _leads_beside(module: Module) -> bool:
    """Whether a module replaces by something above the judged folder."""
    targets = [one.target for one in module.mod.replaces if one.is_local] if module.mod else []
    return any(posixpath.normpath(f"{module.dir}/{target}").split("/")[0] == ".." for target in targets)


def _owner(path: str, owners: Collection[str]) -> str | None:
    directory = posixpath.dirname(path) or "."
    while directory not in owners:
        if directory == ".":
            return None
        directory = posixpath.dirname(directory) or "."
    return directory


def _with_replaced(repository: Repository, needed: Iterable[str]) -> set[str]:
    reached, fresh = set[str](), set(needed)
    while fresh:
        reached |= fresh
        modules = [module for module in repository.modules if module.dir in fresh]
        fresh = {directory for module in modules for directory in module.local_replaces} - reached
    return reached


def _collect(tidier: Tidier, looks: _Looks, head: Facts) -> None:
    """As for the head; but verify only what can have another answer here: the module cache is the same."""
    facts, settings, edges = tidier.facts, tidier.settings, tidier.edges
    tidier.tidy()
    verified = tuple(_to_verify(facts, looks, head))
    if verified:
        narrow = replace(facts, repository=replace(facts.repository, modules=verified), chosen=frozenset())
        healed = verify_all(narrow, settings, edges, tidier.explain)
        facts.verify = narrow.verify
        if healed:
            tidier.tidy(healed)
    asked = [module for module in facts.repository.modules if not head.chosen or module.dir in head.chosen]
    facts.others[Verification] = Verification(contradictions=merge(asked).contradictions())
    vendor_all(facts, settings, edges, tidier.explain)
    ask_retractions(facts, settings, edges)
    collect_further(facts, settings, edges)


def _to_verify(facts: Facts, looks: _Looks, head: Facts) -> Iterator[Module]:
    """Modules with findings of verify in the head; of the others only the lines of go.sum that the head has no more."""
    for module in facts.modules:
        if module.dir in looks.suspect:
            yield module
            continue
        now = head.repository.module_at(module.dir)
        kept = {_content(line) for line in now.sum.lines} if now and now.sum else set()
        lines = tuple(line for line in module.sum.lines if _content(line) not in kept) if module.sum else ()
        if module.sum and lines:
            yield replace(module, sum=replace(module.sum, lines=lines))


def _content(line: SumLine) -> tuple[str, str, bool, str]:
    return line.path, line.version, line.is_mod, line.hash
