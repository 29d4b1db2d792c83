"""Runs actionlint and zizmor, where they are installed: on PATH, or as wheels beside this program.

They get copies of the workflows in a private directory, no network, and no configuration of the checkout's: zizmor
looks for `zizmor.yml` beside its inputs, actionlint for `.github/actionlint.yaml` above them; neither is copied. What
they read is data to them; they run nothing (actionlint would start shellcheck and pyflakes: switched off).
https://github.com/rhysd/actionlint/blob/main/docs/usage.md, https://docs.zizmor.sh/usage/
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.programs import find
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.workflow_lint import WorkflowWord

FOLDER = ".github/workflows"
OUTPUT_LIMIT = 16 << 20  # bytes
TIME_LIMIT = 60.0  # seconds for all files
ACTIONLINT = ("-no-color", "-shellcheck=", "-pyflakes=", "-format", "{{json .}}")
ZIZMOR = ("--offline", "--no-progress", "--no-config", "--format", "json", "--no-exit-codes", "--persona", "regular")
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
                found += _actionlint(self._said(self.actionlint, [*ACTIONLINT, *names], place), names)
            if self.zizmor:
                found += _zizmor(self._said(self.zizmor, [*ZIZMOR, "--", *names], place), names)
        return tuple(sorted(found, key=lambda one: (one.path, one.line, one.column, one.tool, one.kind)))

    def _said(self, program: Path, arguments: Sequence[str], place: Path) -> Any:
        variables = {"PATH": "/usr/bin:/bin", "HOME": str(place), "LC_ALL": "C.UTF-8"}
        argv = [str(program), *arguments]
        done = self.runner.run(argv, cwd=place, env=variables, timeout=TIME_LIMIT, output_limit=OUTPUT_LIMIT)
        text = b"" if done.timed_out or done.truncated else done.stdout
        try:
            return json.loads(text)
        except ValueError:
            raise UnavailableError(f"{program.name} gave no answer") from None


def find_workflow_linters(
    parent: Mapping[str, str], root: Path, runner: Runner, scratch: Path
) -> WorkflowLinters | None:
    """Those outside the checkout at `root`, None where there is neither."""
    beside = (Path(sys.executable).parent,)
    actionlint, zizmor = (find(name, parent, root, beside) for name in ("actionlint", "zizmor"))
    return WorkflowLinters(actionlint, zizmor, runner, scratch) if actionlint or zizmor else None


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
