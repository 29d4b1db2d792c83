"""Variables are put in place as BuildKit does, and what only a build tells stays unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from go_release_gate.dockerfile.expand import expanded, value_at
from go_release_gate.dockerfile.model import Value
from go_release_gate.dockerfile.read import read_dockerfile
from go_release_gate.dockerfile.substitution import SubstitutionError, Words
from go_release_gate.shell.unknown import Unknown

WORDS = json.loads((Path(__file__).parents[2] / "data" / "dockerfiles" / "words.json").read_text(encoding="utf-8"))


def test_words_are_buildkits() -> None:
    """Each recorded word comes out as BuildKit's, or is refused as there."""
    variables: dict[str, str] = WORDS["environment"]
    for word, escape, wanted in WORDS["words"]:
        try:
            found = Words(word, lambda name: (variables.get(name, ""), name in variables), escape).word()
        except SubstitutionError:
            found = None
        assert found == wanted, word


def user(text: str) -> Value:
    """The last USER of a Dockerfile, expanded."""
    file = read_dockerfile("Dockerfile", text)
    last = file.final.instructions[-1]
    return value_at(file, file.final, last, last.value)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ARG A=1\nFROM scratch\nUSER x$A", "x"),
        ("ARG A=1\nFROM scratch\nARG A\nUSER x$A", "x1"),
        ("ARG A=1\nFROM scratch\nARG A=2\nUSER x$A", "x2"),
        ("FROM scratch\nARG A\nUSER x${A:-d}", "xd"),
        ("FROM scratch\nARG TARGETARCH=amd64\nUSER $TARGETARCH", "amd64"),
        ("FROM b\nUSER x$TARGETARCH", "x"),
        ("FROM scratch AS p\nARG A=1\nENV B=2\nFROM p\nUSER $A$B", "12"),
        ("FROM scratch\nENV A=1\nENV A=2 B=$A\nUSER $A$B", "21"),
        ("FROM golang:1.25\nUSER $GOPATH", "/go"),
        ("FROM scratch\nENV A='b $C'\nUSER $A", "b $C"),
    ],
)
def test_scopes(text: str, wanted: str) -> None:
    """Which ARG and ENV an instruction sees."""
    assert user(text) == wanted


@pytest.mark.parametrize(
    ("text", "reason", "shown"),
    [
        ("FROM scratch\nARG A\nUSER x$A", "$A is only known when the image is built", "x${A}"),
        (
            "FROM scratch\nARG TARGETARCH\nUSER $TARGETARCH",
            "$TARGETARCH is the builder's platform argument",
            "${TARGETARCH}",
        ),
        ("FROM b\nUSER $A", "$A may be set by the base image", "${A}"),
        (
            "FROM scratch\nARG TARGETVARIANT\nUSER ${TARGETVARIANT:+x}",
            "$TARGETVARIANT is the builder's",
            "${TARGETVARIANT}",
        ),
        ("FROM scratch\nUSER ${A", "it cannot be expanded: ", "${A"),
    ],
)
def test_unknown(text: str, reason: str, shown: str) -> None:
    """What is not known says why, and what of it is."""
    found = user(text)
    assert isinstance(found, Unknown)
    assert found.reason.startswith(reason)
    assert found.text == shown


def test_from_sees_globals() -> None:
    """FROM lines see the ARGs in front of them, and those of the builder."""
    file = read_dockerfile(
        "Dockerfile", "ARG V=1.25\nARG I=golang:$V\nFROM --platform=$BUILDPLATFORM ${I}-alpine AS a\nFROM a"
    )
    assert file.stages[0].image == "golang:1.25-alpine"
    assert isinstance(file.stages[0].platform, Unknown)
    assert file.stages[1].parent == 0


def test_deep_and_long_words_are_unknown() -> None:
    """Substitutions within one another without end, and words that grow without end, are not followed."""
    assert isinstance(expanded("${A:-" * 2000 + "}" * 2000, {}), Unknown)
    assert isinstance(expanded("$A" * 2000, {"A": "x" * 1000}), Unknown)
