"""What a remote's address tells of a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.engine.survey_sources import tag_overrides
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


def test_tag_overrides(tmp_path: Path) -> None:
    """A tag below `image`, and no repository in the file; templates and other YAML are none of it."""
    texts = {
        "values-production.yaml": "replicas: 2\nimage:\n  # ours\n  pullPolicy: Always\n  tag: v1.0.0\n",
        "deep.yaml": "app:\n  image:\n    tag: v1\n",
        "flow.yml": "image: {tag: v1}\n",
        "values.yaml": "image:\n  repository: ghcr.io/acme/shop\n  tag: v1.0.0\n",
        "other.yaml": "image: ghcr.io/acme/shop:v1\ngit:\n  tag: v1\n",
        "templates/a.yaml": "image:\n  tag: v1\n",
        "notes.txt": "image:\n  tag: v1\n",
    }
    for name, text in texts.items():
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)

    assert list(tag_overrides(tmp_path, texts)) == ["values-production.yaml", "deep.yaml", "flow.yml"]
