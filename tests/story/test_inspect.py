"""A finished image is held against its tag: programs built for real, from a layout, an archive and a registry."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.cli import app
from support import dockerregistry
from support.images import Item, Store, layer
from support.shopimage import CLIENT, LABEL, PATH, Build, Shop, make_shop

SOURCE = Path(__file__).parents[2] / "src"
PLATFORMS = ("linux/amd64", "linux/arm64")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The shop with its release v1.4.2."""
    return make_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def good(shop: Shop) -> Build:
    """The image as it should be, for two machines."""
    programs = {platform: shop.program(platform.partition("/")[2]) for platform in PLATFORMS}
    return Build(programs, shop.labels())


@dataclass(frozen=True)
class Answer:
    """Exit code and JSON report."""

    code: int
    report: Any

    @property
    def rules(self) -> set[str]:
        """Rules with an error or a warning."""
        return {one["rule"] for one in self.report["findings"] if one["severity"] != "note"}

    def message(self, rule: str) -> str:
        """The messages of a rule."""
        return "\n".join(one["message"] for one in self.report["findings"] if one["rule"] == rule)


def inspect(shop: Shop, image: str, folder: Path, *words: str) -> Answer:
    """Run the verb on an image in the shop's repository."""
    output = folder / "report.json"
    argv = ["inspect", image, "--repository", str(shop.root), "--format", "json", "--output", str(output), *words]
    code = app.run(argv, {"PATH": os.environ["PATH"], "HOME": str(folder)})
    return Answer(code, json.loads(output.read_text()))


def judged(shop: Shop, build: Build, folder: Path, tag: str = "v1.4.2") -> Answer:
    """An image as a layout, held against a tag."""
    store, digest = build.store()
    return inspect(shop, str(store.layout(folder / "layout", ("", digest))), folder, "--tag", tag)


def test_a_good_image_passes(shop: Shop, good: Build, tmp_path: Path) -> None:
    """Nothing is found, everything could be told, and the report names what is in the image."""
    answer = judged(shop, good, tmp_path)
    assert (answer.code, answer.report["findings"], answer.report["unreadable"]) == (0, [], [])
    assert (answer.report["verdict"], answer.report["complete"]) == ("pass", True)
    assert answer.report["expected"]["revision"] == shop.revision
    first = answer.report["platforms"][0]
    assert (first["platform"], first["config"]["user"], first["binaries"][0]["path"]) == (
        "linux/amd64",
        "65532",
        "/app/shop",
    )
    assert first["binaries"][0]["build"]["settings"]["vcs.revision"] == shop.revision


def test_text_for_people(shop: Shop, good: Build, tmp_path: Path) -> None:
    """The command on a terminal: a block for each platform, bars without colour, the verdict last."""
    store, digest = good.store()
    image = store.layout(tmp_path / "layout", ("1.4.2", digest))
    command = [sys.executable, "-m", "go_release_gate", "inspect", f"{image}:1.4.2", "--tag=v1.4.2"]
    env = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=shop.root, env=env, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert f"  held against the tag v1.4.2, the commit {shop.revision[:12]}, the module example.com/shop" in lines
    assert "  user    65532" in lines
    assert any(line.startswith("  program /app/shop") and "static, arm64, stripped" in line for line in lines)
    assert "linux/amd64: /app/shop by section" in lines
    assert lines[-1] == "pass: no findings in 2 platforms"
    assert "\x1b" not in done.stdout


def test_an_archive(shop: Shop, good: Build, tmp_path: Path) -> None:
    """The same image as a tar archive."""
    store, digest = good.store()
    with tarfile.open(tmp_path / "image.tar", "w") as tar:
        for name, data in store.files(("1.4.2", digest)).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    answer = inspect(shop, str(tmp_path / "image.tar"), tmp_path, "--tag", "v1.4.2")
    assert (answer.code, answer.report["image"]["digest"]) == (0, digest)


def test_an_archive_of_docker_save(shop: Shop, good: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has no manifest, so no digest, as people are told."""
    store, digest = replace(good, programs={"linux/amd64": good.programs["linux/amd64"]}).store()
    inner = json.loads(store.blobs[digest])["manifests"][0]["digest"]
    with tarfile.open(tmp_path / "saved.tar", "w") as tar:
        for name, data in store.saved(inner, "shop:1.4.2").items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    argv = ["inspect", str(tmp_path / "saved.tar"), "--repository", str(shop.root), "--tag", "v1.4.2"]
    assert app.run(argv, {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}) == 0
    assert "  digest none: `docker save` leaves no manifest" in capsys.readouterr().out


def test_a_reference(shop: Shop, good: Build, tmp_path: Path) -> None:
    """The same image from a real registry, by tag and by digest."""
    store, digest = good.store()
    with dockerregistry.running(tmp_path) as registry:
        pushed = _push(registry, store, digest)
        for name in (f"{registry.domain}/acme/shop:1.4.2", f"{registry.domain}/acme/shop@{digest}"):
            answer = inspect(shop, name, tmp_path, "--tag", "v1.4.2")
            assert (answer.code, answer.report["image"]["digest"]) == (0, pushed)
        assert inspect(shop, f"{registry.domain}/acme/none:1", tmp_path).code == 3


def _push(registry: dockerregistry.RealRegistry, store: Store, top: str) -> str:
    """Push every blob, then the manifests from the inside out."""
    for digest, data in store.blobs.items():
        registry.push_blob("acme/shop", data)
        document = json.loads(data) if data.startswith(b"{") else {}
        if "manifests" not in document and "layers" in document:
            registry.put("acme/shop", digest, document)
    return registry.put("acme/shop", "1.4.2", json.loads(store.blobs[top]))


def test_programs_of_another_machine(shop: Shop, good: Build, tmp_path: Path) -> None:
    """The arm64 entry holds the amd64 program: named, with the entry that has the same one."""
    amd64 = good.programs["linux/amd64"]
    answer = judged(shop, replace(good, programs=dict.fromkeys(PLATFORMS, amd64)), tmp_path)
    assert (answer.code, answer.rules) == (1, {"wrong-architecture"})
    message = answer.message("wrong-architecture")
    assert message.startswith("linux/arm64: /app/shop is built for amd64")
    assert "the same program is in linux/amd64" in message


def test_dynamic_on_scratch(shop: Shop, good: Build, tmp_path: Path) -> None:
    """A program that wants a loader, in an image without one; with one behind linked folders it is fine."""
    pie = replace(good, programs={"linux/amd64": shop.program("amd64", "-buildmode=pie")})
    answer = judged(shop, pie, tmp_path)
    assert (answer.code, answer.rules) == (1, {"libc-mismatch"})
    assert "/lib64/ld-linux-x86-64.so.2" in answer.message("libc-mismatch")
    loader = {
        "lib64": replace(Item(), kind=tarfile.SYMTYPE, link="usr/lib64"),
        "usr/lib64/ld-linux-x86-64.so.2": Item(b"\x7fELF", mode=0o755),
    }
    assert judged(shop, replace(pie, files=loader), tmp_path / "with").rules == set()


def test_dirty_and_other_commit(shop: Shop, good: Build, tmp_path: Path) -> None:
    """A changed tree and a later commit are told apart, and a sum that go.sum at the tag does not have is named."""
    main = shop.root / "main.go"
    before = main.read_text()
    main.write_text(before + "\n// changed\n")
    dirty = replace(good, programs={"linux/amd64": shop.program()})
    main.write_text(before)
    answer = judged(shop, dirty, tmp_path)
    assert (answer.code, answer.rules) == (1, {"dirty-build"})
    assert "vcs.modified=true" in answer.message("dirty-build")
    with (
        _moved(shop, "go.mod", "v1.1.0", "v1.0.0"),
        _moved(shop, "go.sum", "", shop.proxy.sum_text("example.com/dep@v1.0.0")),
    ):
        shop.commit("v1.4.1")
        older = replace(good, programs={"linux/amd64": shop.program()})
    shop.commit("v1.4.3")
    answer = judged(shop, older, tmp_path / "older")
    assert (answer.code, answer.rules) == (1, {"dirty-build", "binary-not-from-go-sum"})
    assert "was built from the commit" in answer.message("dirty-build")
    assert "holds example.com/dep v1.0.0, where go.mod of example.com/shop says v1.1.0" in answer.message(
        "binary-not-from-go-sum"
    )


def test_other_go_sum_and_other_go(shop: Shop, good: Build, tmp_path: Path) -> None:
    """The tagged commit has another sum for the same version, and asks for a newer Go than built the program."""
    right = shop.proxy.content_hash("example.com/dep@v1.1.0")
    with _moved(shop, "go.sum", right, f"h1:{'A' * 43}="), _moved(shop, "go.mod", "go 1.21", "go 1.99.0"):
        shop.commit("v1.5.0")
    shop.commit("v1.5.1")
    answer = judged(shop, good, tmp_path, "v1.5.0")
    assert answer.code == 1
    assert answer.rules == {"binary-not-from-go-sum", "go-version-disagreement", "dirty-build", "image-label-mismatch"}
    assert f"with the sum {right}, where go.sum says h1:AAA" in answer.message("binary-not-from-go-sum")
    assert "older than go 1.99.0" in answer.message("go-version-disagreement")


def test_labels_user_and_modes(shop: Shop, good: Build, tmp_path: Path) -> None:
    """A label that was moved, root, and a program that its user may replace."""
    moved = replace(good, labels=shop.labels(version="1.4.1"))
    assert judged(shop, moved, tmp_path / "1").rules == {"image-label-mismatch"}
    assert judged(shop, replace(good, config={"User": ""}), tmp_path / "2").rules == {"root-user"}
    own = replace(good, program=Item(mode=0o755, user=65532))
    assert judged(shop, own, tmp_path / "3").rules == {"writable-by-runtime-user"}


def test_a_client_without_roots(shop: Shop, tmp_path: Path) -> None:
    """A program that calls an HTTP client needs root certificates, unless they are there."""
    with _moved(shop, "main.go", None, CLIENT):
        revision = shop.commit("v1.6.0")
        labels = {**shop.labels(revision=revision), f"{LABEL}version": "1.6.0"}
        client = Build({"linux/amd64": shop.program()}, labels)
    shop.commit("v1.6.1")
    assert judged(shop, client, tmp_path / "1", "v1.6.0").rules == {"missing-ca-certificates"}
    roots = replace(client, files={"etc/ssl/certs/ca-certificates.crt": b"-----BEGIN CERTIFICATE-----\n"})
    assert judged(shop, roots, tmp_path / "2", "v1.6.0").rules == set()


def test_what_cannot_be_read_is_no_pass(shop: Shop, good: Build, tmp_path: Path) -> None:
    """A layer that is cut short leaves the answer unavailable, with the reason."""
    store = Store()
    whole = layer({"app/shop": Item(good.programs["linux/amd64"], mode=0o755)})
    digest = store.image([whole], {"User": "1", "Entrypoint": ["/app/shop"], "Env": [f"PATH={PATH}"]})
    place = store.layout(tmp_path / "layout", ("", digest))
    blob = place / "blobs/sha256" / whole.descriptor["digest"].partition(":")[2]
    blob.write_bytes(whole.data[: len(whole.data) // 2])
    answer = inspect(shop, str(place), tmp_path, "--tag", "v1.4.2")
    assert (answer.code, answer.report["verdict"], answer.report["complete"]) == (3, "unavailable", False)
    assert answer.report["unreadable"]


def test_a_stranger_is_judged_against_itself(shop: Shop, good: Build, tmp_path: Path) -> None:
    """Without a word about the repository, an image of another one is not held against this one."""
    store, digest = good.store()
    image = store.layout(tmp_path / "layout", ("", digest))
    output = tmp_path / "report.json"
    (tmp_path / "empty").mkdir()
    argv = ["inspect", str(image), "--format=json", f"--output={output}"]
    command = [sys.executable, "-m", "go_release_gate", *argv]
    env = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path / "empty", env=env, capture_output=True, text=True, check=False)
    report = json.loads(output.read_text())
    assert (done.returncode, report["expected"], report["findings"]) == (0, None, [])
    assert "judged against itself alone" in report["notices"][0]


class _moved:  # noqa: N801 - reads as a verb where it is used
    """While this holds, a file of the shop says something else: `new` for `old`, for all of it where that is None."""

    def __init__(self, shop: Shop, name: str, old: str | None, new: str) -> None:
        self.file, self.old, self.new = shop.root / name, old, new

    def __enter__(self) -> None:
        self.before = self.file.read_text()
        text = self.before
        self.file.write_text(
            self.new if self.old is None else text + self.new if not self.old else text.replace(self.old, self.new)
        )

    def __exit__(self, *_: object) -> None:
        self.file.write_text(self.before)
