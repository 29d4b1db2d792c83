"""The step with `verb: inspect`: outputs, files for later steps and the summary."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.containerstep import parse_outputs
from support.images import Item, Store, layer

ROOT = Path(__file__).parents[2]


def run(workspace: Path, **inputs: str) -> tuple[int, str, dict[str, str]]:
    """Run the step; exit code, log and outputs."""
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(workspace.parent / "temp"),
        "INPUT_VERB": "inspect",
        **{name: str(workspace.parent / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")},
        **{f"INPUT_{name.upper()}": text for name, text in inputs.items()},
    }
    command = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
    done = subprocess.run(command, cwd=workspace, env=environ, capture_output=True, text=True, check=False)
    path = workspace.parent / "github_output"
    return done.returncode, done.stdout, parse_outputs(path.read_text()) if path.exists() else {}


def image_in(workspace: Path, user: str) -> str:
    """A layout in the workspace with a script that runs as a user; gives the image's digest."""
    store = Store()
    script = layer({"app/run": Item(b"#!/app/sh\n", mode=0o755), "app/sh": Item(b"none", mode=0o755)})
    digest = store.image([script], {"User": user, "Entrypoint": ["/app/run"]})
    store.layout(workspace / "layout", ("1.0.0", digest))
    return digest


def test_a_layout_of_the_workspace(tmp_path: Path) -> None:
    """A path is the workspace's; digest and reports are outputs, the table is in the summary, findings in the log."""
    workspace = tmp_path / "work"
    workspace.mkdir()
    digest = image_in(workspace, "root")
    code, log, outputs = run(workspace, image="layout:1.0.0", **{"fail-on": "warning"})
    assert (code, outputs["verdict"], outputs["digest"]) == (1, "fail", digest)
    assert outputs["image"] == f"{workspace}/layout@{digest}"
    report = json.loads(Path(outputs["report"]).read_text())
    assert [one["rule"] for one in report["findings"]] == ["root-user"]
    assert json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["automationDetails"]["id"].startswith(
        "go-release-gate/image/"
    )
    assert "::warning" in log
    summary = (tmp_path / "github_step_summary").read_text()
    assert summary.startswith("## ❌ Fail: 1 warning in 1 platform")
    assert "| `linux/amd64` |" in summary


def test_without_an_image(tmp_path: Path) -> None:
    """The input is wanted, and said to be."""
    workspace = tmp_path / "work"
    workspace.mkdir()
    code, log, _ = run(workspace)
    assert code == 2
    assert "wants the input `image`" in log
