"""Manifests that are to run another image: what they show, and their new bytes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from go_release_gate.errors import RefusedError
from go_release_gate.gitops import helm, kubernetes, kustomize
from go_release_gate.gitops.document import Node, Source, read
from go_release_gate.gitops.scalar import replaced
from go_release_gate.gitops.use import Use, Wish, changes, following, tag_of

Format = Literal["auto", "kustomize", "helm", "kubernetes"]
LISTED = 10  # places in one message


@dataclass(frozen=True, slots=True)
class Edit:
    """One scalar: where it is, what it says and what it is to say."""

    path: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The edits and the new bytes of the files they change; neither, where everything is as it should be.

    `uses`: the places that name the image, as they were read.
    """

    edits: tuple[Edit, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    uses: tuple[Use, ...] = field(default=(), compare=False)


def uses_of(files: Mapping[str, bytes], repositories: Iterable[str], format_: Format = "auto") -> tuple[Use, ...]:
    """The places in the files (path → bytes) that name one of the repositories.

    Raises:
        RefusedError: a file that could name one cannot be read.
    """
    wanted = tuple(repositories)
    return tuple(use for source in _read(files, wanted) for use in _uses(source, format_) if use.is_of(wanted))


def edited(files: Mapping[str, bytes], wish: Wish, format_: Format = "auto", *, chart_version: bool = False) -> Edited:
    """Make the files name the wished image, one scalar for each edit.

    Args:
        files: path → bytes of the files that may be edited. format_: what they are; auto: told by each document.
        chart_version: whether `appVersion` of a Chart.yaml among them follows the version.

    Raises:
        RefusedError: nothing names the image; several places show different images; an edit would be no plain one.
    """
    sources = _read(files, wish.repositories)
    found = [(source, use) for source in sources for use in _uses(source, format_) if use.is_of(wish.repositories)]
    if not found:
        raise RefusedError(
            f"{', '.join(files) or 'no file'} names none of {', '.join(wish.repositories)}",
            "check `files` and `format` of the target, and `image` of the service",
        )
    refuse_mixture([use for _, use in found], wish)
    wanted: dict[str, dict[Node, str]] = {}
    for source, use in found:
        wanted.setdefault(source.path, {}).update(changes(use, wish))
    by_path = {source.path: source for source in sources}
    if chart_version:
        for source, node, text in _charts(files, set(wanted), wish):
            by_path[source.path] = source
            wanted.setdefault(source.path, {})[node] = text
    return _made(by_path, wanted, tuple(use for _, use in found))


def refuse_mixture(uses: Iterable[Use], wish: Wish) -> None:
    """Raise RefusedError where places show different images and not all of them are this move's."""
    listed = list(uses)
    shown = {digest or tag for tag, digest in (use.shown for use in listed)}
    if len(shown) > 1 and not shown <= {*wish.known, wish.digest}:
        more = f" and {len(listed) - LISTED} more" if len(listed) > LISTED else ""
        raise RefusedError(
            f"the files show different images: {', '.join(use.text for use in listed[:LISTED])}{more}",
            "make them agree by hand, or name only the files of this environment in `files`",
        )


def _made(sources: Mapping[str, Source], wanted: Mapping[str, dict[Node, str]], uses: tuple[Use, ...]) -> Edited:
    edits = tuple(
        Edit(path, node.line, node.text, text)
        for path, nodes in wanted.items()
        for node, text in sorted(nodes.items(), key=lambda one: one[0].start)
        if node.value != text
    )
    paths = dict.fromkeys(edit.path for edit in edits)
    return Edited(edits, {path: replaced(sources[path], wanted[path]) for path in paths}, uses)


def _read(files: Mapping[str, bytes], repositories: Iterable[str]) -> list[Source]:
    """Those files in which the last part of a repository's name stands at all; the others need not be YAML."""
    words = {posixpath.basename(one).encode() for one in repositories}
    return [read(path, data) for path, data in files.items() if any(word in data for word in words)]


def _uses(source: Source, format_: Format) -> Iterator[Use]:
    for document in source.documents:
        if format_ == "kustomize" or (format_ == "auto" and kustomize.is_kustomization(source.path, document)):
            yield from kustomize.uses(source.path, document)
        elif format_ == "kubernetes" or (format_ == "auto" and kubernetes.is_object(document)):
            yield from kubernetes.uses(source.path, document)
        elif posixpath.basename(source.path) != helm.CHART:
            yield from helm.uses(source.path, document)


def _charts(files: Mapping[str, bytes], edited_paths: set[str], wish: Wish) -> Iterator[tuple[Source, Node, str]]:
    """The `appVersion` of charts above an edited file; of every chart where none is above one."""
    charts = [path for path in files if posixpath.basename(path) == helm.CHART]
    above = [path for path in charts if any(_is_below(one, posixpath.dirname(path)) for one in edited_paths)]
    for path in above or charts:
        source = read(path, files[path])
        node = next((node for one in source.documents if (node := helm.app_version(path, one))), None)
        text = wish.version.removeprefix("v") if tag_of(wish.version, has_v=False) else ""
        if node is None or not text:
            what = "no appVersion" if node is None else "an appVersion, and the release has no version"
            raise RefusedError(f"{path}: there is {what}", "add it by hand once, or take `chart-version` away")
        has_v = following(node.value, wish.version).startswith("v")
        yield source, node, f"v{text}" if has_v else text


def _is_below(path: str, directory: str) -> bool:
    return not directory or path.startswith(f"{directory}/")
