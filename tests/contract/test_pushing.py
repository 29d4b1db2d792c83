"""`push` against a real registry: bytes in are bytes out, tags come last, and its own log says what was written."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from go_release_gate import action
from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.cli import app
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import parse
from support import dockerregistry
from support.containerstep import parse_outputs
from support.dockerregistry import RealRegistry
from support.images import Store, layer

STATEMENT = "application/vnd.in-toto+json"
SPDX, SLSA = "https://spdx.dev/Document", "https://slsa.dev/provenance/v1"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RealRegistry]:
    """A registry that refuses manifests whose parts are not there."""
    folder = tmp_path / "registry"
    folder.mkdir()
    with dockerregistry.running(folder, validates=True) as running:
        yield running


@dataclass
class Ran:
    """What the command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its object."""
        return json.loads(self.out)


def push(*words: str, **environ: str) -> Ran:
    """`go-release-gate push WORDS`."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = app.run(["push", *words], {"PATH": "/usr/bin", **environ})
    return Ran(code, out.getvalue(), err.getvalue())


def attested(store: Store, image: str, *predicates: str, subject: str = "") -> str:
    """A manifest of attestations about an image, as BuildKit writes it; its digest."""
    layers = []
    for predicate in predicates:
        named = [{"name": "pkg", "digest": {"sha256": (subject or image).removeprefix("sha256:")}}]
        statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": predicate, "subject": named}
        digest = store.add({**statement, "predicate": {"made": "up"}})
        layers.append(store.descriptor(digest, STATEMENT, annotations={"in-toto.io/predicate-type": predicate}))
    config = store.descriptor(
        store.add({"os": "unknown", "architecture": "unknown"}), "application/vnd.oci.image.config.v1+json"
    )
    kind = "application/vnd.oci.image.manifest.v1+json"
    return store.add({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers})


def image(folder: Path, *predicates: str, text: bytes = b"program", subject: str = "") -> tuple[Path, str]:
    """An OCI layout with an image for two platforms and its attestations: the folder and the digest."""
    store, listed = Store(), []
    for machine in ("amd64", "arm64"):
        digest = store.image([layer({"app": text + machine.encode()})], platform=f"linux/{machine}")
        platform = {"os": "linux", "architecture": machine}
        listed.append(store.descriptor(digest, platform=platform))
        about = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": digest}
        if predicates:
            proof = attested(store, digest, *predicates, subject=subject)
            unknown = {"os": "unknown", "architecture": "unknown"}
            listed.append(store.descriptor(proof, platform=unknown, annotations=about))
    kind = "application/vnd.oci.image.index.v1+json"
    top = store.add({"schemaVersion": 2, "mediaType": kind, "manifests": listed})
    return store.layout(folder, ("", top)), top


def shown(registry: RealRegistry, tag: str, tmp_path: Path) -> str:
    """The digest a tag has in the registry; empty: it has none."""
    asked = connect({}, Connecting(tmp_path), Timing(sleep=lambda _seconds: None))
    return (
        tag in asked.tags(parse(f"{registry.domain}/acme/shop"))
        and (asked.look(parse(f"{registry.domain}/acme/shop:{tag}")).digest)
    ) or ""


def test_bytes_arrive_as_they_are(registry: RealRegistry, tmp_path: Path) -> None:
    """An index with two platforms and its attestations has the same digest there, whole, under each tag."""
    place, digest = image(tmp_path / "layout", SPDX, SLSA)
    name = f"{registry.domain}/acme/shop"

    ran = push(
        str(place),
        f"{name}:1.4.2",
        f"{name}:latest",
        "--digest",
        digest,
        "--require",
        "sbom,provenance",
        "--format",
        "json",
    )

    assert ran.code == 0, ran.err
    assert ran.json["image"] == f"{name}@{digest}"
    assert [one["before"] for one in ran.json["tags"]] == ["", ""]
    asked = connect({}, Connecting(tmp_path), Timing())
    for tag in ("1.4.2", "latest"):
        assert digests.of(asked.manifest(parse(f"{name}:{tag}")).content) == digest
    for blob in (place / "blobs/sha256").iterdir():
        kept = blob.read_bytes()
        if b"schemaVersion" not in kept:
            assert asked.blob(parse(name), f"sha256:{blob.name}") == kept
    writes = [path for method, path in registry.writes() if method == "PUT" and "/manifests/" in path]
    assert writes[-2:] == ["/v2/acme/shop/manifests/1.4.2", "/v2/acme/shop/manifests/latest"]


def test_an_archive_and_a_second_time(registry: RealRegistry, tmp_path: Path) -> None:
    """A tar of the layout does as well; what is there already is not sent again."""
    place, digest = image(tmp_path / "layout")
    archive = tmp_path / "image.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(place, ".")
    name = f"{registry.domain}/acme/shop:1.4.2"

    first, second = (push(str(archive), name, "--format", "json") for _ in range(2))

    assert first.code == second.code == 0, first.err
    assert (first.json["sent"] > 0, second.json["sent"], second.json["tags"][0]["before"]) == (True, 0, digest)


def test_a_release_never_moves(registry: RealRegistry, tmp_path: Path) -> None:
    """A tag of a release with another digest stops everything before the first write; what is there to move moves."""
    name = f"{registry.domain}/acme/shop"
    old, before = image(tmp_path / "old", text=b"old")
    new, digest = image(tmp_path / "new", text=b"new")
    assert push(str(old), f"{name}:v1.4.2", f"{name}:1.4", f"{name}:latest").code == 0
    written = len(registry.writes())

    refused = push(str(new), f"{name}:1.4", f"{name}:v1.4.2")

    assert refused.code == 5
    assert "v1.4.2 is there already" in refused.err
    assert "--may-move v1.4.2" in refused.err
    assert len(registry.writes()) == written
    assert push(str(new), f"{name}:1.4", f"{name}:latest").code == 0
    assert (shown(registry, "1.4", tmp_path), shown(registry, "v1.4.2", tmp_path)) == (digest, before)
    assert push(str(new), f"{name}:v1.4.2", "--may-move", "v1.4.2").code == 0
    assert shown(registry, "v1.4.2", tmp_path) == digest


@pytest.mark.parametrize(
    ("predicates", "subject", "said"),
    [
        ((), "", "no sbom of linux/amd64: it has none"),
        ((SPDX,), "", "no provenance of linux/amd64: it has none"),
        ((SPDX, SLSA), digests.of(b"another"), "its subject is another image"),
    ],
)
def test_attestations_are_held_to_the_image(
    registry: RealRegistry, tmp_path: Path, predicates: tuple[str, ...], subject: str, said: str
) -> None:
    """What is required must be there for every platform, and be about that very manifest."""
    place, _ = image(tmp_path / "layout", *predicates, subject=subject)

    ran = push(str(place), f"{registry.domain}/acme/shop:1.4.2", "--require", "sbom", "--require", "provenance")

    assert ran.code == 5
    assert said in ran.err
    assert registry.writes() == []


def test_another_digest_is_refused(registry: RealRegistry, tmp_path: Path) -> None:
    """The image that was tested is meant, and no other."""
    place, _ = image(tmp_path / "layout")

    ran = push(str(place), f"{registry.domain}/acme/shop:1.4.2", "--digest", digests.of(b"tested"))

    assert (ran.code, registry.writes()) == (5, [])
    assert "was to be pushed" in ran.err


@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_spoiled_blob_reaches_no_tag(registry: RealRegistry, tmp_path: Path, harm: str) -> None:
    """A layer that is not what its digest says is never a part of what a tag names."""
    place, _ = image(tmp_path / "layout")
    blob = next(one for one in sorted((place / "blobs/sha256").iterdir()) if one.read_bytes()[:2] == b"\x1f\x8b")
    kept = blob.read_bytes()
    {
        "changed": lambda: blob.write_bytes(kept[:-1] + b"!"),
        "cut": lambda: blob.write_bytes(kept[:-1]),
        "gone": blob.unlink,
    }[harm]()

    ran = push(str(place), f"{registry.domain}/acme/shop:1.4.2")

    assert ran.code == 3, ran.err
    assert blob.name in ran.err
    assert not [path for _, path in registry.writes() if "/manifests/" in path]


def test_a_dry_run_writes_nothing(registry: RealRegistry, tmp_path: Path) -> None:
    """It looks at the tags, and says what would become of them."""
    place, digest = image(tmp_path / "layout")

    ran = push(str(place), f"{registry.domain}/acme/shop:1.4.2", "--dry-run")

    assert (ran.code, registry.writes()) == (0, [])
    assert digest in ran.out
    assert "a dry run: nothing is sent" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ghcr.io/acme/Shop:1",), "no image reference"),
        (("ghcr.io/acme/shop",), "must have a tag"),
        (("ghcr.io/acme/shop:1", "--require", "sbmo"), "sbom"),
        (("ghcr.io/acme/shop:1", "--digest", "sha256:1"), "no digest"),
    ],
)
def test_wrong_usage(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """What cannot be meant is said with what was expected; exit 2."""
    place, _ = image(tmp_path / "layout")

    ran = push(str(place), *words)

    assert ran.code == 2
    assert said in ran.err


def test_a_registry_is_no_layout(tmp_path: Path) -> None:
    """An image is pushed from where it was built, not copied from another registry."""
    assert "is no OCI layout" in push("ghcr.io/acme/shop:1", "ghcr.io/acme/shop:2").err


def test_as_a_step(registry: RealRegistry, tmp_path: Path) -> None:
    """`references` has one a line, as `verb: tags` gives them, and `image` lies in the workspace."""
    _, digest = image(tmp_path / "layout", SPDX, SLSA)
    name = f"{registry.domain}/acme/shop"
    output = tmp_path / "output"
    environ = {
        "PATH": "/usr/bin", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path), "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(output), "GITHUB_EVENT_NAME": "push", "INPUT_VERB": "push", "INPUT_IMAGE": "layout",
        "INPUT_REFERENCES": f"{name}:1.4.2\n{name}:latest\n", "INPUT_DIGEST": digest,
        "INPUT_REQUIRE": "sbom,provenance",
    }  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()) as log:
        code = action.main(environ)

    assert code == 0, log.getvalue()
    assert [shown(registry, tag, tmp_path) for tag in ("1.4.2", "latest")] == [digest] * 2
    given = parse_outputs(output.read_text("utf-8"))
    assert (given["digest"], given["tags"].split()) == (digest, [f"{name}:1.4.2", f"{name}:latest"])


def changed(layout: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The layout with another index of its image, under its own digest."""
    listed = json.loads((layout / "index.json").read_text("utf-8"))
    entry, blobs = listed["manifests"][0], layout / "blobs/sha256"
    index = json.loads((blobs / entry["digest"].removeprefix("sha256:")).read_text("utf-8"))
    change(index)
    content = json.dumps(index).encode()
    entry |= {"digest": digests.of(content), "size": len(content)}
    (blobs / entry["digest"].removeprefix("sha256:")).write_bytes(content)
    (layout / "index.json").write_text(json.dumps(listed), encoding="utf-8")
    return layout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda index: index["manifests"][0].update(size=1), "has 1 bytes, which engines would refuse"),
        (lambda index: index.update(Manifests=index["manifests"][:1]), "has the key `manifests` twice"),
        (lambda index: index["manifests"][0].update(Digest="sha256:" + "a" * 64), "has the key `digest` twice"),
    ],
    ids=["size", "index", "digest"],
)
def test_an_index_that_two_programs_read_differently(
    registry: RealRegistry, tmp_path: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    """A size that is not the manifest's, a key twice in another case: nothing of it reaches the registry."""
    layout, _ = image(tmp_path / "image")
    ran = push(str(changed(layout, change)), f"{registry.domain}/acme/shop:1.4.2")
    assert (ran.code, said in ran.err) == (3, True), ran.err
    assert registry.writes() == []


def test_an_index_that_says_the_same_often_is_read_once(registry: RealRegistry, tmp_path: Path) -> None:
    """Indexes of thousands of equal entries, one in another, are no work of millions of reads."""
    layout, _ = image(tmp_path / "image")
    kind = "application/vnd.oci.image.index.v1+json"

    def wrap(index: dict[str, Any]) -> None:
        inner = json.dumps({**index, "manifests": index["manifests"] * 2000}).encode()
        (layout / "blobs/sha256" / digests.of(inner).removeprefix("sha256:")).write_bytes(inner)
        index["manifests"] = [{"mediaType": kind, "digest": digests.of(inner), "size": len(inner)}] * 2000

    assert push(str(changed(layout, wrap)), f"{registry.domain}/acme/shop:1.4.2").code == 0
    assert len([path for method, path in registry.writes() if method == "PUT" and "/manifests/" in path]) == 5


@pytest.mark.parametrize("tag", ["api-1.4.2", "release-v1.4.2", "services_api-v1.4.2-rc.1"])
def test_a_release_with_a_name_before_it_never_moves(registry: RealRegistry, tmp_path: Path, tag: str) -> None:
    """A prefix, as services of one repository have it, makes no moving name of a version."""
    place = f"{registry.domain}/acme/shop:{tag}"
    assert push(str(image(tmp_path / "one")[0]), place).code == 0
    other = str(image(tmp_path / "two", text=b"other")[0])
    assert push(other, place).code == 5
    assert push(other, place, "--may-move", tag).code == 0
