"""devtools/release: wheel, sdist, SBOM and checksums are the same bytes wherever they are made, and whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from support.ownrelease import DIGEST, ROOT, VERSION, World, git

import assets  # isort: skip - on the path by now
import lockbom  # isort: skip
from checkout import Checkout, RefusedError  # isort: skip

BASES = {"go": "golang:1.26@" + DIGEST, "python": "python:3.13-slim@" + DIGEST}


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """The files that a run makes itself."""
    assets.make(world.checkout, VERSION, world.built, (DIGEST, BASES), tmp_path / "release")
    return tmp_path / "release"


def finished(folder: Path) -> Path:
    """With stand-ins for what the workflow adds."""
    for name in assets.names(VERSION):
        if not (folder / name).exists():
            (folder / name).write_text("{}\n", "utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Name → bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_machines_make_the_same_bytes(world: World, folder: Path, tmp_path: Path) -> None:
    """Another clone at another path, with another mask, time zone, language and hash seed, makes every file equal."""
    git(tmp_path, "clone", "-q", str(world.origin), "elsewhere")
    (tmp_path / "elsewhere/src/go_release_gate/stray.py").write_text("# not committed\n", "utf-8")
    environ = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    command = [sys.executable, str(ROOT / "devtools/release/assets.py"), "make", str(tmp_path / "again")]
    command += ["--version", VERSION, "--commit", "main", "--digest", DIGEST]
    command += [f"--base={name}={image}" for name, image in BASES.items()]
    subprocess.run(command, cwd=tmp_path / "elsewhere", env=environ, umask=0o077, check=True)
    assert contents(tmp_path / "again") == contents(folder)


def test_wheel_and_sdist_hold_the_commit(world: World, folder: Path) -> None:
    """The package's files are those of the commit, their times its time; licence and version are there."""
    wheel = zipfile.ZipFile(folder / "go_release_gate-0.1.0-py3-none-any.whl")
    assert wheel.read("go_release_gate/__main__.py") == (ROOT / "src/go_release_gate/__main__.py").read_bytes()
    assert b"\nVersion: 0.1.0\n" in wheel.read("go_release_gate-0.1.0.dist-info/METADATA")
    assert "go_release_gate-0.1.0.dist-info/licenses/LICENSE" in wheel.namelist()
    with tarfile.open(folder / "go_release_gate-0.1.0.tar.gz") as sdist:
        members = sdist.getmembers()
    assert {member.mtime for member in members} == {world.checkout.epoch(world.built)}
    assert "go_release_gate-0.1.0/src/go_release_gate/__init__.py" in {member.name for member in members}


def test_release_json_tells_image_bases_and_commits(world: World, folder: Path) -> None:
    """It names the image by digest, what it starts from, and the commits that refs.py makes public."""
    told = json.loads((folder / "release.json").read_text("utf-8"))
    assert told["image"] == f"ghcr.io/acme/go-release-gate@{DIGEST}"
    assert told["bases"] == BASES
    assert told["commits"]["built"] == world.built
    assert git(world.checkout.root, "rev-parse", f"{told['commits']['release']}~3") == world.built


def test_sha256sum_accepts_the_checksums(folder: Path) -> None:
    """The tool that users have reads SHA256SUMS, and finds a byte that changed."""
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=folder, check=False).returncode == 0
    with (folder / "release.json").open("ab") as file:
        file.write(b" ")
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 1


def test_check_takes_the_files_of_a_release_and_no_others(folder: Path) -> None:
    """A missing file, one too much, a changed one and a checksum of another name are each refused by name."""
    with pytest.raises(RefusedError, match=r"missing \['SHA256SUMS.sigstore.json', 'go-release-gate-0.1.0.intoto"):
        assets.check(VERSION, folder)
    assets.check(VERSION, finished(folder))
    (folder / "notes.txt").write_text("", "utf-8")
    with pytest.raises(RefusedError, match=r"too much \['notes.txt'\]"):
        assets.check(VERSION, folder)
    (folder / "notes.txt").unlink()
    sums = (folder / "SHA256SUMS").read_text("utf-8")
    (folder / "SHA256SUMS").write_text(sums.replace("release.json", "other.json"), "utf-8")
    with pytest.raises(RefusedError, match=r"SHA256SUMS names .*other\.json"):
        assets.check(VERSION, folder)
    (folder / "SHA256SUMS").write_text(sums, "utf-8")
    (folder / "release.json").write_text("{}", "utf-8")
    with pytest.raises(RefusedError, match=r"release\.json has another checksum"):
        assets.check(VERSION, folder)


def test_a_folder_with_something_in_it_is_refused(world: World, tmp_path: Path) -> None:
    """What lay there before does not get among the files of a release."""
    (tmp_path / "old").write_text("", "utf-8")
    with pytest.raises(RefusedError, match="is not empty"):
        assets.make(world.checkout, VERSION, world.built, (DIGEST, BASES), tmp_path)


def test_a_prerelease_has_the_name_that_python_gives_it() -> None:
    """Python's packages write 1.5.0-rc.1 as 1.5.0rc1; what they cannot write is refused."""
    assert [assets.packaged(text) for text in ("1.5.0", "1.5.0-rc.1", "2.0.0-beta.3")] == [
        "1.5.0",
        "1.5.0rc1",
        "2.0.0b3",
    ]
    with pytest.raises(RefusedError, match="no form for Python's packages"):
        assets.packaged("1.5.0-nightly")


def test_a_build_that_fails_leaves_nothing(world: World, tmp_path: Path) -> None:
    """A commit that cannot be built is refused with the reason."""
    (world.checkout.root / "README.md").unlink()
    git(world.checkout.root, "commit", "-qam", "Without what pyproject.toml names")
    with pytest.raises(RefusedError, match=r"^the build failed: .*README\.md$"):
        assets.make(world.checkout, VERSION, world.built, (DIGEST, BASES), tmp_path / "release")
    assert not (tmp_path / "release").exists()


def schema(name: str) -> dict[str, Any]:
    """A schema of CycloneDX, as its own library carries it."""
    text = (resources.files("cyclonedx.schema._res") / name).read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def test_the_sbom_is_valid_and_whole(folder: Path) -> None:
    """CycloneDX's schema takes it; each locked package is there with all its hashes, reached from the root."""
    import jsonschema
    from referencing import Registry, Resource

    document = json.loads((folder / "go-release-gate-0.1.0.cdx.json").read_text("utf-8"))
    others = ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json", "cryptography-defs.SNAPSHOT.schema.json")
    known = [Resource.from_contents(schema(name)) for name in others]
    registry: Registry[Any] = Registry().with_resources((str(one.id()), one) for one in known)
    jsonschema.Draft7Validator(schema("bom-1.6.SNAPSHOT.schema.json"), registry=registry).validate(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema("bom-1.6.SNAPSHOT.schema.json"), registry=registry).validate(
            {**document, "components": [{"name": "x"}]}
        )
    lock = (ROOT / "requirements/runtime.txt").read_text("utf-8")
    hashes = [item["content"] for one in document["components"] for item in one["hashes"]]
    assert len(document["components"]) == sum("==" in line for line in lock.splitlines())
    assert len(hashes) == lock.count("--hash=sha256:")
    graph = {entry["ref"]: entry["dependsOn"] for entry in document["dependencies"]}
    reached, todo = set(), [document["metadata"]["component"]["purl"]]
    while todo:
        reference = todo.pop()
        if reference not in reached:
            reached.add(reference)
            todo += graph[reference]
    assert reached == set(graph)


@pytest.mark.parametrize("text", ["requests\n", "a==1\n", f"a==1 \\\n    --hash=md5:{'0' * 32}\n", "-e .\n"])
def test_a_lock_without_hashes_has_no_sbom(text: str) -> None:
    """A line that is no pinned, hashed requirement stops the SBOM; nothing is left out in silence."""
    with pytest.raises(ValueError, match=r"no pinned|no hash|neither"):
        lockbom.read(text)


FAKE = """\
#!/bin/sh
# A stand-in for gh: one release in the folder STATE. With FAIL=WORD it dies in that word's place.
set -eu
word=$2
[ "${FAIL:-}" != "$word" ] || exit 130
shift 3
case $word in
  view) [ -d "$STATE" ] || exit 1; cat "$STATE/draft" ;;
  delete) rm -rf "$STATE" ;;
  create)
    [ ! -d "$STATE" ] || exit 1
    mkdir -p "$STATE/files"; echo true >"$STATE/draft"; echo "$@" >"$STATE/arguments"
    for given in "$@"; do case $given in */release/*) cp "$given" "$STATE/files/" ;; esac; done
    [ "${FAIL:-}" != upload ] || { rm "$STATE/files/SHA256SUMS"; exit 130; }
    [ "${SPOIL:-}" = "" ] || echo spoilt >>"$STATE/files/$SPOIL"
    ;;
  download) cp "$STATE"/files/* "$2/" ;;
  edit) [ "$1" = --draft=false ]; echo false >"$STATE/draft" ;;
esac
"""


@pytest.fixture
def publish(folder: Path, tmp_path: Path) -> Any:
    """Runs publish.sh with a stand-in for gh; the process that ended."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(FAKE, "utf-8")
    (tmp_path / "bin/gh").chmod(0o755)
    (tmp_path / "notes.md").write_text("notes\n", "utf-8")
    finished(folder)

    def run(version: str = VERSION, **more: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "STATE": str(tmp_path / "state")}
        environ |= {"PYTHON3": sys.executable, **more}
        command = [str(ROOT / "devtools/release/publish.sh"), version, str(folder), str(tmp_path / "notes.md")]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    return run


def test_all_files_are_in_the_draft_before_it_is_published(publish: Any, tmp_path: Path) -> None:
    """The release has every file; a second run changes nothing and ends well."""
    assert publish().returncode == 0
    assert {path.name for path in (tmp_path / "state/files").iterdir()} == set(assets.names(VERSION))
    assert (tmp_path / "state/draft").read_text() == "false\n"
    assert "--draft --verify-tag" in (tmp_path / "state/arguments").read_text()
    again = publish()
    assert (again.returncode, again.stdout) == (0, "v0.1.0 is published already\n")


@pytest.mark.parametrize("word", ["create", "upload", "download", "edit", "delete"])
def test_publishing_that_was_killed_is_done_again(publish: Any, tmp_path: Path, word: str) -> None:
    """Killed in any place, nothing is published; the next run makes the draft anew and publishes it whole."""
    if word == "delete":
        assert publish(FAIL="edit").returncode != 0
    assert publish(FAIL=word).returncode != 0
    if (tmp_path / "state").exists():
        assert (tmp_path / "state/draft").read_text() == "true\n"
    assert publish().returncode == 0
    assert {path.name for path in (tmp_path / "state/files").iterdir()} == set(assets.names(VERSION))


def test_a_draft_with_other_bytes_is_not_published(publish: Any, tmp_path: Path) -> None:
    """What GitHub gives back is compared; files without a checksum, too."""
    for name in ("release.json", "SHA256SUMS.sigstore.json"):
        assert publish(SPOIL=name).returncode != 0
        assert (tmp_path / "state/draft").read_text() == "true\n"


def test_a_clone_without_the_commit_says_so(tmp_path: Path) -> None:
    """git's own words come out, not a traceback."""
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(RefusedError, match="git rev-parse"):
        Checkout(tmp_path / "empty").commit("main")
    shutil.rmtree(tmp_path / "empty")


def test_checksums_are_of_the_files(folder: Path) -> None:
    """Each line is the digest of the file it names."""
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        told, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == told
