"""One place of a manifest that says which image runs, and what its scalars become when another one is to run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from go_release_gate.errors import RefusedError
from go_release_gate.gitops.document import Node
from go_release_gate.oci import digest as digests
from go_release_gate.oci.manifests.kustomize import bare
from go_release_gate.oci.reference import InvalidReferenceError, is_valid_tag, parse

_VERSION = re.compile(r"(v?)\d+(?:\.\d+){0,2}(?:[-+][0-9A-Za-z.+-]*)?")
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to run.

    Attributes:
        repositories: where its bytes lie; a manifest may name any of them and keeps the one it names.
        digest: of the manifest. version: of the release; a tag follows it where one stands.
        by_tag: whether a place that has a tag and no digest may be moved by its tag.
        known: digests that this service may show now; places that show several others are refused.
    """

    repositories: tuple[str, ...]
    digest: str
    version: str = ""
    by_tag: bool = False
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Use:
    """An image in a manifest: as one text (`whole`), or its repository with tag and digest apart.

    Attributes:
        place: dotted path in its document. names: what its repository may mean, without tag and digest.
        tag_key, digest_key: what these are called here.
    """

    path: str
    line: int
    place: str
    names: tuple[str, ...]
    whole: Node | None = None
    tag: Node | None = None
    digest: Node | None = None
    tag_key: str = "tag"
    digest_key: str = "digest"

    def is_of(self, repositories: Iterable[str]) -> bool:
        """Whether it names one of the repositories, however short."""
        return not names_of(self.names).isdisjoint(names_of(repositories))

    @property
    def shown(self) -> tuple[str, str]:
        """Tag and digest that it has now, each empty where there is none."""
        if self.whole:
            return split(self.whole.value)
        tag, digest = split(f":{self.tag.value}") if self.tag else ("", "")
        return tag, (self.digest.value if self.digest else "") or digest

    @property
    def text(self) -> str:
        """What it shows, for people."""
        tag, digest = self.shown
        return f"{self.path}:{self.line} {digest or tag or 'nothing'}"


def names_of(repositories: Iterable[str]) -> set[str]:
    """The repositories in their full form; what is none (a template, a reference with a tag) is left out."""
    found = set()
    for text in repositories:
        try:
            reference = parse(text)
        except InvalidReferenceError:
            continue
        if not (reference.tag or reference.digest):
            found.add(reference.name)
    return found


def split(text: str) -> tuple[str, str]:
    """Tag and digest of a reference's text."""
    name, _, digest = text.partition("@")
    return name[len(bare(name)) + 1 :], digest


def changes(use: Use, wish: Wish) -> dict[Node, str]:
    """The scalars to replace and their new texts; the same text where nothing is to do.

    Raises:
        RefusedError: it has no scalar that a digest (or tag) could be written to, or one of another kind.
    """
    tag, digest = use.shown
    if digest and not digests.is_valid(digest):
        raise _refusal(use, f"shows {digest[:_SHOWN]!r}, which is no sha256 digest", "correct it by hand first")
    if not digest and wish.by_tag:
        return _by_tag(use, wish)
    if use.whole:
        followed = following(tag, wish.version)
        text = bare(use.whole.value) + (f":{followed}" if followed else "")
        return {use.whole: f"{text}@{wish.digest}"}
    if use.tag and "@" in use.tag.value:
        return {use.tag: f"{following(tag, wish.version) or tag}@{wish.digest}"}
    if use.digest is None:
        raise _refusal(
            use,
            f"has no `{use.digest_key}`, and adding one is more than an edit of one value",
            f"add `{use.digest_key}: {wish.digest}` there by hand once, or set `by: tag` for this target",
        )
    followed = following(tag, wish.version)
    return {use.digest: wish.digest} | ({use.tag: followed} if use.tag and followed else {})


def following(old: str, version: str) -> str:
    """The version as a tag in the style of the old one (`v1.2.3` or `1.2.3`); empty where `old` is no version."""
    match = _VERSION.fullmatch(old)
    return tag_of(version, has_v=bool(match[1])) if match else ""


def tag_of(version: str, *, has_v: bool) -> str:
    """The version as a tag; empty where it is no version."""
    if not _VERSION.fullmatch(version):
        return ""
    tag = ("v" if has_v else "") + version.removeprefix("v").replace("+", "-")  # as registries' tags have to
    return tag if is_valid_tag(tag) else ""


def tag_alone(use: Use, wish: Wish) -> str:
    """The tag that will say what runs at a place, as no digest does; empty: a digest does, or no tag can."""
    tag, digest = use.shown
    if digest or not wish.by_tag:
        return ""
    return following(tag, wish.version) or tag_of(wish.version, has_v=wish.version.startswith("v"))


def _by_tag(use: Use, wish: Wish) -> dict[Node, str]:
    new = tag_alone(use, wish)
    if not new:
        raise _refusal(use, "is moved by tag, and the release has no version that is a tag", "set `by: digest`")
    if use.whole:
        return {use.whole: f"{bare(use.whole.value)}:{new}"}
    if use.tag is None:
        raise _refusal(use, f"has no `{use.tag_key}`", f"add `{use.tag_key}: {new}` there by hand once")
    return {use.tag: new}


def _refusal(use: Use, words: str, hint: str) -> RefusedError:
    return RefusedError(f"{use.path}:{use.line}: {use.place or 'the image'} {words}", hint)
