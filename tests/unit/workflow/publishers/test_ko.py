"""Names that ko pushes."""

from __future__ import annotations

import hashlib
import shlex

import pytest

from go_release_gate.shell.unknown import Holes
from go_release_gate.workflow.publishers.ko import ko_names

MODULE = "github.com/acme/shop"
SUM = hashlib.md5(b"github.com/acme/shop/cmd/api", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("ko build ./cmd/api", [f"r/x/api-{SUM}:latest"]),
        ("ko build -B -t v1,latest ./cmd/api", ["r/x/api:v1", "r/x/api:latest"]),
        ("ko publish --bare --tags=v1 .", ["r/x:v1"]),
        ("ko build -P ./cmd/api", ["r/x/github.com/acme/shop/cmd/api:latest"]),
        ("ko build -B --platform all ko://github.com/acme/shop/cmd/api", ["r/x/api:latest"]),
        ("ko build ./...", ["r/x/…:latest"]),
        ("ko apply -f config/", ["r/x/…:latest"]),
        ("ko build --local .", None),
        ("ko build --push=false .", None),
        ("ko version", None),
        ("ko", None),
        ("go build .", None),
    ],
)
def test_names(line: str, names: list[str] | None) -> None:
    """The repository, the form of the last part, and the tags."""
    holes = Holes()
    found = ko_names(shlex.split(line), {"KO_DOCKER_REPO": "r/x"}, MODULE, holes)

    assert (None if found is None else [holes.shown(name) for name in found]) == names


def test_repository_is_local_or_not_known() -> None:
    """ko.local pushes nothing; without KO_DOCKER_REPO the repository is unknown."""
    holes = Holes()

    assert ko_names(["ko", "build", "."], {"KO_DOCKER_REPO": "ko.local"}, MODULE, holes) is None
    found = ko_names(["ko", "build", "--bare", "."], {}, MODULE, holes)
    assert found
    assert [holes.shown(name) for name in found] == ["$KO_DOCKER_REPO:latest"]
