"""What is told of an image: platforms, files that are kept, programs, what lies there to no use."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.images.layout import Folder, Layout
from go_release_gate.facts.image_content import ImageContent, PlatformImage
from go_release_gate.facts.images.read import read_image
from support.images import INDEX, Blob, Item, Store, folder, hardlink, layer, symlink

PASSWD = b"root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"
KEY = b"-----BEGIN EC PRIVATE KEY-----\n" + b"MHcCAQEEIA" * 12 + b"\n-----END EC PRIVATE KEY-----\n"
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\n" + b"MIIB" * 40 + b"\n-----END CERTIFICATE-----\n"


def opened(store: Store, digest: str, place: Path, **options: Any) -> ImageContent:
    """The image, from a layout."""
    return read_image(Layout("image", Folder(store.layout(place, ("", digest)))), **options)


def image(place: Path, *layers: Blob, **config: Any) -> PlatformImage:
    """The only platform of an image, which could be read."""
    store = Store()
    found = opened(store, store.image(layers, config), place).platforms[0]
    assert found.unreadable == ()
    return found


def kinds(found: PlatformImage) -> dict[str, tuple[str, ...]]:
    """Path → what it is kept for."""
    return {file.path: file.kinds for file in found.files}


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A program that Go built."""
    place = tmp_path_factory.mktemp("program")
    (place / "go.mod").write_text("module example.com/app\n\ngo 1.24\n")
    (place / "main.go").write_text("package main\n\nfunc main() { println(1) }\n")
    words = ["go", "build", "-buildvcs=false", "-trimpath", "-o", "app", "."]
    subprocess.run(words, cwd=place, check=True)
    return (place / "app").read_bytes()


def test_platforms(tmp_path: Path) -> None:
    """Every platform of an index is one, attestations and signatures are none; one can be asked for."""
    store = Store()
    shared = layer({"etc/passwd": PASSWD})
    one = store.image([shared])
    two = store.image([shared, layer({"x": b"1"})], platform="linux/arm/v7", annotations={"a": "b"})
    chart = {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": one, "size": 2}
    signature = store.add({"schemaVersion": 2, "config": chart, "layers": []})
    index = store.index([("linux/amd64", one), ("linux/arm/v7", two), ("unknown/unknown", one), ("", signature)])
    found = opened(store, index, tmp_path)

    assert (found.digest, found.media_type, found.unreadable) == (index, INDEX, ())
    assert [(each.platform, each.digest, each.count) for each in found.platforms] == [
        ("linux/amd64", one, 1),
        ("linux/arm/v7", two, 2),
    ]
    assert found.platforms[1].annotations == {"a": "b"}
    assert [each.platform for each in opened(store, index, tmp_path, platforms=("linux/arm",)).platforms] == [
        "linux/arm/v7"
    ]
    missing = opened(store, index, tmp_path, platforms=("linux/s390x",))
    assert missing.platforms == ()
    assert "no linux/s390x (it has linux/amd64, linux/arm/v7)" in missing.unreadable[0]
    assert missing.offered == ("linux/amd64", "linux/arm/v7")


def test_an_artifact(tmp_path: Path) -> None:
    """A chart is no image, and that is said."""
    store = Store()
    config = store.add({})
    kind = "application/vnd.cncf.helm.config.v1+json"
    chart = store.add({"schemaVersion": 2, "config": store.descriptor(config, kind), "layers": []})
    found = opened(store, chart, tmp_path)

    assert found.platforms == ()
    assert kind in found.unreadable[0]


def test_the_configuration(tmp_path: Path) -> None:
    """What the configuration says, layers with the step that made them and their sizes."""
    blob = layer({"a": b"123", "b": folder()}, "zstd")
    found = image(
        tmp_path, blob, User="app", Env=["A=b=c"], Labels={"l": "m"}, ExposedPorts={"80/tcp": {}}, WorkingDir="/w"
    )

    assert (found.platform, found.config.user, found.config.environment) == ("linux/amd64", "app", {"A": "b=c"})
    assert (found.config.labels, found.config.ports, found.config.directory) == ({"l": "m"}, ("80/tcp",), "/w")
    assert (found.layers[0].created_by, found.layers[0].files, found.layers[0].size) == ("step 0", 2, len(blob.data))
    assert (found.bytes, found.count, found.accounts) == (3, 1, None)


def test_programs(tmp_path: Path, program: bytes) -> None:
    """Programs that Go built are read, under every name, from the topmost layer; others only when they are started."""
    other = Path("/bin/true").read_bytes()
    found = image(
        tmp_path,
        layer({"app": Item(b"\x7fELF old", 0o755), "bin/gone": Item(program, 0o755), "bin/true": Item(other, 0o755)}),
        layer({"app": Item(program, 0o755), "same": hardlink("app"), "bin/.wh.gone": b"", "run": symlink("bin/true")}),
        Entrypoint=["/run", "/app"],
    )
    told = {each.path: each for each in found.binaries}

    assert set(told) == {"/app", "/same", "/bin/true"}
    assert told["/app"].info is not None
    assert told["/app"].info.path == "example.com/app"
    assert told["/app"].digest == told["/same"].digest
    assert told["/bin/true"].info is None
    assert told["/bin/true"].elf is not None
    assert found.bytes == len(program) + len(other)
    assert "entrypoint" in kinds(found)["/run"]
    assert "entrypoint" in kinds(found)["/bin/true"]


def test_what_a_shell_starts(tmp_path: Path) -> None:
    """Of `sh -c`, the shell and the program it starts; PATH and working directory count; a script tells its shebang."""
    files = {"bin/busybox": Item(b"1", 0o755), "bin/sh": symlink("busybox"), "srv/go": Item(b"#!/bin/sh -e\nx", 0o755)}
    shell = image(tmp_path / "a", layer(files), Cmd=["/bin/sh", "-c", "A=1 exec go --flag"], Env=["PATH=/none:/srv"])
    inside = image(tmp_path / "b", layer(files), Entrypoint=["./go"], WorkingDir="/srv")

    assert {"/bin/sh", "/bin/busybox", "/srv/go"} <= {
        path for path, for_ in kinds(shell).items() if "entrypoint" in for_
    }
    file = inside.file("/srv/go")
    assert file is not None
    assert file.shebang == "/bin/sh -e"


def test_files_that_are_kept(tmp_path: Path) -> None:
    """Certificates, time zones, accounts, the toolchain, setuid; nothing of a plain file."""
    found = image(
        tmp_path,
        layer(
            {
                "etc/passwd": PASSWD,
                "etc/ssl/certs/ca-certificates.crt": CERTIFICATE,
                "usr/share/zoneinfo/Europe/Berlin": b"TZif",
                "usr/local/go/bin/go": b"1",
                "usr/local/go/pkg/tool/linux_amd64/compile": b"12",
                "root/go/pkg/mod/cache/download/x": b"123",
                "root/.cache/go-build/00/x": b"1234",
                "var/lib/apt/lists/x": b"12345",
                "bin/su": Item(b"1", 0o4755),
                "data": folder(0o777),
                "tmp": folder(0o1777),
                "plain": b"1",
            }
        ),
        layer({"plain": b"22"}),
    )

    assert kinds(found) == {
        "/etc/passwd": ("accounts",),
        "/etc/ssl/certs/ca-certificates.crt": ("certificates",),
        "/usr/share/zoneinfo/Europe/Berlin": ("time zones",),
        "/usr/local/go/bin/go": ("Go toolchain",),
        "/usr/local/go/pkg/tool/linux_amd64/compile": ("Go toolchain",),
        "/bin/su": ("setuid",),
        "/data": ("world-writable",),
    }
    assert found.accounts == {"root": 0, "app": 1000}
    assert {(each.kind, each.layer, each.size, each.path) for each in found.ballast} == {
        ("Go toolchain", 0, 3, "/usr/local/go"),
        ("module cache", 0, 3, "/root/go/pkg/mod"),
        ("build cache", 0, 4, "/root/.cache/go-build"),
        ("package lists", 0, 5, "/var/lib/apt/lists"),
        ("duplicate", 0, 1, "/plain"),
    }


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("app", {"/app", "/app/server"}),
        ("1000", {"/app", "/app/server"}),
        ("1001:1000", {"/app"}),
        ("0", set()),
        ("ghost", set()),
    ],
)
def test_what_the_runtime_user_may_write(tmp_path: Path, user: str, expected: set[str]) -> None:
    """The started file and the folders above it, by owner and group; what root may is no question of modes."""
    entries = {
        "etc/passwd": PASSWD,
        "app": Item(mode=0o775, user=1000, group=1000, kind=b"5"),
        "app/server": Item(b"1", 0o755, user=1000),
    }
    found = image(tmp_path, layer(entries), User=user, Entrypoint=["/app/server"])

    assert {path for path, for_ in kinds(found).items() if "writable" in for_} == expected


SECRETS = {
    "etc/tls/server.key": KEY,
    "app/config.json": b'{"private_key": "' + KEY.replace(b"\n", b"\\n") + b'"}',
    "root/.npmrc": b"//registry.example.com/:_authToken=abcdef\n",
    "root/.netrc": b"machine example.com login a password b\n",
    "root/.git-credentials": b"https://a:b@example.com\n",
    "root/.docker/config.json": b'{"auths": {"example.com": {"auth": "YTpi"}}}',
    "root/.aws/credentials": b"[default]\naws_secret_access_key = abc\n",
    "root/.kube/config": b"users:\n- user:\n    client-key-data: " + b"QUJD" * 20,
    "app/.env": b"DB_PASSWORD=hunter2\n",
    "app/.env.production": b"export API_KEY='x1'\n",
    "app/token.txt": b"ghp_" + b"a1" * 18,
    "app/store.p12": b"12345678",
}
NO_SECRETS = {
    "etc/ssl/certs/own.pem": CERTIFICATE,
    "app/testdata/server.key": KEY,
    "usr/local/go/src/crypto/tls/testdata/x.pem": KEY,
    "usr/share/doc/x/key.pem": KEY,
    "app/readme.txt": b"a file starts with -----BEGIN PRIVATE KEY-----, then comes base64",
    "root/.npmrc": b"registry=https://registry.example.com\n",
    "app/.env": b"PORT=80\nLOG=debug\n",
    "app/.env.example": b"DB_PASSWORD=changeme\n",
    "app/compose.yaml": b"x: AKIAIOSFODNN7EXAMPLE\n",
    "root/.docker/config.json": b'{"credsStore": "none"}',
    "etc/java/cacerts.jks": b"12345678",
    "app/public.key": b"-----BEGIN PUBLIC KEY-----\n" + b"MIIB" * 40,
}


def test_secrets(tmp_path: Path) -> None:
    """Files that look like secrets are kept with a word of what they seem to be; those that do not, are not."""
    there, not_there = image(tmp_path / "a", layer(SECRETS)), image(tmp_path / "b", layer(NO_SECRETS))

    assert {file.path[1:] for file in there.files if file.kinds == ("secret",) and file.note} == set(SECRETS)
    assert [file.path for file in not_there.files if "secret" in file.kinds] == []


def test_the_same_layer_is_read_once(tmp_path: Path) -> None:
    """A layer that platforms share is opened once."""
    store = Store()
    shared = layer({"a": b"1"})
    index = store.index(
        [("linux/amd64", store.image([shared])), ("linux/arm64", store.image([shared, shared], platform="linux/arm64"))]
    )
    source = Layout("image", Folder(store.layout(tmp_path, ("", index))))
    asked: list[str] = []

    class Counting:
        """Counts blobs."""

        name, is_partial, manifest = "image", False, staticmethod(source.manifest)

        def blob(self, digest: str, size: int) -> Any:
            """Count one."""
            asked.append(digest)
            return source.blob(digest, size)

    assert len(read_image(Counting()).platforms) == 2
    assert asked.count(shared.descriptor["digest"]) == 1
