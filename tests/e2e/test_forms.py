"""The three forms of the step under act: container action, composite `setup`, a job in the image. One verdict."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.containerstep import DOCKER
from support.moduleproxy import ModuleProxy
from support.samplemodules import PUBLISHED, clean_module, untidy_module

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
ACT = ROOT / ".venv/bin/act"
ACTION = ("action.yml", "Dockerfile", ".dockerignore", "entrypoint.py", "LICENSE", "requirements", "src")
IMAGE = "go-release-gate:forms"
PLACES = {"report", "sarif", "patch"}  # paths, which differ by form
TELL = """\
      - if: always()
        run: |
          python3 -c 'import json, os; e = os.environ; print("OUTPUTS", e["FORM"], json.dumps(json.loads(e["GIVEN"])))'
        env:
          FORM: {form} {folder} ${{{{ steps.{folder}.outcome }}}}
          GIVEN: ${{{{ toJSON(steps.{folder}.outputs) }}}}
"""
STEPS = {
    "action": "        uses: ./\n        with:\n          path: {folder}\n          fail-on: warning\n",
    "setup": "        uses: ./setup\n        with:\n          path: {folder}\n          fail-on: warning\n",
    "container": (
        "        run: go-release-gate step\n        shell: bash\n"
        "        env:\n          INPUT_PATH: {folder}\n          INPUT_FAIL-ON: warning\n"
    ),
}


def workflow() -> str:
    """A job for each form, each with a clean and a faulty module."""
    jobs = []
    for form, step in STEPS.items():
        container = f"    container: {os.environ['E2E_IMAGE']}\n" if form == "container" else ""
        steps = "".join(
            f"      - id: {folder}\n        continue-on-error: true\n{step.format(folder=folder)}"
            + TELL.format(form=form, folder=folder)
            for folder in ("clean", "faulty")
        )
        jobs.append(f"  {form}:\n    runs-on: ubuntu-latest\n{container}    steps:\n{steps}")
    settings = (
        "env:\n  GOPROXY: file://${{ github.workspace }}/.module-proxy\n  GOSUMDB: 'off'\n"
        "  PIP_NO_INDEX: '1'\n  PIP_FIND_LINKS: ${{ github.workspace }}/.wheels\n"
    )
    return f"on: push\n{settings}jobs:\n" + "".join(jobs)


@pytest.fixture
def runner_image() -> str:
    """An image that stands in for a hosted runner: Python with pip, Go, git."""
    recipe = (
        f"FROM {os.environ['GO_IMAGE']}\n"
        "RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends git >/dev/null\n"
        "ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
    )
    subprocess.run([DOCKER, "build", "--quiet", "--tag", IMAGE, "-"], input=recipe, text=True, check=True)
    return IMAGE


@pytest.fixture
def repository(tmp_path: Path, runner_image: str) -> Path:
    """The action, two modules, their proxy, and the locked wheels for the runner's Python."""
    root = tmp_path / "repository"
    root.mkdir()
    for name in (*ACTION, "setup"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, root / name)
    base_on_local_images(root / "Dockerfile")
    proxy = ModuleProxy(tmp_path / "proxy-root", PUBLISHED)
    shutil.copytree(proxy.files, root / ".module-proxy")
    for folder, files in (("clean", clean_module(proxy)), ("faulty", untidy_module(proxy))):
        (root / folder).mkdir()
        for name, text in files.items():
            (root / folder / name).write_text(text)
    fetch_wheels(root / ".wheels", runner_image)
    (root / ".github/workflows").mkdir(parents=True)
    (root / ".github/workflows/forms.yml").write_text(workflow())
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


def fetch_wheels(folder: Path, image: str) -> None:
    """The locked requirements as wheels for the Python in `image`."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    said = subprocess.run(
        [DOCKER, "run", "--rm", image, "python3", "-c", ask], capture_output=True, text=True, check=True
    )
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    platforms = [word for tag in ("manylinux_2_28", "manylinux2014", "manylinux_2_17")
                 for word in ("--platform", f"{tag}_{os.uname().machine}")]  # fmt: skip
    wanted = ["--no-deps", "--only-binary", ":all:", "--python-version", said.stdout.strip(), *platforms]
    subprocess.run([*pip, *wanted, "-d", folder, "-r", ROOT / "requirements/runtime.txt"], check=True)


def test_all_forms_give_the_same(repository: Path, runner_image: str, tmp_path: Path) -> None:
    """Outcome and every output of a clean and of a faulty module are the same in all three forms, paths aside."""
    socket = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    done = subprocess.run(
        [ACT, "push", "--bind", "--pull=false", "--platform", f"ubuntu-latest={runner_image}",
         "--container-daemon-socket", socket, "--rm"],
        cwd=repository, capture_output=True, text=True, timeout=290, check=False,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
    )  # fmt: skip
    log = done.stdout + done.stderr
    assert done.returncode == 0, log
    given: dict[str, dict[str, object]] = {}
    for line in log.splitlines():
        if "OUTPUTS " in line and "| OUTPUTS" in line:
            form, folder, outcome, text = line.partition("OUTPUTS ")[2].split(" ", 3)
            outputs = {key: value for key, value in json.loads(text).items() if value and key not in PLACES}
            given.setdefault(folder, {})[form] = (outcome, outputs)
    for folder, outcome in (("clean", "success"), ("faulty", "failure")):
        assert set(given[folder]) == set(STEPS), log
        assert given[folder]["action"][0] == outcome  # type: ignore[index]
        assert given[folder]["setup"] == given[folder]["action"]
        assert given[folder]["container"] == given[folder]["action"]
