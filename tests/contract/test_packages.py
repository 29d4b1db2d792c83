"""Versions of container packages at GitHub, as its published description has them."""

from __future__ import annotations

import pytest

from fakes.github import GitHub
from fakes.github.state import PackageVersion
from go_release_gate.adapters.github.api import DeniedError, MissingError
from go_release_gate.adapters.github.packages import Packages
from go_release_gate.errors import RefusedError
from go_release_gate.oci import digest as digests
from support.patient import client, losing

PATH = "acme/shop/api"


def digest(number: int) -> str:
    """The digest of one version."""
    return digests.of(f"{number}".encode())


@pytest.fixture(params=["organization", "person"])
def package(github: GitHub, request: pytest.FixtureRequest) -> dict[int, PackageVersion]:
    """The package shop/api of acme with 130 versions, two of which have tags."""
    github.repository.is_owned_by_person = request.param == "person"
    made = {}
    for number in range(130):
        tags = {0: ("1.0.0",), 1: ("1.1.0", "latest")}.get(number, ())
        made[number + 1] = PackageVersion(number + 1, github.state.now(), digest(number), tags)
    github.repository.packages["shop/api"] = made
    return made


def test_versions_over_pages(github: GitHub, package: dict[int, PackageVersion]) -> None:
    """Each manifest is found by its digest, whoever owns the package."""
    found = Packages(client(github)).versions(PATH)
    assert found == {version.name: number for number, version in package.items()}


def test_deleting_a_version(github: GitHub, package: dict[int, PackageVersion]) -> None:
    """It goes, once; a lost answer is no failure; what the list does not have is not asked for."""
    packages = Packages(client(github, losing(0, "DELETE")))
    assert packages.versions(PATH)
    packages.delete(PATH, digest(5))
    assert packages.delete(PATH, digest(6))
    assert not packages.delete(PATH, digest(5))
    assert not packages.delete(PATH, digest(999))
    assert {digest(5), digest(6)}.isdisjoint(version.name for version in package.values())
    assert len(package) == 128


def test_the_last_tagged_version(github: GitHub, package: dict[int, PackageVersion]) -> None:
    """GitHub keeps it, and its reason is told."""
    packages = Packages(client(github))
    assert packages.delete(PATH, digest(0))
    with pytest.raises(RefusedError, match="last tagged version"):
        packages.delete(PATH, digest(1))
    assert len(package) == 129


def test_rights_and_absence(github: GitHub, package: dict[int, PackageVersion]) -> None:
    """A token that may only read is told what to grant; a package that is not there is missing."""
    github.restrict(packages="read")
    packages = Packages(client(github))
    with pytest.raises(DeniedError) as caught:
        packages.delete(PATH, digest(7))
    assert "packages: write" in caught.value.hint
    with pytest.raises(MissingError):
        packages.versions("acme/other")
    assert len(package) == 130
