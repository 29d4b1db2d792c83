"""What a text names, and images of layouts and archives."""

from __future__ import annotations

import gzip
import json
import tarfile
from pathlib import Path

import pytest

from go_release_gate.adapters.images.opening import open_image
from go_release_gate.adapters.images.registry import RegistryImage
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.errors import UsageError
from go_release_gate.facts.image_content import ImageContent
from go_release_gate.facts.images.read import read_image
from support.images import INDEX, Item, Store, archive, layer, one_image, symlink

REGISTRIES = Registries(Access(Asker(HttpWire(), Timing()), Logins()))


def opened(text: str) -> ImageContent:
    """The image a text names."""
    return read_image(open_image(text, REGISTRIES))


def refused(text: str) -> str:
    """What a UsageError says, its hint too."""
    with pytest.raises(UsageError) as caught:
        opened(text)
    assert caught.value.exit_code == 2
    return f"{caught.value.message} {caught.value.hint}"


def write(place: Path, files: dict[str, bytes], *, packed: bool = False) -> Path:
    """An archive of files."""
    data = archive(files)
    place.write_bytes(gzip.compress(data) if packed else data)
    return place


def test_a_layout(tmp_path: Path) -> None:
    """A folder in OCI's layout is opened, by tag or digest where it holds several images."""
    store = Store()
    one, two = store.image([layer({"one": b"1"})]), store.image([layer({"two": b"22"}, "zstd")])
    place = store.layout(tmp_path / "image", ("v1", one), ("v2", two))

    assert opened(f"{place}:v1").digest == one
    assert opened(f"{place}:v2").platforms[0].bytes == 2
    assert opened(f"{place}@{two}").digest == two
    assert "holds 2 images: v1, v2 name one: PATH:TAG" in refused(str(place))
    assert "no image v3 (there is v1, v2)" in refused(f"{place}:v3")


@pytest.mark.parametrize("packed", [False, True])
def test_archives(tmp_path: Path, *, packed: bool) -> None:
    """A layout in an archive, a docker archive of old and one that is both are opened, packed or not."""
    store, digest = one_image(layer({"etc/passwd": b"root:x:0:0::/:/bin/sh\n"}), layer({"app": b"12"}))
    both = {**store.files(("v1", digest)), **store.saved(digest, "acme/shop:v1")}
    layout = opened(str(write(tmp_path / "a.tar", store.files(("v1", digest)), packed=packed)))
    old = opened(str(write(tmp_path / "b.tar", store.saved(digest, "acme/shop:v1"), packed=packed)))
    mixed = opened(f"{write(tmp_path / 'c:d.tar', both, packed=packed)}:v1")

    assert layout.digest == mixed.digest == digest
    assert old.digest == ""
    for image in (layout, old, mixed):
        assert image.unreadable == image.platforms[0].unreadable == ()
        assert (image.platforms[0].bytes, image.platforms[0].accounts) == (24, {"root": 0})
    assert old.platforms[0].config_digest == layout.platforms[0].config_digest


def test_shared_layers_of_old_archives(tmp_path: Path) -> None:
    """Old engines link a layer that two images share; one of several is named by its tag."""
    store, digest = one_image(layer({"app": b"12"}))
    files = store.saved(digest, "acme/shop:v1")
    told = json.loads(files["manifest.json"])
    real = told[0]["Layers"][0]
    second = {**told[0], "RepoTags": ["acme/shop:v2"], "Layers": ["second/layer.tar"]}
    items = {**files, "second/layer.tar": symlink(f"../{real}"), "manifest.json": json.dumps([*told, second]).encode()}
    place = tmp_path / "x.tar"
    place.write_bytes(archive(items))

    assert opened(f"{place}:v2").platforms[0].unreadable == ()
    assert opened(f"{place}:acme/shop:v1").platforms[0].count == 1
    assert "holds 2 images: acme/shop:v1, acme/shop:v2" in refused(str(place))


def test_platforms_that_were_not_saved(tmp_path: Path) -> None:
    """What `docker save` left out of an index is no fault; in a layout it is."""
    store = Store()
    here, other = store.image([layer({"a": b""})]), store.image([], platform="linux/arm64")
    index = store.index([("linux/amd64", here), ("linux/arm64", other)])
    files = {**store.files(("v1", index)), "manifest.json": b"[]"}
    del files[f"blobs/sha256/{other.partition(':')[2]}"]
    saved = opened(str(write(tmp_path / "a.tar", files)))
    del files["manifest.json"]
    layout = opened(str(write(tmp_path / "b.tar", files)))

    assert (saved.media_type, saved.unreadable) == (INDEX, ())
    assert "linux/arm64: blobs/sha256/" in layout.unreadable[0]


def test_neither_file_nor_reference(tmp_path: Path) -> None:
    """What names nothing is said to be wrong usage, with what was expected."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.tar").write_text("no archive" * 100)
    write(tmp_path / "other.tar", {"hello": b"1"})
    (tmp_path / "cut.tar.gz").write_bytes(gzip.compress(b"x" * 9999)[:30])

    assert "without index.json" in refused(str(tmp_path / "empty"))
    assert "is no file" in refused(str(tmp_path / "missing"))
    assert "is no file" in refused("image.tar")
    assert "neither a folder nor an archive" in refused(str(tmp_path / "text.tar"))
    assert "neither index.json nor manifest.json" in refused(str(tmp_path / "other.tar"))
    assert "cannot be unpacked" in refused(str(tmp_path / "cut.tar.gz"))
    assert "neither a file nor an image reference" in refused("Not A Reference")
    assert "neither a file nor an image reference" in refused("")
    assert "neither a file nor an image reference" in refused("x\0y")


def test_a_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference is one, also where a folder happens to have its name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme").mkdir()
    source = open_image("acme", REGISTRIES)

    assert isinstance(source, RegistryImage)
    assert str(source.reference) == "docker.io/library/acme"


def test_traps_in_archives(tmp_path: Path) -> None:
    """Links in circles and devices where files are expected are not there."""
    store, digest = one_image(layer({"app": b"12"}))
    files: dict[str, Item | bytes] = {**store.files(("", digest))}
    files[f"blobs/sha256/{digest.partition(':')[2]}"] = symlink(digest.partition(":")[2])
    files["dev"] = Item(kind=tarfile.CHRTYPE)
    place = tmp_path / "x.tar"
    place.write_bytes(archive(files))

    with pytest.raises(Exception, match="is not in the archive"):
        opened(str(place))
