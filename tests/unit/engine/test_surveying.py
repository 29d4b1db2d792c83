"""What a remote's address tells of a repository."""

from __future__ import annotations

import pytest

from go_release_gate.engine.surveying import remote_of


@pytest.mark.parametrize(
    ("address", "host", "name"),
    [
        ("https://github.com/acme/shop.git", "github.com", "acme/shop"),
        ("git@github.com:acme/shop.git", "github.com", "acme/shop"),
        ("ssh://git@git.example.com:2222/acme/shop", "git.example.com", "acme/shop"),
        ("https://token@GitHub.com/acme/shop/", "github.com", "acme/shop"),
        ("https://gitlab.com/acme/team/shop.git", "gitlab.com", ""),
        ("https://dev.azure.com/acme/shop/_git/shop", "dev.azure.com", ""),
        ("/srv/git/shop.git", "", ""),
        ("file:///srv/git/shop.git", "", ""),
        ("", "", ""),
    ],
)
def test_remote_of(address: str, host: str, name: str) -> None:
    """A host is told though its repositories have other names than GitHub's; a folder has none."""
    assert remote_of(address) == (host, name)
