"""Python versions: equal to @renovate/pep440."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from go_release_gate.oci import pep440

DATA = Path(__file__).parents[2] / "data" / "images" / "versions-observed.json"
OBSERVED = json.loads(DATA.read_text("utf-8"))["versions"]


def answer(text: str) -> list[object] | None:
    """What this package says, in the form of the observed data."""
    found = pep440.parse(text)
    if found is None:
        return None
    kinds = [found.is_prerelease, found.is_postrelease, found.is_devrelease]
    return [found.clean, found.major, found.minor, found.patch, *kinds]


def test_observed() -> None:
    """Every generated text is accepted, cleaned and classified as the peer did."""
    different = [(text, seen, answer(text)) for text, _, seen in OBSERVED if answer(text) != seen]

    assert different == []
    assert sum(seen is not None for _, _, seen in OBSERVED) > 400


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("v1", "1"),
        ("1.2.3-ALPHA.4", "1.2.3a4"),
        ("1.2c", "1.2rc0"),
        ("1.2-5", "1.2.post5"),
        ("1.2.r5.dev", "1.2.post5.dev0"),
        ("02!1.0", "2!1.0"),
        ("0!1.00", "1.0"),
        ("1.0+Abc.007-1e3", "1.0+abc,7,1000"),
        ("1." + "9" * 20, "1.100000000000000000000"),
    ],
)
def test_clean(text: str, clean: str) -> None:
    """The normal spelling; local parts stand with commas and numbers as JavaScript writes them (observed)."""
    version = pep440.parse(text)

    assert version is not None
    assert version.clean == clean
    assert version.raw == text


@pytest.mark.parametrize("text", ["", " 1", "1\n", "1.", "1..2", "1.0+", "1.0x", "1.0-", "1.0.po\u017ft1", "\u0661"])
def test_what_is_no_version(text: str) -> None:
    """Neither white space around nor letters and digits beyond ASCII are accepted."""
    assert not pep440.is_valid(text)


@pytest.mark.parametrize("text", ["1" * 10**6 + "!x", "1.1" * 10**5 + "x", "1.0+" + "a." * 10**5])
def test_long_hostile_text_is_refused(text: str) -> None:
    """A long text near the grammar is refused without trying every split of it."""
    assert not pep440.is_valid(text)
