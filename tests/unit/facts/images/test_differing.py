"""Two builds of one image, compared layer by layer and file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.adapters.images.layout import Folder, Layout
from go_release_gate.facts.built_images import ImageDifference
from go_release_gate.facts.images.differing import MOST, image_differences
from support.images import Blob, Item, Store, layer

AMD = "linux/amd64"
ONE = Item(b"program", mode=0o755, pax={"mtime": "1700000000"})


def held(tmp_path: Path, first: Store, one: str, second: Store, other: str) -> list[tuple[str, str, str]]:
    """Part, path and what differs of two images."""
    sources = [
        Layout(name, Folder(store.layout(tmp_path / name, ("", digest))), "")
        for name, store, digest in (("first", first, one), ("second", second, other))
    ]
    return [(each.part, each.path, each.what) for each in image_differences(sources[0], sources[1])]


def of_layers(tmp_path: Path, first: list[Blob], second: list[Blob]) -> list[tuple[str, str, str]]:
    """The differences of two images that have these layers."""
    stores = Store(), Store()
    told = held(tmp_path, stores[0], stores[0].image(first), stores[1], stores[1].image(second))
    return [each for each in told if each[0] != "config"]


def test_the_same_image_has_no_difference(tmp_path: Path) -> None:
    """Equal digests: nothing is read further."""
    assert of_layers(tmp_path, [layer({"app": ONE})], [layer({"app": ONE})]) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (Item(b"program", mode=0o755, pax={"mtime": "1700000009"}), "mtime 1700000000 against 1700000009"),
        (Item(b"program", mode=0o700, pax={"mtime": "1700000000"}), "mode 755 against 700"),
        (Item(b"program", mode=0o755, user=7, pax={"mtime": "1700000000"}), "owner 0:0 against 7:0"),
        (Item(b"PROGRAM", mode=0o755, pax={"mtime": "1700000000"}), "content"),
    ],
)
def test_what_differs_of_a_file_is_named(tmp_path: Path, changed: Item, what: str) -> None:
    """Layer, path, and time, mode, owner or content."""
    same = layer({"etc/passwd": b"x"})
    found = of_layers(tmp_path, [same, layer({"app": ONE})], [same, layer({"app": changed})])
    assert found == [("layer 2", "app", what)]


def test_a_file_of_one_build_alone_ends_the_layer(tmp_path: Path) -> None:
    """What comes behind it is only moved by it."""
    found = of_layers(tmp_path, [layer({"a": b"1", "z": b"2"})], [layer({"a": b"1", "cache": b"", "z": b"3"})])
    assert found == [("layer 1", "z", "the list of files")]


def test_how_a_layer_is_packed_can_be_all(tmp_path: Path) -> None:
    """The same files, packed in another way, are said to be the same files."""
    found = of_layers(tmp_path, [layer({"app": ONE})], [layer({"app": ONE}, "plain")])
    assert found == [("layer 1", "", "how it is packed; its files are the same")]


def test_the_configuration_is_compared_by_key(tmp_path: Path) -> None:
    """Keys of the configuration that differ are named, what follows from the layers is not."""
    first, second = Store(), Store()
    one = first.image([layer({"app": ONE})], {"User": "65532", "Env": ["A=1"]})
    other = second.image([layer({"app": ONE})], {"User": "0", "Env": ["A=2"]})
    assert held(tmp_path, first, one, second, other) == [
        ("config", "config.Env[0]", "A=1 against A=2"),
        ("config", "config.User", "65532 against 0"),
    ]


def test_platforms_are_compared_one_by_one(tmp_path: Path) -> None:
    """A layer of the second platform is told with that platform; a platform that is missing is told, too."""
    first, second, third = Store(), Store(), Store()
    arm = layer({"app": Item(b"arm")})
    one = first.index(
        [(AMD, first.image([layer({"app": ONE})])), ("linux/arm64", first.image([arm], platform="linux/arm64"))]
    )
    changed = layer({"app": Item(b"ARM")})
    other = second.index(
        [(AMD, second.image([layer({"app": ONE})])), ("linux/arm64", second.image([changed], platform="linux/arm64"))]
    )
    sources = [
        Layout(name, Folder(store.layout(tmp_path / name, ("", digest))), "")
        for name, store, digest in (
            ("first", first, one),
            ("second", second, other),
            ("third", third, third.index([(AMD, third.image([layer({"app": ONE})]))])),
        )
    ]
    assert image_differences(sources[0], sources[1])[0] == ImageDifference("linux/arm64", "layer 1", "app", "content")
    assert image_differences(sources[0], sources[2])[0].what == "the platforms of the index"


def test_differences_are_bounded(tmp_path: Path) -> None:
    """Very many layers that differ are told as far as people read."""
    first = [layer({f"f{number}": b"1"}) for number in range(MOST + 9)]
    second = [layer({f"f{number}": b"2"}) for number in range(MOST + 9)]
    assert len(of_layers(tmp_path, first, second)) == MOST
