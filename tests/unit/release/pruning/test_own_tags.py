"""Which tags go with a release, and which keep it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from go_release_gate.ledger.entry import Actor, Child, Entry, Image, Source
from go_release_gate.ledger.state import Release
from go_release_gate.release.pruning.own_tags import is_own_tag

INDEX, ARM, V7 = (f"sha256:{letter * 64}" for letter in "abc")
IMAGE = Image(INDEX, "index", children=(Child("linux/arm64", ARM), Child("linux/arm/v7", V7)))
SOURCE = Source(version="v1.4.2+build.1", tag="services/api/v1.4.2", commit="d" * 40)
RELEASE = Release(Entry(1, "", "release", "api", "", datetime(2026, 1, 1, tzinfo=UTC), Actor("a")), IMAGE, SOURCE)


@pytest.mark.parametrize(
    ("tag", "digest", "is_own"),
    [
        ("1.4.2-build.1", INDEX, True),
        ("v1.4.2-build.1", INDEX, True),
        ("1.4.2", INDEX, True),
        ("v1.4.2", ARM, True),
        ("sha-ddddddd", INDEX, True),
        ("d" * 40, INDEX, True),
        ("dddddd", INDEX, False),
        ("1.4", INDEX, False),
        ("latest", INDEX, False),
        ("production", INDEX, False),
        ("1.4.2-rc.1", INDEX, False),
        ("1.4.2-arm64", ARM, True),
        ("1.4.2-linux-arm64", ARM, True),
        ("v1.4.2-armv7", V7, True),
        ("1.4.2-arm-v7", V7, True),
        ("1.4.2-arm64", V7, False),
        ("1.4.2-arm64", INDEX, False),
        ("latest-arm64", ARM, False),
        ("", INDEX, False),
    ],
)
def test_own(tag: str, digest: str, is_own: bool) -> None:
    """Version, git tag and commit in the forms that builds use; a platform's behind them; nothing that moves."""
    assert is_own_tag(tag, RELEASE, digest) is is_own


def test_a_release_without_names() -> None:
    """Where nothing is known of the source, no tag is its own."""
    bare = Release(RELEASE.entry, IMAGE, Source())
    assert not any(is_own_tag(tag, bare, INDEX) for tag in ("", "v", "1.4.2", "-arm64", "sha-", "0000000"))
