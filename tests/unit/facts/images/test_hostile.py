"""Layers made to do harm: each is told in a sentence, none ends the run or passes."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.images.layout import Folder, Layout
from go_release_gate.facts.image_content import ImageContent
from go_release_gate.facts.images.limits import Limits
from go_release_gate.facts.images.read import read_image
from support.images import TAR, Blob, Item, Store, archive, hardlink, layer, one_image, symlink

LIMITS = Limits(
    unpacked=1 << 20,
    ratio=20,
    ratio_from=1 << 16,
    entries=50,
    names=4000,
    path=200,
    depth=10,
    special=4096,
    window=1 << 20,
    layers=5,
    platforms=6,
    program=5000,
    spool=9000,
)
ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00" + bytes(46)


def read(store: Store, digest: str, place: Path, limits: Limits = LIMITS) -> ImageContent:
    """The image, from a layout."""
    return read_image(Layout("image", Folder(store.layout(place, ("", digest)))), limits=limits)


def told(blob: Blob, place: Path, limits: Limits = LIMITS) -> str:
    """What is said of an image with this layer alone."""
    store = Store()
    return " | ".join(read(store, store.image([blob]), place, limits).platforms[0].unreadable)


def raw(data: bytes, unpacked: str = "") -> Blob:
    """A layer of any bytes."""
    return Blob(data, f"{TAR}+gzip", unpacked or f"sha256:{'a' * 64}")


def header(name: bytes = b"x", size: bytes = b"00000000000", flag: bytes = b"0") -> bytes:
    """A header whose checksum is right, whatever else is in it."""
    fields = bytearray(512)
    fields[: len(name)] = name
    fields[124 : 124 + len(size)] = size
    fields[156:157] = flag
    fields[257:265] = b"ustar\x0000"
    fields[148:156] = b"%06o\0 " % (sum(fields) + 8 * 32)
    return bytes(fields)


def long_zeros(count: int) -> Blob:
    """Zeros that pack well."""
    return layer({"zeros": bytes(count)})


LAYERS: dict[str, tuple[Callable[[], Blob], str]] = {
    "bomb": (lambda: long_zeros(900_000), "more than 20 times its size"),
    "much": (lambda: layer({"random": Path(tarfile.__file__).read_bytes() * 30}, "plain"), "unpack to more than"),
    "many": (lambda: layer({f"f{at}": b"" for at in range(51)}), "more than 50 entries"),
    "names": (lambda: layer({f"{at}{'n' * 190}": b"" for at in range(30)}), "names have more than 4000 bytes"),
    "folders": (
        lambda: layer({f"{at}/{'/'.join('d' * 20 for _ in range(8))}/x": b"" for at in range(9)}),
        "names have",
    ),
    "long": (lambda: layer({"n" * 201: b""}), "longer or deeper path"),
    "gnu long": (lambda: layer(archive({"n" * 5000: b""}, tarfile.GNU_FORMAT)), "an extended header of 5001 bytes"),
    "deep": (lambda: layer({"/".join("abcdefghijkl"): b""}), "longer or deeper path"),
    "upwards": (lambda: layer({"a/../../etc/passwd": b"x"}), "leads upwards"),
    "device": (lambda: layer({"dev/null": Item(kind=tarfile.CHRTYPE)}), "character device 0/0"),
    "below a file": (lambda: layer({"a": b"1", "a/b": b"2"}), "no folder in the same layer"),
    "below a link": (lambda: layer({"a": symlink("/etc"), "a/passwd": b"2"}), "no folder in the same layer"),
    "link to a folder": (lambda: layer({"a/b": b"", "c": hardlink("../etc")}), "leads upwards"),
    "whiteout of its folder": (lambda: layer({"a/.wh..": b""}), "by another name"),
    "sparse": (
        lambda: layer({"app": Item(b"1\n0\n512\n", 0o755, pax={"GNU.sparse.major": "1", "GNU.sparse.realsize": "9"})}),
        "sparse file",
    ),
    "type": (lambda: layer(header(flag=b"V")), "has the type b'V'"),
    "negative": (lambda: layer(header(size=b"\xff" * 12)), "negative or endless"),
    "no number": (lambda: layer(header(size=b"0000000_777")), "a number that is none"),
    "checksum": (lambda: layer(header()[:-1] + b"x"), "wrong checksum"),
    "cut header": (lambda: layer(header()[:100]), "cut short"),
    "cut body": (lambda: layer(header(size=b"00000001000")), "cut short"),
    "cut gzip": (lambda: raw(layer({"a": b"1"}).data[:-9]), "its end is missing"),
    "no gzip": (lambda: raw(b"\x1f\x8b" + b"x" * 600), "cannot be unpacked"),
    "no zstd": (lambda: raw(b"\x28\xb5\x2f\xfd" + b"\xff" * 600), "cannot be unpacked"),
    "no tar": (lambda: raw(b"<html>" * 200), "number that is none"),
    "pax": (lambda: layer(header(size=b"00000000005", flag=b"x") + b"9 a=\n".ljust(512, b"\0")), "cannot be read"),
    "program": (lambda: layer({"app": Item(ELF + bytes(6000), 0o755)}, "plain"), "a program of 6064 bytes"),
    "programs": (
        lambda: layer({f"{at}/sh": Item(ELF + bytes([at]) * 4500, 0o755) for at in range(3)}, "plain"),
        "its programs have more than 9000 bytes",
    ),
    "encrypted": (lambda: replace(layer({}), media_type=f"{TAR}+gzip+encrypted"), "it is encrypted"),
    "other content": (lambda: replace(layer({"a": b""}), unpacked=f"sha256:{'b' * 64}"), "not what the configuration"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_one_layer(name: str, tmp_path: Path) -> None:
    """Each trick is named."""
    blob, expected = LAYERS[name]
    assert expected in told(blob(), tmp_path)


def test_a_wide_zstd_window(tmp_path: Path) -> None:
    """A frame that may look back further than the limit is not unpacked."""
    import zstandard

    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=24)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = compressor.compress(archive({"a": b"1"})) + compressor.flush()
    assert "cannot be unpacked" in told(raw(data), tmp_path)


def test_bytes_that_are_not_the_blob(tmp_path: Path) -> None:
    """A blob with other bytes, more or fewer of them than announced is told; nothing of it is believed."""
    store = Store()
    good = layer({"etc/passwd": b"root:x:0:0::/:/bin/sh\n"})
    digest = store.image([good])
    of_layer = good.descriptor["digest"]
    for data, word in (
        (layer({"b": b"2"}).data.ljust(len(good.data), b"\0")[: len(good.data)], ""),
        (good.data + b"x", "longer"),
        (b"", "ends after"),
    ):
        store.blobs[of_layer] = data
        found = read(store, digest, tmp_path).platforms[0]
        assert len(found.unreadable) == 1
        assert word in found.unreadable[0]
        assert found.accounts is None


def test_a_missing_blob(tmp_path: Path) -> None:
    """A layer that is not there is told, and so is a configuration."""
    store = Store()
    blob = layer({"a": b""})
    digest = store.image([blob])
    del store.blobs[blob.descriptor["digest"]]
    assert "is not in the folder" in " ".join(read(store, digest, tmp_path).platforms[0].unreadable)


def test_indexes_without_end(tmp_path: Path) -> None:
    """Indexes within indexes are opened up to a depth, entries up to a number."""
    store = Store()
    digest = store.image([layer({"a": b""})])
    for _ in range(6):
        digest = store.index([("linux/amd64", digest)])
    assert "indexes lie within each other" in read(store, digest, tmp_path / "a").unreadable[0]
    wide = store.index([("linux/amd64", store.image([]))] * 9)
    assert "more than 6 images" in read(store, wide, tmp_path / "b").unreadable[0]


def test_too_many_layers(tmp_path: Path) -> None:
    """An image of more layers than the limit is not read."""
    store = Store()
    digest = store.image([layer({f"{at}": b""}) for at in range(6)])
    assert "it has 6 layers" in read(store, digest, tmp_path).platforms[0].unreadable[0]


def test_links_out_of_the_folder(tmp_path: Path) -> None:
    """A blob that is a link out of the layout's folder is not opened."""
    store = Store()
    blob = layer({"a": b""})
    digest = store.image([blob])
    store.layout(tmp_path / "l", ("", digest))
    (tmp_path / "secret").write_bytes(blob.data)
    place = tmp_path / "l" / "blobs/sha256" / blob.descriptor["digest"].partition(":")[2]
    place.unlink()
    place.symlink_to(tmp_path / "secret")
    found = read_image(Layout("image", Folder(tmp_path / "l")))
    assert "a link out of the folder" in found.platforms[0].unreadable[0]


def test_members_and_padding(tmp_path: Path) -> None:
    """A gzip blob of several members is one archive, as engines have it."""
    tar = archive({"a": b"1", "b": b"2"})
    out = io.BytesIO()
    for at in range(0, len(tar), 700):
        out.write(gzip.compress(tar[at : at + 700], mtime=0))
    from go_release_gate.oci import digest as digests

    store = Store()
    found = read(store, store.image([raw(out.getvalue(), digests.of(tar))]), tmp_path).platforms[0]
    assert (found.unreadable, found.count) == ((), 2)


def test_one_program_under_many_names(tmp_path: Path) -> None:
    """Hard links and copies of one program are told a few times, the one that is started among them."""
    names = [f"f{at:03}" for at in range(1, 40)]
    blob = layer(
        {"f000": Item(ELF + b"\xff Go buildinf:" + bytes(64), 0o755), **{name: hardlink("f000") for name in names}},
        "plain",
    )
    store, digest = one_image(blob, config={"Entrypoint": ["/f039"]})
    found = read(store, digest, tmp_path, Limits(same=3)).platforms[0]
    assert [one.path for one in found.binaries] == ["/f000", "/f001", "/f039"]
    assert not found.unreadable


def test_more_programs_than_are_read(tmp_path: Path) -> None:
    """Beyond the limit programs are not read, and it is said."""
    entries = {f"f{at}": Item(ELF + b"\xff Go buildinf:" + bytes([at] * 64), 0o755) for at in range(9)}
    store, digest = one_image(layer(entries, "plain"), config={"Entrypoint": ["/f8"]})
    found = read(store, digest, tmp_path, Limits(programs=4)).platforms[0]
    assert [one.path for one in found.binaries] == ["/f0", "/f1", "/f2", "/f8"]
    assert found.unreadable == ("it has 9 programs, of which 4 are read",)


@pytest.mark.parametrize(
    ("config", "word"),
    [({"User": 5}, "User"), ({"Env": "A=b"}, "Env"), ({"Env": [1]}, "Env"), ({"ExposedPorts": []}, "ExposedPorts")],
)
def test_a_configuration_of_other_types(tmp_path: Path, config: dict[str, object], word: str) -> None:
    """What no engine can decode is not judged as if it were empty."""
    store, digest = one_image(layer({"a": b""}), config=config)
    found = read(store, digest, tmp_path).platforms[0]
    assert f"its configuration cannot be read: {word} of the configuration is no" in found.unreadable[0]
