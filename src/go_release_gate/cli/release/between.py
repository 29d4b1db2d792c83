"""What lies between two releases: commits, dependencies, configuration files and migrations, as git has them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from go_release_gate.cli.release.page import Heading, Lines, Part, Table
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.releases import Service
from go_release_gate.errors import UnavailableError
from go_release_gate.ledger.entry import Source

if TYPE_CHECKING:
    from go_release_gate.facts.module import Module

SHOWN = 10  # commits of one side
_SETTINGS = (".yml", ".yaml", ".toml", ".ini", ".env", ".properties", ".conf", ".cfg", ".json")
_NOT_SETTINGS = ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A module version that differs; empty: the side has none."""

    module: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration that only one side has, or that differs."""

    path: str
    is_irreversible: bool


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two releases.

    `commits_gone`: of the first alone, `commits_come`: of the second alone, newest first. `unknown`: why it cannot be
    told, empty: it can.
    """

    commits_gone: tuple[str, ...] = ()
    commits_come: tuple[str, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    go_before: str = ""
    go_after: str = ""
    settings: tuple[str, ...] = ()
    migrations: tuple[Migration, ...] = ()
    unknown: str = ""


def between(desk: Desk, service: str, before: Source, after: Source) -> Between:
    """What changes from one to the other; never an error, as it is told beside what counts."""
    if not before.commit or not after.commit:
        return Between(unknown="one of the releases was recorded without its commit")
    try:
        lying = desk.git.lying(before.commit, after.commit)
        paths = desk.git.changed_paths(before.commit, after.commit)
        modules = [_module(desk, service, commit) for commit in (before.commit, after.commit)]
    except UnavailableError as error:
        return Between(unknown=f"{error.message}: {error.hint}" if error.hint else error.message)
    settings = desk.service(service)
    return replace(
        _dependencies(modules[0], modules[1]),
        commits_gone=lying.gone,
        commits_come=lying.come,
        settings=tuple(path for path in paths if _is_setting(path)),
        migrations=tuple(_migrations(settings, paths)),
    )


def _module(desk: Desk, service: str, commit: str) -> Module | None:
    from go_release_gate.engine.commit_modules import files_of, modules_of

    directory = posixpath.normpath(desk.service(service).module)
    return next((one for one in modules_of(files_of(desk.git, commit)) if one.dir == directory), None)


def _dependencies(before: Module | None, after: Module | None) -> Between:
    first, second = _versions(before), _versions(after)
    names = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    changes = tuple(Dependency(name, first.get(name, ""), second.get(name, "")) for name in names)
    return Between(dependencies=changes, go_before=_go(before), go_after=_go(after))


def _versions(module: Module | None) -> dict[str, str]:
    return {one.path: one.version for one in module.mod.requires} if module and module.mod else {}


def _go(module: Module | None) -> str:
    return module.mod.go.value if module and module.mod and module.mod.go else ""


def _is_setting(path: str) -> bool:
    name = posixpath.basename(path)
    is_ours = path.endswith(_SETTINGS) or name.startswith(("Dockerfile", ".env"))
    return is_ours and name not in _NOT_SETTINGS and not path.startswith(".github/")


def _migrations(settings: Service, paths: Iterable[str]) -> Iterable[Migration]:
    from go_release_gate.engine.globs import matcher

    is_migration = matcher(settings.migrations) if settings.migrations else (lambda _path: False)
    return [Migration(path, fnmatch(path, "*irreversible*")) for path in paths if is_migration(path)]


def parts_of(found: Between, *, is_back: bool = False) -> list[Part]:
    """The same for people. `is_back`: a move back, whose commits are taken away."""
    if found.unknown:
        return [Lines((f"what lies between cannot be told: {found.unknown}",))]
    gone, come = ("commits taken back", "commits brought") if is_back else ("commits of the first alone", "commits")
    parts = [*_commits(gone, found.commits_gone), *_commits(come, found.commits_come)]
    rows = [(one.module, one.before or "-", one.after or "-") for one in found.dependencies]
    if found.go_before != found.go_after:
        rows.insert(0, ("go", found.go_before or "-", found.go_after or "-"))
    if rows:
        parts += [Heading("dependencies"), Table(("module", "from", "to"), tuple(rows))]
    if found.migrations:
        lines = [f"{one.path}{': IRREVERSIBLE' if one.is_irreversible else ''}" for one in found.migrations]
        parts += [Heading("migrations between"), Lines(tuple(lines))]
    if found.settings:
        more = len(found.settings) - SHOWN
        rest = (f"and {more} more",) if more > 0 else ()
        parts += [Heading("configuration files that differ"), Lines((*found.settings[:SHOWN], *rest))]
    return parts or [Lines(("no commit, dependency or file lies between",))]


def _commits(title: str, commits: tuple[str, ...]) -> list[Part]:
    if not commits:
        return []
    more = len(commits) - SHOWN
    rest = (f"and {more} more",) if more > 0 else ()
    count = title.replace("commits", "commit", 1) if len(commits) == 1 else title
    return [Heading(f"{len(commits)} {count}"), Lines((*commits[:SHOWN], *rest))]
