"""References: equal to distribution/reference, in what is accepted and in what it means."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.oci import digest, reference
from go_release_gate.oci.reference import InvalidReferenceError, Reference

DATA = Path(__file__).parents[2] / "data" / "images"
SAMPLE = json.loads((DATA / "references-sample.json").read_text("utf-8"))["references"]
OBSERVED = json.loads((DATA / "references-observed.json").read_text("utf-8"))["references"]
DIGEST = digest.of(b"an image")

# The grammar once more, as one regular expression over normalised text; slow on hostile text, so for short ones only.
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
GRAMMAR = re.compile(
    rf"(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?:@sha256:[a-f0-9]{{64}})?"
)


def answer(text: str) -> list[str] | None:
    """What this package says, in the form of the observed data."""
    try:
        parsed = reference.parse(text)
    except InvalidReferenceError:
        return None
    return [parsed.domain, parsed.path, parsed.tag, parsed.digest, str(parsed), parsed.familiar]


def refusal(text: str) -> str:
    """The message of a refusal; empty when the text is accepted."""
    try:
        reference.parse(text)
    except InvalidReferenceError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case["id"])
def test_sample(case: dict[str, object]) -> None:
    """Each sample reference has the parts, the canonical and the familiar form that were observed, or is refused."""
    seen = case["normalized"]
    assert isinstance(seen, dict)
    expected = None
    if "error" not in seen:
        parts = [seen["domain"], seen["path"], seen.get("tag", ""), seen.get("digest", "")]
        expected = [*parts, seen["string"], seen["familiar_string"]]

    assert answer(str(case["input"])) == expected


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case["id"])
def test_a_tag_alone(case: dict[str, object]) -> None:
    """A text is a tag exactly where the sample says so."""
    seen = case["as_tag"]
    assert isinstance(seen, dict)

    assert reference.is_valid_tag(str(case["input"])) is ("error" not in seen)


def test_observed() -> None:
    """Every generated reference has the answer that distribution/reference gave."""
    different = [(text, expected, answer(text)) for text, expected in OBSERVED if answer(text) != expected]

    assert len(OBSERVED) > 1000
    assert different == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("a" * 64, "image id"),
        ("acme/Shop", 'upper-case letters in "Shop"; expected "shop"'),
        ("acme/shop:", "tag behind the colon is empty"),
        ("acme/shop:1.2.3+build", "the tag is"),
        ("acme/shop:" + "t" * 129, "the tag has 129 characters; expected at most 128"),
        ("ghcr.io/" + "a" * 256, "256 characters; expected at most 255"),
        ("acme//shop", "a part of the repository is empty"),
        ("acme/shop/", "a part of the repository is empty"),
        ("-bad.example.com/shop", "is no registry"),
        ("acme/sh op", 'has "sh op"'),
        ("acme/shop@sha512:00", "other than sha256"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, reason: str) -> None:
    """The message names the part that is wrong and what was expected there."""
    with pytest.raises(InvalidReferenceError, match=re.escape(reason)):
        reference.parse(text)


@given(st.text(max_size=300))
def test_a_refusal_is_one_printable_line(text: str) -> None:
    """No control character of the input reaches the message, and the message stays short."""
    message = refusal(text)

    assert message.isprintable() or not message
    assert len(message) < 2500


near = st.text(alphabet="abzAZ09._-:/@[]é\u0663\n", max_size=40)
component = st.from_regex(rf"\A{_COMPONENT}\Z").filter(lambda text: len(text) < 40 and text.isascii())
tags = st.just("") | st.text(alphabet="abzAZ09._-", min_size=1, max_size=128).filter(lambda text: text[0] not in ".-")
domains = st.sampled_from(["docker.io", "localhost", "ghcr.io", "example.com:5000", "[2001:db8::1]:443", "HOST"])


@given(domains, st.lists(component, min_size=2, max_size=4), tags, st.sampled_from(["", DIGEST]))
def test_round_trip(domain: str, components: list[str], tag: str, content: str) -> None:
    """A full reference is its own text; reading the familiar form again gives it back."""
    expected = Reference(domain, "/".join(components), tag, content)

    assert reference.parse(str(expected)) == expected
    if domain != "docker.io" or ("." not in components[0] and components[0] != "localhost"):
        assert reference.parse(expected.familiar) == expected


def normalised(text: str) -> str:
    """The text that the grammar is asked about: with the registry that docker would fill in."""
    first, slash, _ = text.partition("/")
    if not slash:
        return f"docker.io/library/{text}"
    is_host = any(c in first for c in ".:") or first.lower() != first or first == "localhost"
    return text if is_host else f"docker.io/{text}"


@given(near)
def test_accepted_is_what_the_grammar_has(text: str) -> None:
    """Near the grammar, a text is accepted exactly when it is in it."""
    assert (answer(text) is not None) is (GRAMMAR.fullmatch(normalised(text)) is not None and bool(text))


@pytest.mark.parametrize(
    "text", ["a" * 10**6, "a-" * 500_000, "a" + "-" * 10**6, "a." * 500_000 + "!/x", "x:" + "t" * 10**6]
)
def test_long_hostile_text_is_refused_at_once(text: str) -> None:
    """A megabyte without a legal length is refused; a test that hangs here has met a backtracking pattern."""
    with pytest.raises(InvalidReferenceError):
        reference.parse(text)
