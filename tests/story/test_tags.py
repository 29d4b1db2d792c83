"""Somebody asks for image names: in a workflow, on a laptop for a tag to be, and with a name that no registry takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.history import History

SOURCE = Path(__file__).parents[2] / "src"
ENTRIES = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=sha"


def ask(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`go-release-gate tags` in a folder; no other program is on the way unless PATH is given."""
    command = [sys.executable, "-m", "go_release_gate", "tags", *words]
    env = {"PYTHONPATH": str(SOURCE), "PATH": "", **environ}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_release_in_a_workflow(tmp_path: Path) -> None:
    """A pushed tag, a folder without git and Go: the names as JSON, `created` from SOURCE_DATE_EPOCH."""
    event = {"ref": "refs/tags/v1.4.2", "repository": {"name": "shop", "description": None, "license": None}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    done = ask(
        tmp_path,
        "--format=json",
        f"--tags={ENTRIES}",
        "--images=ghcr.io/Acme/shop",
        GITHUB_EVENT_NAME="push",
        GITHUB_REF="refs/tags/v1.4.2",
        GITHUB_SHA="0123456789abcdef" * 2 + "01234567",
        GITHUB_REPOSITORY="Acme/shop",
        GITHUB_EVENT_PATH=str(tmp_path / "event.json"),
        SOURCE_DATE_EPOCH="1772667015",
    )
    answer = json.loads(done.stdout)
    names = ["1.4.2", "1.4", "sha-0123456", "latest"]
    assert (done.returncode, done.stderr) == (0, "")
    assert answer["tags"] == [f"ghcr.io/acme/shop:{name}" for name in names]
    assert answer["version"] == "1.4.2"
    assert "org.opencontainers.image.created=2026-03-04T23:30:15.000Z" in answer["labels"]
    assert answer["verdict"] == "pass"


def test_a_tag_to_be_on_a_laptop(tmp_path: Path) -> None:
    """Before the tag exists, its names are told for the commit that is checked out."""
    history = History(tmp_path).build("commit one")
    done = ask(tmp_path, "--images=acme/shop", f"--tags={ENTRIES}", "--ref=v2.0.0-rc.1", PATH="/usr/bin:/bin")
    head = history.git("rev-parse", "HEAD")
    assert done.returncode == 0
    assert f"refs/tags/v2.0.0-rc.1 (push) at {head[:12]}: version 2.0.0-rc.1" in done.stdout
    assert f"  acme/shop  2.0.0-rc.1\n             sha-{head[:7]}\n" in done.stdout


def test_a_name_that_no_registry_takes(tmp_path: Path) -> None:
    """The answer is there, the exit code is 1, and the problem says which name and what is wrong."""
    done = ask(
        tmp_path, "--images=acme/shop", "--tags=type=ref,event=branch", "--ref=refs/heads/_x/.y", "--format=json"
    )
    assert done.returncode == 0
    done = ask(tmp_path, "--images=acme/shop", "--tags=type=raw,value=-x", "--ref=refs/heads/main", "--format=json")
    assert done.returncode == 1
    assert [problem["reference"] for problem in json.loads(done.stdout)["problems"]] == ["acme/shop:-x"]


def test_no_entry_fits(tmp_path: Path) -> None:
    """A branch with entries for tags alone: exit code 1 now, not a failing push later."""
    done = ask(tmp_path, "--images=acme/shop", "--tags=type=semver,pattern={{version}}", "--ref=refs/heads/main")
    assert done.returncode == 1
    assert "problem: no tag comes out for refs/heads/main (push): none of type=semver makes one here" in done.stdout
