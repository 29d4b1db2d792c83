"""What a finished image is held against: the tag, its commit, and what that commit says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from go_release_gate.adapters.git import Git
from go_release_gate.config.settings import Settings
from go_release_gate.engine.commit_modules import CommitFiles, expected_modules, files_of, modules_of
from go_release_gate.engine.tagging import configured_rows
from go_release_gate.engine.walk import is_dockerfile
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.facts.image_content import Expected, ExpectedModule, ImageContent
from go_release_gate.facts.module import Module
from go_release_gate.facts.release_table import ModuleTags, ReleaseTable, Row, module_tags
from go_release_gate.facts.snapshot import snapshot_of
from go_release_gate.oci.reference import InvalidReferenceError, parse

FETCH = "check out with history and tags (actions/checkout: fetch-depth: 0)"
_REVISION = "org.opencontainers.image.revision"
_ASIDE = frozenset({"e2e", "example", "examples", "fixtures", "hack", "test", "testdata", "testing", "tests", "vendor"})
MOST_DOCKERFILES = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options say. `is_named`: whether the repository was named, so that it must be the image's."""

    tag: str = ""
    revision: str = ""
    platforms: tuple[str, ...] = ()
    is_named: bool = False

    @property
    def is_explicit(self) -> bool:
        """Whether anything of it was said about this image."""
        return bool(self.tag or self.revision or self.is_named)


def expect(git: Git, wish: Wish, settings: Settings, image: ImageContent) -> tuple[Expected | None, tuple[str, ...]]:
    """What the image should be, and what is to be said about that; None: it is judged against itself.

    Raises:
        UsageError: tag and revision are two commits. UnavailableError: one of them is not in the checkout.
    """
    commit = _commit(git, wish)
    revision = commit
    if not commit:
        commit = next((found for one in _told(image) if (found := git.commit(one))), "")
    if not commit:
        return _without(wish, "its commit is not known here, or not told at all")
    files = files_of(git, commit)
    modules = modules_of(files)
    if not modules:
        return _without(wish, f"the commit {commit[:12]} has no Go module")
    if not wish.is_explicit and not _is_of(image, modules):
        return _without(wish, "no program in it is of a module of this repository")
    table = _table(settings, modules)
    row = _row(table, image.name)
    owner = _owner(table, modules, wish.tag, row)
    known = expected_modules(files, modules)
    return Expected(
        version=table.version_of(wish.tag).removeprefix("v") if wish.tag else "",
        tag=wish.tag,
        revision=revision,
        source=git.origin(),
        module=owner.path if owner else "",
        go=_go(known, owner),
        sums=next((one.sums for one in known if owner and one.path == owner.path), None),
        base_digest=_base_digest(files, owner),
        platforms=wish.platforms or (row.platforms if row else ()),
        snapshot=snapshot_of(owner) if owner else "",
        modules=known,
    ), ()


def _without(wish: Wish, why: str) -> tuple[Expected | None, tuple[str, ...]]:
    """No commit to hold against; platforms still are."""
    said = f"the image is judged against itself alone: {why}"
    return (Expected(platforms=wish.platforms) if wish.platforms else None), (said,)


def _commit(git: Git, wish: Wish) -> str:
    """The commit that is asked for; empty: none is."""
    tagged = git.commit(f"refs/tags/{wish.tag}") if wish.tag else ""
    named = git.commit(wish.revision) if wish.revision else ""
    for text, found, what in ((wish.tag, tagged, "tag"), (wish.revision, named, "revision")):
        if text and not found:
            raise UnavailableError(f"the {what} {text!r} is not in this checkout", FETCH)
    if tagged and named and tagged != named:
        raise UsageError(
            f"the tag {wish.tag} is at the commit {tagged[:12]}, not at {named[:12]}", "give one of --tag, --revision"
        )
    return tagged or named


def _told(image: ImageContent) -> Iterator[str]:
    """Commits that the image itself tells of, as full hashes: what it was built from by its own account."""
    for platform in image.platforms:
        for binary in platform.binaries:
            yield _hash(binary.info.settings.get("vcs.revision", "") if binary.info else "")
        yield _hash(platform.config.labels.get(_REVISION, ""))


def _hash(text: str) -> str:
    is_hash = len(text) in (40, 64) and all(char in "0123456789abcdef" for char in text)
    return text if is_hash else "0" * 40


def _is_of(image: ImageContent, modules: Sequence[Module]) -> bool:
    paths = {module.path for module in modules}
    binaries = [binary for platform in image.platforms for binary in platform.binaries]
    return any(one.info is not None and one.info.main is not None and one.info.main.path in paths for one in binaries)


def _table(settings: Settings, modules: Sequence[Module]) -> ReleaseTable:
    tags: tuple[ModuleTags, ...] = tuple(map(module_tags, modules))
    rows = tuple(configured_rows(settings, tags))
    return ReleaseTable(rows, tags, is_configured=bool(rows))


def _row(table: ReleaseTable, name: str) -> Row | None:
    """The entry of the table that the image is of."""
    wanted = _name(name)
    return next((row for row in table.rows if wanted and _name(row.image) == wanted), None)


def _name(text: str) -> str:
    try:
        return parse(text).name
    except InvalidReferenceError:
        return ""


def _owner(table: ReleaseTable, modules: Sequence[Module], tag: str, row: Row | None) -> Module | None:
    """The module that the tag releases: the image's own where the table says so; None: not one alone."""
    if row is not None and (not tag or row.version_of(tag)):
        directories = [row.module]
    elif tag:
        directories = [one.dir for one in table.modules_of(tag)]
    else:
        directories = [one.dir for one in modules]
    found = [one for one in modules if one.dir in directories]
    return found[0] if len(found) == 1 else None


def _go(known: Sequence[ExpectedModule], owner: Module | None) -> str:
    return next((one.go for one in known if owner is not None and one.path == owner.path), "")


def _base_digest(files: CommitFiles, owner: Module | None) -> str:
    """What the last FROM of the Dockerfile pins, where only one Dockerfile can have built the image."""
    paths = [path for path in files.paths if is_dockerfile(path) and _ASIDE.isdisjoint(path.split("/"))]
    own = [path for path in paths if owner and owner.dir != "." and path.startswith(f"{owner.dir}/")]
    chosen = own or paths
    if len(chosen) != 1 or len(paths) > MOST_DOCKERFILES:
        return ""
    from go_release_gate.dockerfile.read import InvalidDockerfileError, read_dockerfile

    try:
        dockerfile = read_dockerfile(chosen[0], (files.read(chosen[0]) or b"").decode("utf-8", "replace"))
    except InvalidDockerfileError:
        return ""
    stage = dockerfile.stages[-1] if dockerfile.stages else None
    while stage is not None and stage.parent is not None:
        stage = dockerfile.stages[stage.parent]
    image = stage.image if stage is not None else ""
    try:
        return parse(image).digest if isinstance(image, str) and image else ""
    except InvalidReferenceError:
        return ""
