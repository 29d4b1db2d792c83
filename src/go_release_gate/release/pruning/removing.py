"""What deletes manifests: the registry itself, or for GitHub's registry, which does not, the packages interface."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from go_release_gate.adapters.github.api import Api
from go_release_gate.adapters.github.packages import Packages
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import at
from go_release_gate.adapters.registry.writing import delete_manifest
from go_release_gate.errors import RefusedError
from go_release_gate.oci import digest as digests

GITHUB = "ghcr.io"


class Remover(Protocol):
    """Deletes manifests of a repository."""

    def probe(self, repository: str) -> None:
        """Raise what deleting would: RefusedError, DeniedError, UnavailableError. Nothing is changed."""
        ...

    def delete(self, repository: str, digest: str) -> bool:
        """Take a manifest away; False: it was not there. Raises GateError."""
        ...


@dataclass(frozen=True, slots=True)
class RegistryRemover:
    """Deletes by the registry's own interface."""

    registries: Registries

    def probe(self, repository: str) -> None:
        """Try to delete a digest that nothing has: whether that is absent, refused or denied tells it all."""
        delete_manifest(self.registries, at(repository, digests.of(secrets.token_bytes(32))))

    def delete(self, repository: str, digest: str) -> bool:
        """Take a manifest away."""
        return delete_manifest(self.registries, at(repository, digest))


@dataclass(frozen=True, slots=True)
class PackagesRemover:
    """Deletes versions of a container package at GitHub, where each manifest is a version."""

    packages: Packages

    def probe(self, repository: str) -> None:
        """Read the versions; whether the token may delete is not told before it does."""
        self.packages.versions(at(repository).path)

    def delete(self, repository: str, digest: str) -> bool:
        """Take a manifest's version away."""
        return self.packages.delete(at(repository).path, digest)


@dataclass(frozen=True, slots=True)
class Refusing:
    """For a repository where nothing can be deleted; `reason` says why."""

    reason: str
    hint: str = ""

    def probe(self, repository: str) -> None:
        """Raise RefusedError."""
        raise RefusedError(f"{repository}: {self.reason}", self.hint)

    def delete(self, repository: str, digest: str) -> bool:
        """Raise RefusedError."""
        raise RefusedError(f"{repository}@{digest}: {self.reason}", self.hint)


def removers(repositories: Iterable[str], registries: Registries, api: Api | None = None) -> dict[str, Remover]:
    """What deletes in each repository; `api`: GitHub, None where it is not reached."""
    return {name: _remover(name, registries, api) for name in repositories}


def _remover(repository: str, registries: Registries, api: Api | None) -> Remover:
    if at(repository).domain != GITHUB:
        return RegistryRemover(registries)
    if api is None:
        return Refusing("GitHub's registry deletes through GitHub alone", "set a token with `packages: write`")
    return PackagesRemover(Packages(api))
