"""The step with `verb: tags`: outputs, variables and files for later steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.github.runner import OUTPUTS
from support.containerstep import parse_outputs
from support.image_names import Case, cases

ROOT = Path(__file__).parents[2]
WHOLE = [case for case in cases("names-sample.json") if "exported_env_names" in case.expected]
BAKE = ("bake-file", "bake-file-tags", "bake-file-labels", "bake-file-annotations")


class Step:
    """One run of the step in `root`."""

    def __init__(self, root: Path, case: Case) -> None:
        context = case.context
        self.root = root
        record = {**context["payload"]["repository"], **context["repo"]}
        (root / "event.json").write_text(json.dumps({**context["payload"], "repository": record}))
        self.environ = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(root),
            "RUNNER_TEMP": str(root / "temp"),
            "GITHUB_EVENT_PATH": str(root / "event.json"),
            "GITHUB_EVENT_NAME": context["event_name"],
            "GITHUB_REF": context["ref"],
            "GITHUB_SHA": context["sha"],
            "GITHUB_REPOSITORY": context["repository"],
            "SOURCE_DATE_EPOCH": str(case.now.timestamp()),
            "INPUT_VERB": "tags",
            **{name: str(root / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")},
            **{f"INPUT_{name.upper()}": text for name, text in case.inputs.items()},
            **case.env,
        }

    def run(self, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run it."""
        command = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
        env = {**self.environ, **environ}
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)

    def written(self, variable: str) -> dict[str, str]:
        """What it has appended to the file of a variable."""
        path = Path(self.environ[variable])
        return parse_outputs(path.read_text()) if path.exists() else {}

    def file(self, output: str) -> Any:
        """The file that an output names."""
        return json.loads(Path(self.written("GITHUB_OUTPUT")[output]).read_text())


@pytest.mark.parametrize("case", WHOLE, ids=str)
def test_outputs_are_the_peers(case: Case, tmp_path: Path) -> None:
    """Outputs, JSON, bake files and exported variables are those of the peer, and ours beside them."""
    step, expected = Step(tmp_path, case), case.expected
    done = step.run()
    outputs, variables = step.written("GITHUB_OUTPUT"), step.written("GITHUB_ENV")
    assert set(outputs) == set(OUTPUTS)
    assert {name: outputs[name] for name in expected["raw_outputs"]} == expected["raw_outputs"]
    assert json.loads(outputs["json"]) == expected["json"]
    assert {name: step.file(name) for name in BAKE} == {name: expected[name] for name in BAKE}
    assert [Path(outputs[name]).name for name in BAKE] == [expected[f"{name}_name"] for name in BAKE]
    assert sorted(variables) == expected["exported_env_names"]
    assert {name: variables[f"DOCKER_METADATA_OUTPUT_{name.replace('-', '_').upper()}"] for name in BAKE} == {
        name: outputs[name] for name in BAKE
    }
    assert done.returncode == (1 if expected["invalid_references"] or not expected["tags"] else 0)
    assert outputs["verdict"] == ("pass" if done.returncode == 0 else "fail")
    assert json.loads(Path(outputs["report"]).read_text())["kind"] == "tags"


def test_variables_can_be_switched_off(tmp_path: Path) -> None:
    """DOCKER_METADATA_SET_OUTPUT_ENV=false: no variable; another word is refused."""
    step = Step(tmp_path, WHOLE[0])
    assert step.run(DOCKER_METADATA_SET_OUTPUT_ENV="false").returncode == 0
    assert step.written("GITHUB_ENV") == {}
    refused = step.run(DOCKER_METADATA_SET_OUTPUT_ENV="off")
    assert refused.returncode == 2
    assert "DOCKER_METADATA_SET_OUTPUT_ENV" in refused.stdout


def test_invalid_names_fail_and_are_shown(tmp_path: Path) -> None:
    """A name that no registry takes fails the step before anything is built; log, annotation and summary say which."""
    step = Step(tmp_path, WHOLE[0])
    done = step.run(INPUT_IMAGES="acme//shop")
    assert done.returncode == 1
    assert "problem: acme//shop:" in done.stdout
    assert "\n::error title=go-release-gate::acme//shop:" in done.stdout
    summary = Path(step.environ["GITHUB_STEP_SUMMARY"]).read_text()
    assert "**Problem:** `acme//shop:" in summary


def test_separator_of_white_space(tmp_path: Path) -> None:
    """A blank separator is one."""
    step = Step(tmp_path, WHOLE[0])
    step.run(**{"INPUT_SEP-TAGS": " ", "INPUT_TAGS": "type=raw,value=a\ntype=raw,value=b", "INPUT_IMAGES": "x"})
    assert step.written("GITHUB_OUTPUT")["tags"].split(" ")[:2] == ["x:a", "x:b"]


def test_labels_give_no_commands(tmp_path: Path) -> None:
    """A value with `::` or a line feed in a label gives no command and no further output."""
    step = Step(tmp_path, WHOLE[0])
    done = step.run(INPUT_LABELS='"a=b\nverdict=x"\nk=::error::x')
    assert step.written("GITHUB_OUTPUT")["verdict"] == "pass"
    assert not any(line.startswith("::error") for line in done.stdout.splitlines())
