"""The command as a user runs it: a process of its own on a folder, with a module proxy in a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.moduleproxy import ModuleProxy

SOURCE = Path(__file__).parents[2] / "src"
DEPENDENCY = {
    "example.com/dep@v1.0.0": {"dep.go": b"package dep\n", "sub/sub.go": b"package sub\n"},
    "example.com/dep@v1.1.0": {"dep.go": b"package dep\n\nconst New = 1\n"},
    "example.com/other@v1.0.0": {"other.go": b"package other\n"},
}


@dataclass(frozen=True)
class Ran:
    """What one run left."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        """Standard output as the JSON report."""
        return json.loads(self.out)

    @property
    def rules(self) -> list[str]:
        """Rule ids of the findings, in order."""
        return [finding["rule"] for finding in self.report["findings"]]

    def module(self, directory: str = ".") -> Any:
        """The report's answer for one module."""
        return next(module for module in self.report["modules"] if module["dir"] == directory)


class Gate:
    """Runs the gate on `repo`; `env` is the whole environment and may be changed by a test."""

    def __init__(self, root: Path) -> None:
        self.proxy = ModuleProxy(root / "world", DEPENDENCY)
        self.repo = root / "repo"
        self.repo.mkdir()
        self.env = {**self.proxy.env(), "PYTHONPATH": str(SOURCE)}

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files below the repository; `{sum:KEY}` in a text becomes the two go.sum lines of KEY."""
        for name, content in files.items():
            path = self.repo / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else self._filled(content))

    def tidy_module(self, directory: str = ".") -> None:
        """A tidy module that imports example.com/dep v1.0.0."""
        at = "" if directory == "." else f"{directory}/"
        self.write(
            {
                f"{at}go.mod": "module example.com/m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n",
                f"{at}go.sum": "{sum:example.com/dep@v1.0.0}",
                f"{at}m.go": 'package m\n\nimport _ "example.com/dep"\n',
            }
        )

    def command(self, *words: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", "go_release_gate", *words]

    def run(self, *words: str, **env: str) -> Ran:
        """Run any verb in the repository."""
        done = subprocess.run(
            self.command(*words), cwd=self.repo, env={**self.env, **env}, capture_output=True, timeout=120, check=False
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def check(self, *words: str, **env: str) -> Ran:
        """Run `check --format json`."""
        return self.run("check", "--format", "json", *words, **env)

    def module_answer(self, ran: Ran, directory: str = ".") -> tuple[str, str, str]:
        """Outcomes of tidy, verify and vendor for one module."""
        module = ran.module(directory)
        return module["tidy"]["outcome"], module["verify"]["outcome"], module["vendor"]["outcome"]

    def tree(self) -> dict[str, tuple[int, bytes]]:
        """Every path below the repository with its mode and bytes."""
        found = {}
        for path in sorted(self.repo.rglob("*")):
            if path.is_symlink():
                found[str(path)] = (0, bytes(path.readlink()))
            elif path.is_file():
                found[str(path)] = (path.stat().st_mode, path.read_bytes())
        return found

    def _filled(self, text: str) -> bytes:
        for key in self.proxy.modules:
            text = text.replace(f"{{sum:{key}}}", self.proxy.sum_text(key))
        return text.encode()


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """A gate with an empty repository."""
    return Gate(tmp_path)
