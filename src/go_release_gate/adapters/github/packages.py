"""Versions of container packages at GitHub: its registry deletes nothing, the packages interface does.

Each manifest of ghcr.io is a version whose name is its digest; deleting the version of a tag deletes the manifest.
https://docs.github.com/rest/packages/packages
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from go_release_gate.adapters.github.api import Api, MissingError, RejectedError
from go_release_gate.errors import RefusedError, UnavailableError

NEEDS = "packages: write"
MOST = 10_000  # versions of one package


@dataclass(frozen=True, slots=True)
class _Package:
    """Where a package's versions are, and the id of each by its digest."""

    place: str
    versions: dict[str, int]


@dataclass(slots=True)
class Packages:
    """Container packages, by their path in the registry (`acme/shop`). What is there is read once.

    Every method raises GitHubError where GitHub does not answer or the token may not.
    """

    api: Api
    _known: dict[str, _Package] = field(default_factory=dict, repr=False)

    def versions(self, path: str) -> dict[str, int]:
        """Digest → id of every version. Raises MissingError: there is no such package, or none that we may see."""
        return self._package(path).versions

    def delete(self, path: str, digest: str) -> bool:
        """Delete the version with this digest; False: there is none (any more).

        Raises:
            RefusedError: GitHub keeps it: the last tagged version, or a public one that was pulled very often.
        """
        package = self._package(path)
        number = package.versions.get(digest)
        if number is None:
            return False
        try:
            self.api.write("DELETE", f"{package.place}/{number}", needs=NEEDS, repeatable=True)
        except MissingError:
            return False
        except RejectedError as error:
            raise RefusedError(f"GitHub does not delete {path}@{digest}: {error.message}") from error
        del package.versions[digest]
        return True

    def _package(self, path: str) -> _Package:
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> _Package:
        owner, _, name = path.partition("/")
        package = f"{quote(owner, safe='')}/packages/container/{quote(name, safe='')}/versions"
        try:
            place = f"/orgs/{package}"
            found = self.api.pages(place, most=MOST)
        except MissingError:  # the owner is a person, or the package is not there
            place = f"/users/{package}"
            found = self.api.pages(place, most=MOST)
        if len(found) >= MOST:
            raise UnavailableError(f"the package {path} has {MOST} versions or more: not all of them can be read")
        pairs = ((each.get("name"), each.get("id")) for each in found)
        return _Package(place, {str(one): number for one, number in pairs if isinstance(number, int)})
