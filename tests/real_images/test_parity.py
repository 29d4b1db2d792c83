"""What is told of an image is what crane, `go version -m` and `readelf` tell of the same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.images.opening import open_image
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.facts.images.choose import choose
from go_release_gate.facts.images.layers import Layers
from go_release_gate.facts.images.limits import Limits
from go_release_gate.facts.images.overlay import Overlay
from go_release_gate.model.progress import Silence
from real_images.builder import Builder
from real_images.crane import Crane
from real_images.engine import Engine
from real_images.judging import inspect
from real_images.service import MACHINES, Recipe, Service
from support.dockerregistry import RealRegistry
from support.programs import go_build, write_module

pytestmark = pytest.mark.e2e
READELF_MACHINES = {"amd64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}
BROOM = """package main

import "os"

func main() {
	for _, each := range os.Args[1:] {
		os.RemoveAll(each)
	}
}
"""
# crane forgets the removal of a folder that a later layer makes again, so that what was in it is back; engines do not
RESURRECTED = {"other/folder/deeper", "other/folder/deeper/file", "other/folder/inside"}
LAYERED = """FROM scratch
COPY broom /broom
COPY --chown=7:8 --chmod=4750 data /data
COPY data/kept /data/replaced
COPY data /other
RUN ["/broom", "/data/gone", "/other/folder", "/other/kept"]
COPY data/kept /other/folder/again
USER 65532:65532
ENTRYPOINT ["/broom"]
"""


def test_files_of_many_layers(*, engine: Engine, registry: RealRegistry, crane: Crane, tmp_path: Path) -> None:
    """Replaced and removed files and folders, owners, modes and links: as the engine and `crane export` have them."""
    context = write_module(tmp_path / "context", main_go=BROOM)
    go_build(context, context / "broom", "-trimpath", GOARCH="amd64", CGO_ENABLED="0")
    for name in ("kept", "gone", "replaced", "folder/inside", "folder/deeper/file"):
        (context / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (context / "data" / name).write_text(name)
    (context / "data/link").symlink_to("folder/inside")
    (context / "Dockerfile").write_text(LAYERED)
    saved = engine.save(engine.build(context, "shop:layers", "amd64"), tmp_path / "image.tar")
    name = crane.push(saved, f"{registry.domain}/parity/layers:1")
    inside = _members(engine.export("shop:layers", tmp_path / "seen.tar"))
    seen = {path: one for path, one in inside.items() if _is_ours(path)}
    exported = _members(crane.export(name, tmp_path / "export.tar", "linux/amd64"))
    for place, image in (("pushed", name), ("saved", str(saved))):
        (tmp_path / place).mkdir()
        files = _files(image, tmp_path / place)
        assert {path: one for path, one in files.items() if _is_ours(path)} == seen
        assert {path: one for path, one in exported.items() if path not in RESURRECTED} == files
    assert exported.keys() >= RESURRECTED
    assert not {"data/gone", "other/kept", *RESURRECTED} & seen.keys()


@pytest.mark.parametrize("attested", [(), ("sbom", "provenance")], ids=["plain", "attested"])
def test_digests(
    attested: tuple[str, ...],
    *,
    builder: Builder,
    registry: RealRegistry,
    service: Service,
    release: Recipe,
    crane: Crane,
    tmp_path: Path,
) -> None:
    """Index, platforms, configurations and layers have crane's digests."""
    name = builder.push(release.context(tmp_path / "context"), f"{registry.domain}/parity/shop:1.4.2", attested)
    report = inspect(service, name, tmp_path).report
    assert report["image"]["digest"] == crane.digest(name)
    for platform in report["platforms"]:
        assert platform["digest"] == crane.digest(name, "--platform", platform["platform"])
        manifest = crane.manifest(f"{name.rpartition(':')[0]}@{platform['digest']}")
        assert platform["config_digest"] == manifest["config"]["digest"]
        assert [one["digest"] for one in platform["layers"]] == [one["digest"] for one in manifest["layers"]]
        assert [one["size"] for one in platform["layers"]] == [one["size"] for one in manifest["layers"]]


def test_programs(
    *,
    builder: Builder,
    registry: RealRegistry,
    service: Service,
    recipes: dict[str, Recipe],
    crane: Crane,
    tmp_path: Path,
) -> None:
    """Of a dynamic and a static program, out of crane's export: build information, and what its headers say."""
    context = recipes["dynamic on scratch"].context(tmp_path / "context")
    name = builder.push(context, f"{registry.domain}/parity/programs:1.4.2")
    platforms = inspect(service, name, tmp_path).platforms
    for machine in MACHINES:
        with tarfile.open(crane.export(name, tmp_path / f"{machine}.tar", f"linux/{machine}")) as tar:
            tar.extract("app/shop", tmp_path / machine, filter="data")
        program = tmp_path / machine / "app/shop"
        (told,) = platforms[f"linux/{machine}"]["binaries"]
        assert _recorded(told["build"]) == _version_m(program)
        assert _elf(told["elf"], machine) == _readelf(program)
    assert platforms["linux/amd64"]["binaries"][0]["elf"]["interpreter"]


def _is_ours(path: str) -> bool:
    """Not of the files that an engine puts into every container."""
    return path.startswith(("broom", "data", "other"))


def _members(archive: Path) -> dict[str, tuple[int, int, int, int, str]]:
    with tarfile.open(archive) as tar:
        return {one.name.strip("/"): _member(one) for one in tar}


def _member(one: tarfile.TarInfo) -> tuple[int, int, int, int, str]:
    size = one.size if one.isfile() else 0
    return size, one.mode & 0o7777, one.uid, one.gid, one.linkname if one.issym() else ""


def _files(image: str, folder: Path) -> dict[str, tuple[int, int, int, int, str]]:
    """Path → size, mode, owner, group, target of the finished file system."""
    limits = Limits()
    source = open_image(image, Registries(Access(Asker(HttpWire(), Timing()), Logins())), folder)
    blobs = choose(source, (), limits).images[0].manifest.layers
    layers = Layers(source, limits, folder, frozenset())
    layers.read(blobs, Silence())
    source.close()
    overlay = Overlay([layers.walked[one.digest].tree for one in blobs])
    found = {}
    for path in overlay.owner:
        size, attributes, link = overlay.node(path) or (0, None, b"")
        assert attributes is not None
        found[path.decode()] = (size, attributes.mode, attributes.user, attributes.group, link.decode())
    return found


def _recorded(build: Any) -> set[tuple[str, ...]]:
    """The lines of `go version -m`, from the report."""
    lines = {("go", build["go"]), ("path", build["path"])}
    lines |= {("build", key, value) for key, value in build["settings"].items()}
    for word, modules in (("mod", [build["main"]]), ("dep", build["dependencies"])):
        lines |= {(word, *filter(None, (one["path"], one["version"], one["sum"]))) for one in modules}
    return lines


def _version_m(program: Path) -> set[tuple[str, ...]]:
    first, *rest = _run("go", "version", "-m", str(program)).splitlines()
    lines = {("go", first.rpartition(" ")[2])}
    for line in rest:
        word, _, told = line.strip().partition("\t")
        lines.add((word, *told.partition("=")[::2]) if word == "build" else (word, *filter(None, told.split("\t"))))
    return lines


def _elf(told: Any, machine: str) -> tuple[str, str, list[str], bool, dict[str, int]]:
    sections = {one["name"]: one["size"] for one in told["sections"]}
    return READELF_MACHINES[machine], told["interpreter"], told["needed"], told["stripped"], sections


def _readelf(program: Path) -> tuple[str, str, list[str], bool, dict[str, int]]:
    text = _run("readelf", "--wide", "--file-header", "--dynamic", "--program-headers", "--sections", str(program))
    machine = re.search(r"Machine: +(.+)", text)
    loader = re.search(r"program interpreter: (.+)\]", text)
    needed = re.findall(r"\(NEEDED\) +Shared library: \[(.+)\]", text)
    found = re.findall(r"^ +\[ *\d+\] (\S+) +(\S+) +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) ", text, re.MULTILINE)
    sections = {name: int(size, 16) for name, kind, size in found if kind != "NOBITS" and int(size, 16)}
    assert machine
    return machine[1], loader[1] if loader else "", needed, ".symtab" not in sections, sections


def _run(*argv: str) -> str:
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": "/nonexistent", "GOTOOLCHAIN": "local"}
    return subprocess.run(argv, env=env, check=True, capture_output=True, text=True).stdout
