"""actionlint and zizmor get copies and no configuration; their words come back with the paths of the checkout."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from go_release_gate.adapters.process import Completed, ProcessRunner
from go_release_gate.adapters.workflow_linters import WorkflowLinters, find_workflow_linters
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.workflow_lint import WorkflowWord

WORKFLOW = b"""on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ nothing.here }}
"""


class Fake:
    """Keeps what it was asked and answers as told."""

    def __init__(self, answer: Completed) -> None:
        self.answer = answer
        self.argv: Sequence[str] = ()
        self.env: Mapping[str, str] = {}
        self.files: dict[str, bytes] = {}

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,  # noqa: ARG002 - the protocol has it
        stdin: bytes = b"",  # noqa: ARG002
        output_limit: int = 0,  # noqa: ARG002
    ) -> Completed:
        self.argv, self.env = argv, env
        self.files = {str(one.relative_to(cwd)): one.read_bytes() for one in cwd.rglob("*") if one.is_file()}
        return self.answer


def test_what_they_are_given(tmp_path: Path) -> None:
    """No path of the repository reaches them, and nothing of the environment."""
    said = [{"message": "what", "filepath": ".github/workflows/0.yml", "line": 6, "column": 17, "kind": "expression"}]
    runner = Fake(Completed(1, json.dumps(said).encode(), b"", 0.1))

    found = WorkflowLinters(Path("/bin/actionlint"), None, runner, tmp_path).lint([("-x/a b.yml", WORKFLOW)])

    assert found == (WorkflowWord("-x/a b.yml", 6, 17, "actionlint", "expression", "what"),)
    assert runner.files == {".github/workflows/0.yml": WORKFLOW}
    assert runner.argv[-1] == ".github/workflows/0.yml"
    assert set(runner.env) == {"PATH", "HOME", "LC_ALL"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        Completed(0, b"no json", b"", 0.1),
        Completed(0, b"{}", b"", 0.1),
        Completed(0, b"[]", b"", 0.1, timed_out=True),
        Completed(0, b"[]", b"", 0.1, truncated=True),
    ],
)
def test_no_answer_is_unavailable(tmp_path: Path, answer: Completed) -> None:
    """Whatever is no list of findings in time is never taken for a clean workflow."""
    for linters in (
        WorkflowLinters(Path("/bin/actionlint"), None, Fake(answer), tmp_path),
        WorkflowLinters(None, Path("/bin/zizmor"), Fake(answer), tmp_path),
    ):
        with pytest.raises(UnavailableError):
            linters.lint([("a.yml", WORKFLOW)])


def test_the_real_zizmor(tmp_path: Path) -> None:
    """Lines count from one, as editors do; findings that are ignored in the file are left out."""
    linters = find_workflow_linters({}, tmp_path, ProcessRunner(), tmp_path)
    assert linters is not None
    assert linters.zizmor is not None
    ignored = WORKFLOW.replace(b"runs-on", b"permissions: {}\n    runs-on").replace(
        b"echo ${{ nothing.here }}", b"echo ${{ github.head_ref }}  # zizmor: ignore[template-injection]"
    )

    found = linters.lint([("a.yml", WORKFLOW), ("b.yml", ignored)])

    assert {(one.path, one.kind) for one in found if one.kind == "excessive-permissions"} == {
        ("a.yml", "excessive-permissions")
    }
    assert not [one for one in found if one.path == "b.yml" and one.kind == "template-injection"]


def test_a_workflow_that_zizmor_cannot_read(tmp_path: Path) -> None:
    """It is told, alone or among others, and nothing that is said of the others is lost."""
    linters = find_workflow_linters({}, tmp_path, ProcessRunner(), tmp_path)
    assert linters is not None
    lame = WORKFLOW.replace(b"    runs-on: ubuntu-latest\n", b"")

    alone = linters.lint([("a.yml", lame)])
    among = linters.lint([("a.yml", lame), ("b.yml", WORKFLOW)])

    assert {one.path for one in alone} == {"a.yml"}
    assert {one.path for one in among} == {"a.yml", "b.yml"}


def test_both_say_what_they_can(tmp_path: Path) -> None:
    """What actionlint says of a file that zizmor cannot read is enough."""
    said = [{"message": "no runs-on", "filepath": ".github/workflows/0.yml", "line": 3, "column": 3, "kind": "syntax"}]
    log = b"WARN failed to validate file://.github/workflows/0.yml as workflow: input does not match\n"
    runner = Fake(Completed(3, json.dumps(said).encode(), log, 0.1))

    both = WorkflowLinters(Path("/bin/actionlint"), Path("/bin/zizmor"), runner, tmp_path).lint([("a.yml", WORKFLOW)])
    one = WorkflowLinters(None, Path("/bin/zizmor"), runner, tmp_path).lint([("a.yml", WORKFLOW)])

    assert [word.message for word in both] == ["no runs-on"]
    assert [(word.path, word.line, word.tool) for word in one] == [("a.yml", 1, "zizmor")]


def test_the_real_actionlint(tmp_path: Path) -> None:
    """What it says has its own kind, and the place where it is."""
    kept = next(iter(sorted((Path(__file__).parents[3] / ".cache/bin").glob("actionlint-*"))), None)
    program = kept or shutil.which("actionlint")
    if program is None:
        pytest.skip("actionlint is not here; `make lint` builds it")

    found = WorkflowLinters(Path(program), None, ProcessRunner(), tmp_path).lint([("a.yml", WORKFLOW)])

    assert [(one.path, one.line, one.tool, one.kind) for one in found] == [("a.yml", 6, "actionlint", "expression")]
    assert "nothing" in found[0].message
