"""Versions of container packages: read once, deleted by their number, refused with GitHub's reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from go_release_gate.adapters.github.api import DeniedError, MissingError, RejectedError
from go_release_gate.adapters.github.packages import Packages
from go_release_gate.errors import RefusedError

ONE, TWO = (f"sha256:{letter * 64}" for letter in "ab")
ORGANIZATION = "/orgs/acme/packages/container/shop%2Fapi/versions"
PERSON = "/users/acme/packages/container/shop%2Fapi/versions"


class GitHub:
    """Lists of versions by their place, and what a deletion meets."""

    repository = "acme/shop"
    requests = 0

    def __init__(self, place: str, failure: Exception | None = None) -> None:
        self.lists = {place: [{"name": ONE, "id": 7}, {"name": TWO, "id": 8}, {"name": "odd"}]}
        self.failure = failure
        self.asked: list[tuple[str, str]] = []

    def pages(self, path: str, _query: Any = None, **_options: Any) -> list[Mapping[str, Any]]:
        """One of the lists."""
        self.asked.append(("GET", path))
        if path not in self.lists:
            raise MissingError("not found")
        return self.lists[path]

    def write(self, method: str, path: str, _body: Any = None, **options: Any) -> Mapping[str, Any]:
        """Note it, or fail."""
        assert options == {"needs": "packages: write", "repeatable": True}
        self.asked.append((method, path))
        if self.failure:
            raise self.failure
        return {}


@pytest.mark.parametrize("place", [ORGANIZATION, PERSON])
def test_a_version_goes_by_its_number(place: str) -> None:
    """Of an organization's package or of a person's; the list is read once; what is not there is no failure."""
    github = GitHub(place)
    packages = Packages(github)  # type: ignore[arg-type]
    assert packages.versions("acme/shop/api") == {ONE: 7, TWO: 8}
    assert packages.delete("acme/shop/api", ONE)
    assert not packages.delete("acme/shop/api", ONE)
    assert github.asked[-1] == ("DELETE", f"{place}/7")
    assert [method for method, _ in github.asked].count("DELETE") == 1


def test_what_github_keeps() -> None:
    """The last tagged version is refused with the reason, a token without the right is told, another's deletion is not
    a failure."""
    rejected = RejectedError("You cannot delete the last tagged version of a package.", 400)
    with pytest.raises(RefusedError, match="last tagged version"):
        Packages(GitHub(ORGANIZATION, rejected)).delete("acme/shop/api", ONE)  # type: ignore[arg-type]
    denied = GitHub(ORGANIZATION, DeniedError("no", "packages: write"))
    with pytest.raises(DeniedError):
        Packages(denied).delete("acme/shop/api", ONE)  # type: ignore[arg-type]
    gone = GitHub(ORGANIZATION, MissingError("gone"))
    assert not Packages(gone).delete("acme/shop/api", ONE)  # type: ignore[arg-type]


def test_a_package_that_is_not_there() -> None:
    """Neither an organization's nor a person's: said as GitHub says it."""
    with pytest.raises(MissingError):
        Packages(GitHub("/elsewhere")).versions("acme/shop/api")  # type: ignore[arg-type]
