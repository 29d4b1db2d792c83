"""Versions of container packages: https://docs.github.com/rest/packages/packages."""

from __future__ import annotations

from typing import Any

from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.state import PackageVersion

LAST = "You cannot delete the last tagged version of a package. You must delete the package instead."


@serves("packages/get-all-package-versions-for-package-owned-by-org", "packages: read")
def of_organization(call: Call) -> Answer:
    """The versions of an organization's package, the newest first."""
    return _listed(call, call.parameters["org"], is_person=False)


@serves("packages/get-all-package-versions-for-package-owned-by-user", "packages: read")
def of_person(call: Call) -> Answer:
    """The versions of a person's package, the newest first."""
    return _listed(call, call.parameters["username"], is_person=True)


@serves("packages/delete-package-version-for-org", "packages: write")
def delete_of_organization(call: Call) -> Answer:
    """Delete a version of an organization's package."""
    return _deleted(call, is_person=False)


@serves("packages/delete-package-version-for-user", "packages: write")
def delete_of_person(call: Call) -> Answer:
    """Delete a version of a person's package."""
    return _deleted(call, is_person=True)


def _listed(call: Call, owner: str, *, is_person: bool) -> Answer:
    versions = _versions(call, is_person)
    return call.paged(list(reversed(versions.values())), lambda version: _shown(call, owner, version))


def _deleted(call: Call, *, is_person: bool) -> Answer:
    versions = _versions(call, is_person)
    version = call.found(versions, "package_version_id")
    if version.tags and not any(one.tags for one in versions.values() if one is not version):
        raise RefusedError(400, LAST)
    del versions[version.id]
    return Answer(204)


def _versions(call: Call, is_person: bool) -> dict[int, PackageVersion]:
    versions = call.repository.packages.get(call.parameters["package_name"])
    is_container = call.parameters["package_type"] == "container"
    if versions is None or not is_container or call.repository.is_owned_by_person != is_person:
        raise RefusedError(404, "Package not found.")
    return versions


def _shown(call: Call, owner: str, version: PackageVersion) -> dict[str, Any]:
    name = call.parameters["package_name"]
    return {
        "id": version.id,
        "name": version.name,
        "url": f"{call.api}{call.path}/{version.id}",
        "package_html_url": f"{call.web}/{owner}/packages/container/package/{name}",
        "created_at": version.at,
        "updated_at": version.at,
        "html_url": f"{call.web}/{owner}/packages/container/{name}/{version.id}",
        "metadata": {"package_type": "container", "container": {"tags": list(version.tags)}},
    }
