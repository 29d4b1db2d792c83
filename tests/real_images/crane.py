"""crane, which reads registries and images without any of the code under test."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Crane:
    """The program."""

    program: str

    def digest(self, name: str, *words: str) -> str:
        """What a reference, or with `--tarball` an archive, is."""
        return self._run("digest", *words, name).strip()

    def manifest(self, name: str) -> Any:
        """The manifest of a reference."""
        return json.loads(self._run("manifest", name))

    def push(self, archive: Path, name: str) -> str:
        """Push an archive of `docker save`; gives the name."""
        self._run("push", str(archive), name)
        return name

    def export(self, name: str, target: Path, platform: str) -> Path:
        """The finished file system of a platform, as a tar archive."""
        self._run("export", "--platform", platform, name, str(target))
        return target

    def _run(self, *words: str) -> str:
        argv = [self.program, *words, "--insecure"]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
