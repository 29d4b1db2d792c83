"""A workflow with `uses: ./` under act: the action's own Dockerfile is built, its outputs reach the next step."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.moduleproxy import ModuleProxy
from support.samplemodules import PUBLISHED, clean_module, untidy_module

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
ACT = ROOT / ".venv/bin/act"
ACTION = ("action.yml", "Dockerfile", ".dockerignore", "entrypoint.py", "LICENSE", "requirements", "src")
WORKFLOW = """\
on: push
jobs:
  gate:
    runs-on: ubuntu-latest
    env:
      GOPROXY: file://${{ github.workspace }}/.module-proxy
      GOSUMDB: "off"
    steps:
      - id: clean
        uses: ./
        with:
          path: clean
      - id: faulty
        uses: ./
        continue-on-error: true
        with:
          path: faulty
          fail-on: warning
      - run: |
          echo "clean: $CLEAN_OUTCOME $CLEAN_VERDICT $CLEAN_FINDINGS"
          echo "faulty: $FAULTY_OUTCOME $FAULTY_VERDICT $FAULTY_COMPLETE"
        env:
          CLEAN_OUTCOME: ${{ steps.clean.outcome }}
          CLEAN_VERDICT: ${{ steps.clean.outputs.verdict }}
          CLEAN_FINDINGS: ${{ steps.clean.outputs.findings }}
          FAULTY_OUTCOME: ${{ steps.faulty.outcome }}
          FAULTY_VERDICT: ${{ steps.faulty.outputs.verdict }}
          FAULTY_COMPLETE: ${{ steps.faulty.outputs.complete }}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that holds the action, a clean module, a faulty one, and a module proxy for both."""
    root = tmp_path / "repository"
    root.mkdir()
    for name in ACTION:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, root / name)
    base_on_local_images(root / "Dockerfile")
    proxy = ModuleProxy(tmp_path / "proxy-root", PUBLISHED)
    shutil.copytree(proxy.files, root / ".module-proxy")
    for folder, files in (("clean", clean_module(proxy)), ("faulty", untidy_module(proxy))):
        (root / folder).mkdir()
        for name, text in files.items():
            (root / folder / name).write_text(text)
    workflow = root / ".github/workflows/gate.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(WORKFLOW)
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "all"]):
        identity = ["-c", "user.name=e2e", "-c", "user.email=e2e@example.com"]
        subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)
    return root


def base_on_local_images(dockerfile: Path) -> None:
    """Make the images that devtools/e2e.sh has named the defaults: act cannot pass build arguments."""
    text = dockerfile.read_text()
    for name in ("GO_IMAGE", "PYTHON_IMAGE"):
        text, count = re.subn(rf"(?m)^ARG {name}=.*$", f"ARG {name}={os.environ[name]}", text)
        assert count == 1
    dockerfile.write_text(text)


def test_outputs_reach_the_next_step(repository: Path, tmp_path: Path) -> None:
    """Two steps of the action, one that passes and one that fails: outcome, verdict and counts are as a later step
    reads them, and the checkout is as it was."""
    socket = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    done = subprocess.run(
        [ACT, "push", "--bind", "--pull=false", "--platform", f"ubuntu-latest={os.environ['PYTHON_IMAGE']}",
         "--container-daemon-socket", socket, "--rm"],
        cwd=repository, capture_output=True, text=True, timeout=280, check=False,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
    )  # fmt: skip
    log = done.stdout + done.stderr
    assert done.returncode == 0, log
    assert "clean: success pass 0" in log
    assert "faulty: failure fail true" in log
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=repository, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
