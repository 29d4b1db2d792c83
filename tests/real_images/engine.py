"""Images by the Docker engine that DOCKER_HOST names: built, saved as archives, pushed as a list of platforms."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from real_images.service import MACHINES
from support.dockerregistry import RealRegistry

DOCKER = os.environ.get("DOCKER", "/usr/bin/docker")


@dataclass(frozen=True)
class Engine:
    """The engine; `home` is for what its client keeps."""

    home: Path

    def build(self, context: Path, name: str, machine: str) -> str:
        """Build for one machine, as this engine can, and give the image's name."""
        self._docker(
            "build", "--quiet", "--network", "none", "--platform", f"linux/{machine}", "--tag", name, str(context)
        )
        return name

    def save(self, name: str, target: Path) -> Path:
        """`docker save`: one archive."""
        self._docker("save", "--output", str(target), name)
        return target

    def export(self, name: str, target: Path) -> Path:
        """`docker export`: what a container of the image sees, with what the engine puts into each."""
        container = self._docker("create", "--network", "none", name)
        self._docker("export", "--output", str(target), container)
        self._docker("rm", container)
        return target

    def push(self, context: Path, registry: RealRegistry, path: str, tag: str) -> str:
        """Build for each machine, push them and a list of them; gives the list's reference."""
        name = f"{registry.domain}/{path}:{tag}"
        parts = [self.build(context, f"{name}-{machine}", machine) for machine in MACHINES]
        for part in parts:
            self._docker("push", "--quiet", part)
        self._docker("manifest", "create", "--insecure", name, *parts)
        self._docker("manifest", "push", "--insecure", "--purge", name)
        return name

    def _docker(self, *words: str) -> str:
        env = {**os.environ, "DOCKER_BUILDKIT": "1", "DOCKER_CONFIG": str(self.home)}
        done = subprocess.run([DOCKER, *words], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
