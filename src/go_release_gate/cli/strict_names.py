"""Image names under `policy: strict`: what is known of releases is collected here, and judged in `oci/tags/strict`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import GateError
from go_release_gate.facts.release_table import ModuleTags, ReleaseTable, Row, tag_prefix
from go_release_gate.gomod.ladder import is_release
from go_release_gate.gomod.modulepath import agrees
from go_release_gate.model.finding import Location
from go_release_gate.oci.tags.answer import Answer, Problem, ProblemKind
from go_release_gate.oci.tags.collisions import Refs, collisions
from go_release_gate.oci.tags.context import EPOCH, PULLS, Context
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.images import read_images
from go_release_gate.oci.tags.labels import PREFIX, iso
from go_release_gate.oci.tags.strict import Releases, Strictness

if TYPE_CHECKING:
    from go_release_gate.cli.image_context import Sources
    from go_release_gate.cli.tag_listing import Listed, TagListing
    from go_release_gate.config.settings import ImageSettings
    from go_release_gate.oci.tags.inputs import Inputs

FETCH = "check out with history and tags (actions/checkout: fetch-depth: 0), or give github-token (contents: read)"
OF_NESTED = "type=semver,pattern={{raw}}"
"""Without `tags`, `services/api/v1.2.3` is named as `v1.2.3` is: by the version, not by the whole tag's name."""
_GO_MOD_LIMIT = 1 << 20  # bytes
_MAJOR = re.compile("v[1-9][0-9]*")
_MODULE_LINE = re.compile(rb"""(?m)^[ \t]*module[ \t]+\(?\s*["`]?([^\s"`)]+)""")


@dataclass(frozen=True, slots=True)
class StrictAnswer:
    """The names, and everything that was left out or changed, with its reason."""

    answer: Answer
    context: Context
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are found out: the run's sources, the tags that are listed, the configured images."""

    sources: Sources
    listing: TagListing
    images: tuple[ImageSettings, ...] = ()


def strict_answer(inputs: Inputs, context: Context, places: Places) -> StrictAnswer:
    """Make the names for a run. Raises UsageError as `evaluate` does."""
    sources, listed = places.sources, places.listing.answer
    tags, missing = _tags(sources, listed, context, inputs)
    table = _table(sources.root, context.tag, places.images)
    releases = _releases(table, context.tag, tags, missing)
    context = replace(context, release=releases.version)
    inputs, said = _with_images(inputs, table, context.tag)
    if not inputs.tags.strip() and "/" in context.tag and releases.version:
        inputs = replace(inputs, tags=OF_NESTED)
    judge = Strictness(releases)
    answer = evaluate(inputs, context, judge)
    is_pushed = not context.ref.startswith(PULLS)
    tag = context.tag
    refs = Refs(listed.branches, releases.known, tags, lambda other: not tag or _names_same(table, tag, other))
    found = [
        *_without_row(table, tag),
        *judge.problems.values(),
        *collisions(inputs, context, judge.own, refs if is_pushed else Refs()),
    ]
    if sources.is_timeless:
        answer, more = _timeless(answer, inputs)
        found += more
        said.append("`created` is left out: when the commit was made is not known, and the clock does not count")
    problems = (*_without_echo(answer.problems, bool(judge.problems)), *found)
    return StrictAnswer(replace(answer, problems=problems), context, (*said, *judge.notices))


def _without_row(table: ReleaseTable, tag: str) -> list[Problem]:
    """A tag of which the table of images knows nothing: the names would be another image's, or nobody's."""
    if not tag or not table.rows or table.rows_of(tag):
        return []
    patterns = ", ".join(sorted({pattern for row in table.rows for pattern in row.patterns})[:5])
    said = f"the tag {tag} releases no image of the configuration"
    return [Problem(ProblemKind.NO_MODULE, "", said, f"expected a tag like {patterns}, or add it to `images:`")]


def _without_echo(problems: tuple[Problem, ...], is_open: bool) -> tuple[Problem, ...]:
    """That no tag comes out is no finding of its own where names wait for an answer."""
    return tuple(one for one in problems if not (is_open and one.kind is ProblemKind.NO_TAG))


def _tags(sources: Sources, listed: Listed, context: Context, inputs: Inputs) -> tuple[tuple[str, ...], str]:
    """Every git tag, and why some may be missing (empty: none is)."""
    git, own = sources.git, context.tag
    here, is_shallow = listed.tags, listed.is_shallow
    if any(name != own for name in here) and not (is_shallow and not git.has_tags_elsewhere()):
        return here, ""
    is_cut = is_shallow or git.leaves_out_tags() or not git.is_repository()
    is_needed = bool(own) or "value=" in inputs.tags
    api = sources.api if is_needed else None
    if api is None:
        return here, "this checkout has not all tags of the repository" if is_cut else ""
    from go_release_gate.adapters.github.trees import tags_at

    try:
        return tuple(dict.fromkeys((*here, *tags_at(api)))), ""
    except GateError as error:
        return here, f"this checkout has not all tags of the repository, and {error.message}" if is_cut else ""


def _table(root: Path, tag: str, images: Iterable[ImageSettings]) -> ReleaseTable:
    """The configured rows, and the modules that they or the tag may be about."""
    entries = tuple(images)
    folder = tag.rpartition("/")[0] or "."
    found = {one.dir: one for one in _modules(root, {folder, *(entry.module for entry in entries)})}
    prefixes = {one.prefix for one in found.values()}
    if (prefix := "" if folder == "." else f"{folder}/") not in prefixes:  # released without a go.mod here
        found[folder] = ModuleTags(folder, "", prefix, Location(posixpath.join(folder, "go.mod"), 1))
    rows = tuple(_row(entry, found) for entry in entries)
    return ReleaseTable(rows, tuple(found.values()), is_strict=True, is_configured=bool(rows))


def _row(entry: ImageSettings, modules: dict[str, ModuleTags]) -> Row:
    module = modules.get(entry.module)
    prefix = module.prefix if module else tag_prefix(entry.module, "")
    return Row(entry.image.lower(), entry.module, entry.tags or (f"{prefix}v*",), (), Location(entry.path, entry.line))


def _modules(root: Path, folders: Iterable[str]) -> Iterable[ModuleTags]:
    """The modules in these directories, and those of other major versions right below (`v2/`)."""
    for folder in sorted(folders):
        place = root / folder
        below = [name for name in (_names(place)) if _MAJOR.fullmatch(name)]
        for directory in (folder, *(posixpath.normpath(f"{folder}/{name}") for name in below)):
            if path := _path_of(root, directory):
                location = Location(posixpath.normpath(f"{directory}/go.mod"), 1)
                yield ModuleTags(directory, path, tag_prefix(directory, path), location)


def _names(place: Path) -> list[str]:
    try:
        return sorted(one.name for one in place.iterdir())
    except OSError:
        return []


def _path_of(root: Path, directory: str) -> str:
    """The path that a go.mod gives its module; empty: there is none."""
    try:
        data = read_regular(root, directory, "go.mod", _GO_MOD_LIMIT)
    except RefusedFileError:
        return ""
    found = _MODULE_LINE.search(data or b"")
    return found[1].decode("utf-8", "replace") if found else ""


def _releases(table: ReleaseTable, tag: str, tags: tuple[str, ...], missing: str) -> Releases:
    if not tag:
        listed = {row.module for row in table.rows}
        folder = next(iter(listed)) if len(listed) == 1 else "."
        return Releases(known=table.releases(folder, tags), missing=missing, hint=FETCH)
    owners: tuple[Row | ModuleTags, ...] = (*table.rows_of(tag), *table.modules_of(tag))
    version = next((version for owner in owners if (version := owner.version_of(tag))), "")
    module = next(iter(table.modules_of(tag)), None)
    known = table.releases(module.dir, tags) if module else {}
    return Releases(tag, version, known, missing, FETCH, _misfit(table, tag, version))


def _misfit(table: ReleaseTable, tag: str, version: str) -> str:
    """Why a tag's major version is none of the module whose tag it is; empty: it is."""
    paths = [module.path for module in table.modules_of(tag) if module.path]
    if not paths or not is_release(version) or any(agrees(path, version) for path in paths):
        return ""
    return f"{version} does not fit the module path {paths[0]}"


def _names_same(table: ReleaseTable, tag: str, other: str) -> bool:
    """Whether another tag is named for the same images; any is, where no table tells the images apart."""
    own, theirs = set(table.rows_of(tag)), set(table.rows_of(other))
    return not own or not theirs or bool(own & theirs)


def _with_images(inputs: Inputs, table: ReleaseTable, tag: str) -> tuple[Inputs, list[str]]:
    """The inputs with the images of the table, and what was changed."""
    given = read_images(inputs.images)
    notices = [
        f"the image {one.name} is written {one.base}: names are lower case" for one in given if one.name != one.base
    ]
    rows = table.rows_of(tag) if tag else table.rows
    listed = dict.fromkeys(row.image for row in rows)
    if not given:
        return replace(inputs, images="\n".join(listed)), notices
    foreign = {row.image for row in table.rows} - set(listed)
    if not tag or not listed or not any(one.base in foreign for one in given):
        return inputs, notices
    notices += [
        f"the image {one.base} is left out: the tag {tag} is another one's" for one in given if one.base in foreign
    ]
    kept = [one.base for one in given if one.enabled and one.base not in foreign] or list(listed)
    return replace(inputs, images="\n".join(f"name={name}" for name in kept)), notices


def _timeless(answer: Answer, inputs: Inputs) -> tuple[Answer, list[Problem]]:
    """Without the time of the commit: no label that gives one, and no name that is made of one."""
    created = f"{PREFIX}created={iso(EPOCH)}"
    answer = replace(
        answer,
        labels=tuple(line for line in answer.labels if line != created),
        annotations=tuple(line for line in answer.annotations if line.partition(":")[2] != created),
    )
    texts = (inputs.tags, inputs.flavor, inputs.labels, inputs.annotations)
    if not any("{{" in text and "date" in text for text in texts):
        return answer, []
    hint = "set SOURCE_DATE_EPOCH, or check the commit out"
    return answer, [
        Problem(ProblemKind.UNKNOWN_TIME, "", "a date is asked for, and when the commit was made is not known", hint)
    ]
