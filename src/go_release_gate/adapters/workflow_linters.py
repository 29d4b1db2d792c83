"""Runs actionlint and zizmor, where they are installed: on PATH, or as wheels beside this program.

They get copies of the workflows in a private directory, no network, and no configuration of the checkout's: zizmor
looks for `zizmor.yml` beside its inputs, actionlint for `.github/actionlint.yaml` above them; neither is copied. What
they read is data to them; they run nothing (actionlint would start shellcheck and pyflakes: switched off).
https://github.com/rhysd/actionlint/blob/main/docs/usage.md, https://docs.zizmor.sh/usage/
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.adapters.programs import find
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.workflow_lint import WorkflowWord

FOLDER = ".github/workflows"
OUTPUT_LIMIT = 16 << 20  # bytes
TIME_LIMIT = 60.0  # seconds for all files
ACTIONLINT = ("-no-color", "-shellcheck=", "-pyflakes=", "-format", "{{json .}}")
ZIZMOR = ("--offline", "--no-progress", "--no-config", "--format", "json", "--no-exit-codes", "--persona", "regular")
NONE_READ = 3  # zizmor's exit code where it could read none of its inputs
_NOT_READ = re.compile(r"failed to (?:validate|load) file://(\S+) as workflow")
_GRAVE = frozenset({"High", "Medium"})


@dataclass(frozen=True, slots=True)
class WorkflowLinters:
    """actionlint and zizmor at their places; None: not installed."""

    actionlint: Path | None
    zizmor: Path | None
    runner: Runner
    scratch: Path

    def lint(self, files: Sequence[tuple[str, bytes]]) -> tuple[WorkflowWord, ...]:
        """What they say of the files, pairs of path and bytes.

        Raises:
            UnavailableError: one cannot be started, does not end in time, or gives no JSON.
        """
        with tempfile.TemporaryDirectory(dir=self.scratch, prefix="workflows-") as name:
            place = Path(name)
            place.chmod(0o755)
            (place / FOLDER).mkdir(parents=True)
            names = {f"{FOLDER}/{number}.yml": path for number, (path, _) in enumerate(files)}
            for copy, (_, data) in zip(names, files, strict=True):
                (place / copy).write_bytes(data)
            found: list[WorkflowWord] = []
            if self.actionlint:
                done = self._run(self.actionlint, [*ACTIONLINT, *names], place)
                found += _actionlint(_answer(self.actionlint, done), names)
            if self.zizmor:
                done = self._run(self.zizmor, [*ZIZMOR, "--", *names], place)
                is_none_read = done.returncode == NONE_READ and not done.timed_out
                found += _zizmor([] if is_none_read else _answer(self.zizmor, done), names)
                found += _passed_over(done.stderr, names, {one.path for one in found})
        return tuple(sorted(found, key=lambda one: (one.path, one.line, one.column, one.tool, one.kind)))

    def _run(self, program: Path, arguments: Sequence[str], place: Path) -> Completed:
        variables = {"PATH": "/usr/bin:/bin", "HOME": str(place), "LC_ALL": "C.UTF-8"}
        argv = [str(program), *arguments]
        return self.runner.run(argv, cwd=place, env=variables, timeout=TIME_LIMIT, output_limit=OUTPUT_LIMIT)


def find_workflow_linters(
    parent: Mapping[str, str], root: Path, runner: Runner, scratch: Path
) -> WorkflowLinters | None:
    """Those outside the checkout at `root`, None where there is neither."""
    beside = (Path(sys.executable).parent,)
    actionlint, zizmor = (find(name, parent, root, beside) for name in ("actionlint", "zizmor"))
    return WorkflowLinters(actionlint, zizmor, runner, scratch) if actionlint or zizmor else None


def _answer(program: Path, done: Completed) -> Any:
    try:
        return json.loads(b"" if done.timed_out or done.truncated else done.stdout)
    except ValueError:
        raise UnavailableError(f"{program.name} gave no answer") from None


def _passed_over(log: bytes, names: Mapping[str, str], told: Container[str]) -> Iterator[WorkflowWord]:
    """The files that zizmor cannot read as workflows, where nobody else has said what is wrong with them."""
    for name in dict.fromkeys(_NOT_READ.findall(log.decode("utf-8", "replace"))):
        path = names.get(name)
        if path is not None and path not in told:
            said = "this is no workflow as GitHub reads one, and nothing in it was looked at"
            yield WorkflowWord(path, 1, 1, "zizmor", "input", said)


def _actionlint(answer: Any, names: Mapping[str, str]) -> Iterator[WorkflowWord]:
    for one in _listed(answer, "actionlint"):
        path = names.get(str(one.get("filepath")))
        if path is not None:
            place = _number(one.get("line")), _number(one.get("column"))
            yield WorkflowWord(path, *place, "actionlint", str(one.get("kind")), str(one.get("message")))


def _zizmor(answer: Any, names: Mapping[str, str]) -> Iterator[WorkflowWord]:
    for one in _listed(answer, "zizmor"):
        if one.get("ignored"):
            continue
        first: Any = next(
            (place for place in one.get("locations", []) if _member(place, "symbolic", "kind") == "Primary"), {}
        )
        path = names.get(str(_member(first, "symbolic", "key", "Local", "verbatim_path")))
        start = _member(first, "concrete", "location", "start_point")
        if path is None or not isinstance(start, dict):
            continue
        said = f"{one.get('desc')}: {_member(first, 'symbolic', 'annotation')}"
        is_grave = _member(one, "determinations", "severity") in _GRAVE
        place = _number(start.get("row")) + 1, _number(start.get("column")) + 1
        yield WorkflowWord(path, *place, "zizmor", str(one.get("ident")), said, is_grave)


def _listed(answer: Any, tool: str) -> list[dict[str, Any]]:
    if answer is None:
        return []
    if not isinstance(answer, list):
        raise UnavailableError(f"{tool} gave another answer than a list of findings")
    return [one for one in answer if isinstance(one, dict)]


def _member(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _number(value: Any) -> int:
    return max(value, 0) if isinstance(value, int) else 0
