"""Digests: one form, and a reason for every other."""

from __future__ import annotations

import hashlib

import pytest

from go_release_gate.oci import digest

GOOD = digest.of(b"content")
HEX = hashlib.sha256(b"content").hexdigest()


def test_a_digest_names_its_algorithm_and_the_hash_of_the_content() -> None:
    """`of` gives sha256 and the lower-case hash, which `parse` takes unchanged."""
    assert f"sha256:{HEX}" == GOOD
    assert digest.parse(GOOD) == GOOD


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no algorithm"),
        (HEX, "no algorithm"),
        (f"sha512:{HEX}", "other than sha256"),
        (f"SHA256:{HEX}", "other than sha256"),
        (f"sha256:{HEX.upper()}", "upper-case"),
        (f"sha256:{HEX[:-1]}", "63 characters"),
        (f"{GOOD}\n", "65 characters"),
        (f"{GOOD[:-1]}g", "not hexadecimal"),
        (f"{GOOD[:-1]}\u0663", "not hexadecimal"),
    ],
)
def test_every_other_text_is_refused_with_its_reason(text: str, reason: str) -> None:
    """A digest of another algorithm, length, case or alphabet is refused, also with a line end or a foreign digit."""
    assert not digest.is_valid(text)
    with pytest.raises(digest.InvalidDigestError, match=reason):
        digest.parse(text)
