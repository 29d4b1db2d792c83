"""YAML with positions, as GitHub reads it."""

from __future__ import annotations

import pytest

from go_release_gate.workflow.tree import (
    InvalidDocumentError,
    Mapping,
    Node,
    Scalar,
    child,
    entries_of,
    read_tree,
    text_of,
    texts_of,
)


def tree(text: str) -> Node:
    """The document, which is there."""
    found = read_tree(text.encode())
    assert found is not None
    return found


def scalar(text: str, *path: str) -> Scalar:
    """The scalar at the path."""
    found = child(tree(text), *path)
    assert isinstance(found, Scalar)
    return found


def test_on_is_a_word() -> None:
    """`on`, `yes` and `no` are words, `true` and `null` are not, quotes make anything a word."""
    found = entries_of(tree("on: [yes, no, true, ~, '1', 1.5, !!str 2]"))

    assert found[0][0].text == "on"
    items = texts_of(found[0][1])
    assert [item.value for item in items] == ["yes", "no", True, None, "1", 1.5, "2"]


def test_every_node_knows_its_place() -> None:
    """Lines and columns count from 1, in characters; keys have their own."""
    found = tree("a: ü\nb:\n  - x\n  - {c: d}\n")

    assert isinstance(found, Mapping)
    key = found.key("b")
    assert key
    assert (key.line, key.column) == (2, 1)
    assert [(item.line, item.column) for item in getattr(found.get("b"), "items", ())] == [(3, 5), (4, 5)]
    inner = getattr(found.get("b"), "items")[1]  # noqa: B009 - a list, as the text shows
    assert (inner.is_flow, found.is_flow) == (True, False)
    assert (inner.get("c").line, inner.get("c").column) == (4, 9)


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ("a: |\n  one\n\n  two\n", "two", 4),
        ("a: |-\n\n  one\n  two\n", "two", 4),
        ("a: >\n  one\n  two\n  three\n", "two", 3),
        ("a: >-\n  one\n\n  three\n", "three", 4),
        ('a: "one\n  two\n  three"\n', "three", 3),
        ("a: one\n  two\n", "two", 2),
        ("a: one two\n", "two", 1),
        ("a: |\n  two two\n  x\n", "x", 3),
    ],
)
def test_line_of_a_word_within_a_text(text: str, word: str, line: int) -> None:
    """A word of a text of several lines has the line it stands at, however the text is folded."""
    found = scalar(text, "a")

    assert found.line_at(found.text.index(word)) == line


def test_aliases_and_merges() -> None:
    """An alias is what it names, at the place where that stands; a merge lends its keys."""
    found = tree("a: &x {b: 1, c: 2}\nd: *x\ne:\n  <<: *x\n  c: 3\n")

    assert text_of(child(found, "d", "b")) == "1"
    assert getattr(child(found, "d", "b"), "line", 0) == 1
    assert (text_of(child(found, "e", "b")), text_of(child(found, "e", "c"))) == ("1", "3")


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "'a' is given twice, first on line 1"),
        (b"a: *b\n", 1, "alias *b refers to nothing before it"),
        (b"a: &b [*b]\n", 1, "refers to nothing before it"),
        (b"a: 1\n---\nb: 2\n", 3, "more than one document"),
        (b"a: 1\n[b]: 2\n", 2, "a key must be plain text"),
        (b"a: 1\n  b: 2\n", 2, ""),
        (b"a: [\n", 1, ""),
        (b"ok: 1\n\xff", 2, "not UTF-8"),
        (b"x" * (513 << 10), 1, "larger than 512 KiB"),
    ],
)
def test_what_is_no_document(data: bytes, line: int, message: str) -> None:
    """A refusal says what and at which line."""
    with pytest.raises(InvalidDocumentError) as caught:
        read_tree(data)

    assert caught.value.line == line
    assert message in caught.value.message


def test_small_readers() -> None:
    """A word counts as a list of one; what is of another kind gives nothing; an empty file is None."""
    assert read_tree(b"# nothing\n") is None
    assert [item.text for item in texts_of(tree("a"))] == ["a"]
    assert texts_of(tree("{a: b}")) == ()
    assert (entries_of(tree("[a]")), text_of(tree("[a]")), child(tree("a"), "b")) == ((), "", None)


def test_private_characters_cannot_be_mistaken_for_holes() -> None:
    """Characters that stand for unknown parts are taken out of documents."""
    assert text_of(tree("\ue000x")) == "\ufffdx"
