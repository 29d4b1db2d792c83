"""What a repository holds, as pruning needs it: tags with their digests, what each leads to, what refers to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import at, in_parallel
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.adapters.registry.referring import fallback_tag, referrers
from go_release_gate.facts.images import manifests
from go_release_gate.oci.reference import Reference

SUFFIXES = ("", ".sig", ".att", ".sbom")
"""Behind `sha256-…`: the specification's fallback tag, and what cosign keeps beside an image."""
DEPTH = 4  # indexes in indexes, referrers of referrers


@dataclass(slots=True)
class Survey:
    """A repository. Everything is asked for when it is needed, and once.

    Attributes:
        tags: tag → digest.
    """

    registries: Registries
    repository: str
    tags: dict[str, str] = field(default_factory=dict)
    _parts: dict[str, manifests.Parts | None] = field(default_factory=dict)

    def tags_of(self, digest: str) -> list[str]:
        """The tags that name a digest."""
        return [tag for tag, one in self.tags.items() if one == digest]

    def present(self, digests: Collection[str]) -> set[str]:
        """Those of some digests that are there as manifests."""
        self._read(digests)
        return {digest for digest in digests if self._parts[digest] is not None}

    def closure(self, digests: Collection[str]) -> set[str]:
        """Some digests with every manifest below them; what is not there leads nowhere."""
        found: set[str] = set()
        level = set(digests)
        for _ in range(DEPTH + 1):
            self._read(level)
            found |= level
            level = {child.digest for digest in level for child in self._known(digest).manifests} - found
            if not level:
                return found
        return found | level

    def referring(self, digests: Collection[str]) -> set[str]:
        """What refers to some digests, and to that again: by its own word (`subject`), or by a tag's name.

        An index at a fallback tag may list whatever its writer liked: what has another subject is left out.
        """
        found: set[str] = set()
        level = set(digests)
        for _ in range(DEPTH):
            listed = in_parallel(sorted(level), lambda digest: referrers(self.registries, at(self.repository, digest)))
            named = {one.digest for several in listed for one in several}
            self._read(named)
            new = {digest for digest in named if self._known(digest).subject in level}
            new |= {self.tags[tag] for digest in level for tag in attached_tags(digest) if tag in self.tags}
            level = new - found - set(digests)
            if not level:
                break
            found |= level
        return found

    def _known(self, digest: str) -> manifests.Parts:
        return self._parts[digest] or manifests.Parts()

    def _read(self, digests: Iterable[str]) -> None:
        new = sorted(set(digests) - self._parts.keys())
        self._parts.update(zip(new, in_parallel(new, self._asked), strict=True))

    def _asked(self, digest: str) -> manifests.Parts | None:
        try:
            return manifests.parts(self.registries.manifest(at(self.repository, digest)).content)
        except AbsentError:
            return None


def survey(registries: Registries, repository: str) -> Survey:
    """A repository's tags and where they stand; a repository that is not there is empty.

    Raises:
        DeniedError, RegistryError: it could not be asked: nothing is known then.
    """
    reference = at(repository)
    try:
        names = registries.tags(reference)
    except AbsentError:
        return Survey(registries, repository)

    def digest(tag: str) -> str:
        try:
            return registries.look(Reference(reference.domain, reference.path, tag)).digest
        except AbsentError:
            return ""

    found = zip(names, in_parallel(names, digest), strict=True)
    return Survey(registries, repository, {tag: one for tag, one in found if one})


def attached_tags(digest: str) -> tuple[str, ...]:
    """The tags under which things lie that refer to a digest."""
    return tuple(fallback_tag(digest) + suffix for suffix in SUFFIXES)
