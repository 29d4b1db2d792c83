"""What files of protected branches name: digests, and tags of certain repositories. Whatever they name stays.

Every file counts, of any format: a digest in a script or in a document about an incident is a reason to ask somebody
before it vanishes. What is named by a tag apart from its repository (`newTag`, `image.tag`) is the business of the
image names that are read from manifests (`facts/image_uses.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from go_release_gate.adapters.git import Git, TreeEntry
from go_release_gate.errors import UnavailableError
from go_release_gate.oci.manifests.use import ImageUse
from go_release_gate.oci.reference import InvalidReferenceError, parse

FILE_LIMIT = 1 << 20  # bytes; larger files are data, and no manifests
BATCH = 16 << 20  # bytes read at once
_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class Named:
    """What is named."""

    digests: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def __or__(self, other: Named) -> Named:
        return Named(self.digests | other.digests, self.tags | other.tags)


def named_on_branches(git: Git, revisions: Iterable[str], repositories: Collection[str]) -> Named:
    """What the files at some revisions name; `repositories`: those whose tags count.

    Raises:
        UnavailableError: a revision, or the content of a file, is not in this checkout.
    """
    found = Named()
    seen: set[str] = set()
    for revision in revisions:
        entries = [one for one in git.tree(revision) if one.mode.startswith("100") and one.object not in seen]
        if any(one.size is None for one in entries):
            raise UnavailableError(
                f"files of {revision} are not in this checkout, so that nobody can tell what they name",
                "check out whole files (actions/checkout: no `filter`)",
            )
        seen |= {one.object for one in entries}
        for batch in _batches([one for one in entries if (one.size or 0) <= FILE_LIMIT]):
            for content in git.contents(batch):
                found |= named_in(content, repositories)
    return found


def named_in(content: bytes, repositories: Collection[str]) -> Named:
    """What a text names."""
    tags: set[str] = set()
    for name in repositories:
        pattern = (
            rb"(?<![\w./-])" + re.escape(name.encode()) + rb":([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,126}[A-Za-z0-9_])?)"
        )
        tags |= {match.decode() for match in re.findall(pattern, content)} if name.encode() in content else set()
    return Named(frozenset(match.decode() for match in _DIGEST.findall(content)), frozenset(tags))


def named_by_uses(uses: Iterable[ImageUse], repositories: Collection[str]) -> Named:
    """What image names that were read from manifests say, where tag and repository stand apart."""
    digests: set[str] = set()
    tags: set[str] = set()
    known = {_name(one) for one in repositories}
    for use in uses:
        try:
            reference = use.reference()
        except InvalidReferenceError:
            continue
        digests.add(reference.digest)
        if reference.name in known:
            tags.add(reference.tag)
    return Named(frozenset(digests - {""}), frozenset(tags - {""}))


def _name(repository: str) -> str:
    try:
        return parse(repository).name
    except InvalidReferenceError:
        return repository


def _batches(entries: Sequence[TreeEntry]) -> Iterator[list[TreeEntry]]:
    batch: list[TreeEntry] = []
    size = 0
    for one in entries:
        if batch and size + (one.size or 0) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size or 0
    if batch:
        yield batch
