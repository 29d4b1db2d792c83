"""One walk over the work tree: where go.mod and go.work lie, and why a place is passed over.

Each directory is listed once, without recursion and without following links. Places that are passed over are searched
too, within bounds: a skipped directory is only worth a word when a module lies in it, and what lies in it can still
turn out to be real.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from go_release_gate.facts.local_paths import is_directory, join, relative

SEARCH_LIMIT = 2_000  # directories listed in one place that is passed over
_UNSEARCHED = frozenset({".git", ".hg", ".svn", ".bzr"})
_NAMED = {"testdata": "testdata", "vendor": "vendor", "node_modules": "node_modules"}
_PREFIXED = {"_": "underscore", ".": "dot"}
_DOCKERFILE = re.compile(r"(?i)(?:.*\.)?(?:docker|container)file(?:\..*)?")
_CACHE_ENTRIES = frozenset({"download", "lock", "vcs"})


@dataclass(frozen=True, slots=True)
class Questions:
    """What the walk asks of a directory (relative path).

    Attributes:
        is_excluded, is_included: the user's globs.
        submodules: directories that .gitmodules names.
        caches: real paths of directories that hold Go's caches.
        search_limit: directories listed in one place that is passed over.
    """

    is_excluded: Callable[[str], bool]
    is_included: Callable[[str], bool]
    submodules: frozenset[str] = frozenset()
    caches: frozenset[str] = frozenset()
    search_limit: int = SEARCH_LIMIT


@dataclass(slots=True)
class Place:
    """A place that is passed over: where it begins, why, and how many of its directories were listed.

    `is_worth_a_word`: to be reported even when no module was seen in it.
    """

    dir: str
    reason: str
    is_worth_a_word: bool = False
    listed: int = 0


@dataclass(slots=True)
class Survey:
    """What the walk saw.

    `hidden`: directory of a go.mod in a place that is passed over → the reason. `caches`: module caches by their shape.
    """

    modules: list[str] = field(default_factory=list)
    workspaces: list[str] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    caches: set[str] = field(default_factory=set)
    walked: set[str] = field(default_factory=set)
    documents: list[str] = field(default_factory=list)  # files that may tell of images, by name
    scripts: list[str] = field(default_factory=list)  # shell scripts and Makefiles, by name


@dataclass(slots=True)
class _Listing:
    """One directory's entries, as far as they matter."""

    folders: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    has_module: bool = False
    has_workspace: bool = False
    git: str = ""  # `file` or `directory`
    is_empty: bool = True


def survey(root: str, questions: Questions) -> Survey:
    """Walk the tree at `root` (absolute, real path). Never raises for what lies in the tree."""
    found = Survey()
    stack: list[tuple[str, Place | None]] = [(".", None)]
    while stack:
        directory, place = stack.pop()
        stack.extend(_enter(root, directory, place, questions, found))
    return found


def _enter(
    root: str, directory: str, place: Place | None, questions: Questions, found: Survey
) -> Iterator[tuple[str, Place | None]]:
    """List one directory, note what it holds, and give the directories to enter next."""
    if place and place.listed >= questions.search_limit:
        return
    path = root if directory == "." else f"{root}/{directory}"
    if questions.is_excluded(directory) and not (place and place.reason == "excluded"):
        place = _passed_over(found, directory, "excluded", is_worth_a_word=True)
    try:
        listing = _list(path)
    except OSError:
        _passed_over(found, directory, "unreadable", is_worth_a_word=True)
        return
    reason = _reason(directory, path, listing, questions)
    if reason and place is None:
        # a submodule that is not checked out may hold modules that nobody sees
        place = _passed_over(found, directory, reason, is_worth_a_word=reason == "cache" or listing.is_empty)
    _note(directory, place, listing, questions, found)
    if reason == "cache":
        return
    if directory != "." and _is_module_cache(path, listing):
        found.caches.add(directory)
        if place is None:
            _passed_over(found, directory, "cache", is_worth_a_word=True)
    for name in sorted(listing.folders, reverse=True):
        child = join(directory, name)
        if not _is_cached(directory, name, found):
            yield child, place or _named_place(found, child, name)


def _is_cached(directory: str, name: str, found: Survey) -> bool:
    """Whether a module cache keeps `name` in `directory`: its own folder and the extracted versions, nothing else.

    A pull request that lays a cache's folders beside its modules hides none of them.
    """
    if name == "cache":
        return directory in found.caches
    return "@v" in name and any(f"{directory}/".startswith(f"{one}/") for one in found.caches)


def _note(directory: str, place: Place | None, listing: _Listing, questions: Questions, found: Survey) -> None:
    is_judged = place is None or (place.reason != "excluded" and questions.is_included(directory))
    if listing.has_module and is_judged:
        found.modules.append(directory)
    elif listing.has_module and place:
        found.hidden[directory] = place.reason
        place.is_worth_a_word = False  # the module is reported instead
    if place:
        place.listed += 1
        return
    found.walked.add(directory)
    found.links.extend(join(directory, name) for name in listing.links)
    found.documents.extend(join(directory, name) for name in listing.documents)
    found.scripts.extend(join(directory, name) for name in listing.scripts)
    if listing.has_workspace:
        found.workspaces.append(directory)


def _passed_over(found: Survey, directory: str, reason: str, *, is_worth_a_word: bool = False) -> Place:
    place = Place(directory, reason, is_worth_a_word)
    found.places.append(place)
    return place


def _named_place(found: Survey, directory: str, name: str) -> Place | None:
    reason = _NAMED.get(name) or _PREFIXED.get(name[:1])
    return _passed_over(found, directory, reason) if reason else None


def _reason(directory: str, path: str, listing: _Listing, questions: Questions) -> str:
    """Why a directory is passed over for what it is, whatever its name; empty: it is not."""
    if directory == ".":
        return ""
    if path in questions.caches:
        return "cache"
    # .gitmodules alone proves nothing: a pull request could name any directory in it
    if listing.git == "file" or (directory in questions.submodules and (listing.git or listing.is_empty)):
        return "submodule"
    return "nested-repository" if listing.git else ""


def _is_module_cache(path: str, listing: _Listing) -> bool:
    """Whether it looks as `go help modcache` describes: cache/download, nothing else of note beside it.

    A package named cache with a subpackage download is none.
    """
    if listing.has_module or "cache" not in listing.folders:
        return False
    try:
        with os.scandir(f"{path}/cache") as entries:
            beside = {entry.name for entry in entries}
        if "download" not in beside or not beside <= _CACHE_ENTRIES:
            return False
        with os.scandir(f"{path}/cache/download") as entries:
            return all(entry.is_dir(follow_symlinks=False) for entry in entries)
    except OSError:
        return False


def _list(path: str) -> _Listing:
    listing = _Listing()
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            listing.is_empty = False
            if entry.is_dir(follow_symlinks=False):
                if name == ".git":
                    listing.git = "directory"
                if name not in _UNSEARCHED:
                    listing.folders.append(name)
            elif name == "go.mod":
                listing.has_module = True
            elif name == "go.work":
                listing.has_workspace = True
            elif name == ".git":
                listing.git = "file"
            elif entry.is_symlink():
                listing.links.append(name)
            else:
                _note_file(listing, name)
    return listing


def _note_file(listing: _Listing, name: str) -> None:
    if is_document(name):
        listing.documents.append(name)
    elif is_script(name):
        listing.scripts.append(name)


def is_document(name: str) -> bool:
    """Whether a file's name says that it may tell of images: YAML, a Dockerfile, a Procfile."""
    return name.endswith((".yml", ".yaml")) or _DOCKERFILE.fullmatch(name) is not None or name == "Procfile"


def is_script(name: str) -> bool:
    """Whether a file's name says that it runs commands: a shell script, a Makefile."""
    return name.endswith((".sh", ".bash", ".mk")) or name in ("Makefile", "GNUmakefile", "makefile")


def is_dockerfile(path: str) -> bool:
    """Whether a file is a Dockerfile by its name, not what Docker ignores for one."""
    name = path.rpartition("/")[2]
    return _DOCKERFILE.fullmatch(name) is not None and not name.endswith(".dockerignore")


def directory_links(root: str, found: Survey) -> list[str]:
    """Links to directories that hold a module and were not walked under their own name, once per real directory."""
    shown: list[str] = []
    seen: set[str] = set()
    for link in sorted(found.links):
        real = os.path.realpath(f"{root}/{link}")
        if real in seen or relative(root, real) in found.walked:
            continue
        if is_directory(real) and os.path.lexists(f"{real}/go.mod"):
            seen.add(real)
            shown.append(link)
    return shown
