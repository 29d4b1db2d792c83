"""The step: what is said first, what is written last, and what an error leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from go_release_gate.adapters.github.runner import OUTPUTS
from support.containerstep import parse_outputs
from support.moduleproxy import ModuleProxy
from support.samplemodules import PUBLISHED, clean_module, untidy_module

ROOT = Path(__file__).parents[2]


class Job:
    """A job's folders in `root`, with one module in the checkout; runs the step in a process of its own."""

    def __init__(self, root: Path) -> None:
        self.proxy = ModuleProxy(root / "proxy-root", PUBLISHED)
        self.workspace, self.temp = root / "workspace", root / "temp"
        for folder in (self.workspace, self.temp, root / "home"):
            folder.mkdir()
        self.output, self.summary = root / "output", root / "summary"
        self.environ = {
            **self.proxy.env(),
            "HOME": str(root / "home"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_SERVER_URL": "https://github.example.com",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ID": "42",
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.temp),
        }

    def write(self, files: dict[str, str]) -> None:
        """Put files into the checkout."""
        for name, text in files.items():
            (self.workspace / name).write_text(text)

    def run(self, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the step; the names of inputs may hold hyphens, as the runner passes them."""
        command = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
        env = {name: value for name, value in {**self.environ, **environ}.items() if value}
        return subprocess.run(command, cwd=self.workspace, env=env, capture_output=True, text=True, check=False)

    @property
    def outputs(self) -> dict[str, str]:
        """What the step has written."""
        return parse_outputs(self.output.read_text())


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose checkout is empty."""
    return Job(tmp_path)


def test_masks_come_first(job: Job) -> None:
    """Tokens are masked before anything else is said, those inside credentials too; nothing says them again."""
    job.write(clean_module(job.proxy))
    secrets = {
        "INPUT_GITHUB-TOKEN": "canary-github-token",
        "INPUT_MODULE-CREDENTIALS": "git.example.com/acme canary-module-token",
        "INPUT_REGISTRY-CREDENTIALS": "ghcr.io reader:canary-registry-token",
    }
    done = job.run(**secrets)
    lines = done.stdout.splitlines()
    last_mask = max(number for number, line in enumerate(lines) if line.startswith("::add-mask::"))
    assert all(line.startswith("::add-mask::") for line in lines[: last_mask + 1])
    canaries = (f"canary-{name}-token" for name in ("github", "module", "registry"))
    assert {f"::add-mask::{canary}" for canary in canaries} <= set(lines)
    assert "canary" not in "\n".join(lines[last_mask + 1 :])
    assert "canary" not in done.stderr + job.output.read_text() + job.summary.read_text()


def test_everything_is_said_on_one_stream(job: Job) -> None:
    """The runner reads two pipes independently: standard error stays empty, for an error too."""
    job.write(untidy_module(job.proxy))
    assert job.run().stderr == ""
    assert job.run(**{"INPUT_FAIL-ON": "nonsense"}).stderr == ""


def test_every_output_is_written(job: Job) -> None:
    """Each declared output is there, empty where a check has none, so that nothing forged before it counts."""
    job.write(untidy_module(job.proxy))
    done = job.run()
    assert done.returncode == 1, done.stdout
    assert set(job.outputs) == set(OUTPUTS)
    assert job.outputs["verdict"] == "fail"
    assert Path(job.outputs["report"]).is_relative_to(job.temp)
    assert "-require example.com/greet v1.2.0 // indirect" in Path(job.outputs["patch"]).read_text()


def test_clean_repository_has_no_patch(job: Job) -> None:
    """Nothing to mend: the output is empty and no file is named."""
    job.write(clean_module(job.proxy))
    done = job.run()
    assert done.returncode == 0, done.stdout
    assert job.outputs["patch"] == ""


def test_path_is_relative_to_the_workspace(job: Job) -> None:
    """`path` names a folder of the checkout; one that is not there is a usage error and an annotation."""
    (job.workspace / "sub").mkdir()
    for name, text in clean_module(job.proxy).items():
        (job.workspace / "sub" / name).write_text(text)
    assert job.run(INPUT_PATH="sub").returncode == 0
    missing = job.run(INPUT_PATH="gone")
    assert missing.returncode == 2
    assert "::error " in missing.stdout


def test_usage_error_leaves_no_verdict(job: Job) -> None:
    """A wrong input: exit code 2, outputs all written, no verdict, incomplete."""
    job.write(clean_module(job.proxy))
    done = job.run(**{"INPUT_FAIL-ON": "nonsense"})
    assert done.returncode == 2
    assert set(job.outputs) == set(OUTPUTS)
    assert (job.outputs["verdict"], job.outputs["complete"]) == ("", "false")


def test_surroundings_at_fault_are_unavailable(job: Job) -> None:
    """Where nothing can be written: exit code 3, and the outputs say that nothing was judged."""
    job.write(clean_module(job.proxy))
    done = job.run(RUNNER_TEMP=str(job.workspace / "go.mod"))
    assert done.returncode == 3, done.stdout
    assert (job.outputs["verdict"], job.outputs["complete"]) == ("unavailable", "false")


def test_outside_a_workflow_the_help_is_shown(job: Job) -> None:
    """The image started by hand without arguments says how to use it, and judges nothing."""
    done = job.run(GITHUB_ACTIONS="")
    assert done.returncode == 2
    assert done.stdout.startswith("usage: go-release-gate VERB")
    assert not job.output.exists()


def test_workspace_keeps_its_bytes(job: Job) -> None:
    """A failing step has changed and added nothing in the checkout."""
    files = untidy_module(job.proxy)
    job.write(files)
    job.run()
    assert {path.name: path.read_text() for path in job.workspace.iterdir()} == files
