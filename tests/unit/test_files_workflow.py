"""The scripts of files.yml, run as they stand: archives that come out the same, and drafts that hold what was built."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
JOBS = yaml.safe_load((ROOT / ".github/workflows/files.yml").read_text("utf-8"))["jobs"]
TAG = "services/api/v1.2.3"
EPOCH = 1700000000
GH = """\
#!/bin/sh
# gh with the releases of a folder: .draft beside the files of a draft
echo "$*" >>"$STORE.log"
case "$1 $2" in
  "api --paginate") if [ -e "$STORE" ]; then if [ -e "$STORE.draft" ]; then echo true; else echo false; fi; fi ;;
  "release create") mkdir "$STORE"; touch "$STORE.draft" ;;
  "release upload") shift 4; cp "$@" "$STORE" ;;
  "release download") mkdir -p "$5"; cp "$STORE"/* "$5" ;;
  "release edit") rm "$STORE.draft" ;;
esac
"""


def script(job: str, name: str) -> str:
    """What a step runs."""
    found: str = next(step["run"] for step in JOBS[job]["steps"] if step.get("name") == name)
    return found


def bash(text: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script as the runner does."""
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(words, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def built(root: Path, mode: int, at: int) -> dict[str, bytes]:
    """The files of a checkout whose programs lie there with some mode and time."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(root)]
    for name in ("api", "worker"):
        for platform in ("linux_amd64", "windows_amd64"):
            path = root / ".go-release-gate-files/programs" / platform / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{name} {platform}".encode())
            path.chmod(mode)
            os.utime(path, (at, at))
    (root / "LICENSE").write_text("free")
    (root / "main.go").write_text("package main\n")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "LICENSE", "main.go"], check=True)
    date = {"GIT_AUTHOR_DATE": f"{EPOCH} +0200", "GIT_COMMITTER_DATE": f"{EPOCH} +0200"}
    subprocess.run([*git, "commit", "-qm", "x"], check=True, env={**os.environ, **date})
    given = {"TAG": TAG, "SERVICE": "", "INCLUDE": "LICENSE* NOTICE* README*", "GITHUB_OUTPUT": str(root / "out")}
    done = bash(script("build", "archives and checksums"), root, **given)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in (root / ".go-release-gate-files/files").iterdir()}


needs_zip = pytest.mark.skipif(shutil.which("zip") is None, reason="no zip here; GitHub's runners have it")


@needs_zip
def test_archives_come_out_the_same(tmp_path: Path) -> None:
    """Times, modes and owners of the build are not in the archives; programs can be run, and the licence is there."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = built(tmp_path / "one", 0o700, 1), built(tmp_path / "two", 0o644, 2000000000)

    assert one == two
    assert sorted(one) == [
        "SHA256SUMS",
        *(f"{name}_1.2.3_{rest}" for name in ("api", "worker") for rest in ("linux_amd64.tar.gz", "windows_amd64.zip")),
    ]
    folder = tmp_path / "one/.go-release-gate-files/files"
    with tarfile.open(folder / "api_1.2.3_linux_amd64.tar.gz") as archive:
        found = {entry.name: (entry.mode, entry.uid, entry.mtime) for entry in archive.getmembers() if entry.isfile()}
    assert found == {
        "api_1.2.3_linux_amd64/LICENSE": (0o644, 0, EPOCH),
        "api_1.2.3_linux_amd64/api": (0o755, 0, EPOCH),
    }
    with zipfile.ZipFile(folder / "api_1.2.3_windows_amd64.zip") as packed:
        assert packed.namelist() == ["api_1.2.3_windows_amd64/LICENSE", "api_1.2.3_windows_amd64/api.exe"]
    sums = dict(line.split("  ")[::-1] for line in one["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in one.items() if name != "SHA256SUMS"}
    assert f"checksums={hashlib.sha256(one['SHA256SUMS']).hexdigest()}\n" in (tmp_path / "one/out").read_text()


class Hub:
    """A folder with files to attach, and a `gh` that keeps releases in another."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir()
        (root / "bin/gh").write_text(GH)
        (root / "bin/gh").chmod(0o755)
        self.store = root / "release"
        self.put("api")

    def put(self, text: str) -> None:
        """The files that were built."""
        folder = self.root / "files"
        folder.mkdir(exist_ok=True)
        (folder / "api.tar.gz").write_text(text)
        (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  api.tar.gz\n")
        self.checksums = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()

    def run(self, text: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A script with this gh."""
        shutil.rmtree(self.root / "temp", ignore_errors=True)
        given = {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "STORE": str(self.store),
            "TAG": "v1.0.0",
            "GH_REPO": "acme/shop",
            "CHECKSUMS": self.checksums,
            "RUNNER_TEMP": str(self.root / "temp"),
            **more,
        }
        return bash(text, self.root, **given)

    def draft(self, **more: str) -> int:
        """The step that makes the draft; its exit code."""
        return self.run(script("draft", "the draft with its files"), **more).returncode

    @property
    def log(self) -> str:
        """What gh was asked for."""
        return self.store.with_name("release.log").read_text()


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A Hub without any release."""
    return Hub(tmp_path)


def test_a_draft_is_made_once(hub: Hub) -> None:
    """The first run makes the draft, the next one changes its files; neither publishes it."""
    assert hub.draft() == 0
    hub.put("again")
    assert hub.draft() == 0
    assert hub.log.count("release create v1.0.0 --draft --verify-tag") == 1
    assert (hub.store / "api.tar.gz").read_text() == "again"
    assert hub.store.with_name("release.draft").exists()


@pytest.mark.parametrize(("tag", "word"), [("the-api/v1.0.0", "--prerelease=false"), ("v1.0.0-rc.1", "--prerelease")])
def test_a_prerelease_is_called_so(hub: Hub, tag: str, word: str) -> None:
    """A version with a hyphen is none that people should take."""
    assert hub.draft(TAG=tag) == 0
    assert next(line for line in hub.log.splitlines() if "create" in line).endswith(f" {word}")


def test_what_is_published_stays(hub: Hub) -> None:
    """A release that is out is not touched: the same files pass, others are refused."""
    assert hub.draft() == 0
    hub.store.with_name("release.draft").unlink()
    assert hub.draft() == 0
    hub.put("other")
    assert hub.draft() == 5
    assert (hub.store / "api.tar.gz").read_text() == "api"
    assert hub.log.count("upload") == 1


def test_files_that_changed_on_their_way_are_not_attached(hub: Hub) -> None:
    """What the job gets must have the checksums that the build told."""
    (hub.root / "files/api.tar.gz").write_text("evil")
    assert hub.draft() != 0
    assert not hub.store.exists()


def test_a_draft_that_was_changed_is_not_published(hub: Hub) -> None:
    """The last job of a release publishes the draft that the first has made, and no other."""
    release = (ROOT / "src/go_release_gate/pipeline/templates/release.yml").read_text("utf-8")
    step = release.partition("the draft, if its files are still those that were built\n")[2]
    steps = step.partition("        env:")[0]
    publish = "\n".join(line.strip() for line in steps.splitlines()[1:])
    assert hub.draft() == 0
    (hub.store / "api.tar.gz").write_text("evil")
    assert hub.run(publish).returncode != 0
    assert hub.store.with_name("release.draft").exists()
    (hub.store / "api.tar.gz").write_text("api")
    shutil.rmtree(hub.root / "files")
    assert hub.run(publish).returncode == 0
    assert not hub.store.with_name("release.draft").exists()


def test_what_signs_runs_nothing_of_the_repository() -> None:
    """Only the job that may read alone checks out; the others take what it made, and check that first."""
    for name in ("sign", "draft"):
        assert not [step for step in JOBS[name]["steps"] if "checkout@" in step.get("uses", "")]
    assert JOBS["build"]["permissions"] == {"contents": "read"}
