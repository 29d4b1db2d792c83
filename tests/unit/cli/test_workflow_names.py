"""`tags --workflows`: what the repository's workflows push for a ref."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from go_release_gate.cli import app

WORKFLOW = """\
on:
  push: {tags: ["v*"], branches: [main]}
  pull_request:
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - id: build
        run: docker buildx build --push -t ghcr.io/${{ github.repository }}:${{ github.ref_name }} .
      - if: vars.MIRROR
        run: docker push ${{ secrets.MIRROR }}/shop:${{ github.event.number || github.ref_name }}
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one workflow and one that is broken, entered."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "image.yml").write_text(WORKFLOW)
    (folder / "broken.yml").write_text("on: [\n")
    (tmp_path / "go.mod").write_text("module github.com/acme/shop\n")
    who = ["-c", "user.name=Fixture", "-c", "user.email=fixture@example.com"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "fixture"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, dict[str, object]]:
    """Exit code and JSON."""
    code = app.run(["tags", "--workflows", "--format", "json", *flags], {"PATH": "/usr/bin:/bin"})
    return code, json.loads(capsys.readouterr().out)


def test_text(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line that pushes with its names, what is not known as far as it is, and what could not be read."""
    assert app.run(["tags", "--workflows", "--ref", "v1.4.2"], {"PATH": "/usr/bin:/bin"}) == 0
    assert capsys.readouterr().out.splitlines() == [
        "refs/tags/v1.4.2: what the workflows push",
        "  .github/workflows/image.yml:9 (push, image/build)",
        "    ghcr.io/acme/shop:v1.4.2",
        "  .github/workflows/image.yml:11 (push, image/#2)",
        "    unknown: ${{ secrets.MIRROR }}/shop:v1.4.2 (a secret, on a condition)",
        "note: .github/workflows/broken.yml:1: not read: did not find expected node content",
    ]


def test_json_of_the_branch_here(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a ref it is the one that is checked out."""
    code, document = told(capsys)

    assert (code, document["kind"], document["ref"], document["verdict"]) == (0, "pushes", "refs/heads/main", "pass")
    first, second = document["pushes"]  # type: ignore[misc]
    assert (first["names"], first["unknown"], first["line"]) == (["ghcr.io/acme/shop:main"], None, 9)
    assert second["unknown"] == {"text": "${{ secrets.MIRROR }}/shop:main", "reason": "a secret"}
    assert second["conditional"] is True


def test_pull_request(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pull request's number reaches the names; a name that is no reference is a problem."""
    code, document = told(capsys, "--ref", "refs/pull/7/merge")

    assert (code, document["verdict"]) == (1, "fail")
    assert "ghcr.io/acme/shop:7/merge" in str(document["problems"])
    assert [push["event"] for push in document["pushes"]] == ["pull_request"] * 2  # type: ignore[attr-defined]


def test_ref_that_starts_nothing(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a ref that no workflow listens to nothing is pushed, and that is said."""
    assert app.run(["tags", "--workflows", "--ref", "refs/heads/other"], {"PATH": "/usr/bin:/bin"}) == 0
    assert "  nothing" in capsys.readouterr().out.splitlines()


def test_output_file(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--output` takes the text instead of standard output."""
    assert app.run(["tags", "--workflows", "--ref", "v1", "--output", "out.txt"], {"PATH": "/usr/bin:/bin"}) == 0
    assert "ghcr.io/acme/shop:v1" in (checkout / "out.txt").read_text()
    assert capsys.readouterr().out == ""
