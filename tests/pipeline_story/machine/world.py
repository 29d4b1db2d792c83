"""The story's world: a repository with a pipeline made by `init`, its origin, its GitHub, its registry, its runner."""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes.github import GitHub
from pipeline_story.machine import service
from pipeline_story.machine.acting import ROOT, Ran, Runner
from pipeline_story.machine.cluster import Cluster
from support.dockerregistry import PASSWORD, USER, RealRegistry, basic

NAME = "acme/shop"
HEALTH = "      warm-up: 0\n      interval: 1\n      looks: 2\n      failures: 2\n      automatic: true\n"
REPOSITORY = {"full_name": NAME, "name": "shop", "owner": {"login": "acme"}, "default_branch": "main"}


@dataclass
class World:
    """Moves the story on, and looks at what has become of things."""

    folder: Path
    url: str
    go_image: str
    github: GitHub
    registry: RealRegistry
    runner: Runner
    cluster: Cluster
    files: dict[str, str] = field(default_factory=dict)

    @property
    def clone(self) -> Path:
        """A developer's checkout."""
        return self.folder / "clone"

    @property
    def caches(self) -> Path:
        """The folder that every job sees as /caches."""
        return self.folder / "caches"

    @property
    def image(self) -> str:
        """The image's name."""
        return f"{self.registry.domain}/{NAME}"

    def make(self) -> World:
        """The service's repository at its origin, with the pipeline that `init` writes, and health that acts."""
        bare = self.folder / "origin" / f"{NAME}.git"
        bare.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", "--initial-branch=main", cwd=bare)
        self.git("config", "http.receivepack", "true", cwd=bare)
        self.git("clone", "--quiet", f"{self.url}/{NAME}", str(self.clone), cwd=self.folder)
        self.git("checkout", "--quiet", "-B", "main")
        self.write(service.files(self.go_image))
        health = [f"--health={name}={self.cluster.url}/{name}" for name in ("staging", "production")]
        self.gate("init", "--yes", "-q", f"--image={self.image}", "--platform=linux/amd64", "--ref=v1", *health)
        settings = self.clone / ".go-release-gate.yml"
        settings.write_text(settings.read_text("utf-8").replace("    health:\n", f"    health:\n{HEALTH}"), "utf-8")
        self.commit("a service with a pipeline")
        return self

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files of the checkout, or take them away."""
        for name, text in files.items():
            if text is None:
                (self.clone / name).unlink()
                self.files.pop(name, None)
            else:
                (self.clone / name).write_text(text, "utf-8")
                self.files[name] = text

    def commit(self, message: str, branch: str = "main") -> str:
        """Commit everything, push it, and let GitHub know it; the commit."""
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        head = self.git("rev-parse", "HEAD")
        self.github.commit(head, dict(self.files), branch=branch)
        return head

    def pull_request(self, files: Mapping[str, str | None], number: int = 7) -> Ran:
        """A new head of the pull request, with everything that runs for it."""
        base, before = self.git("rev-parse", "origin/main"), dict(self.github.repository.commits[self._main()].files)
        self.git("checkout", "--quiet", "-B", "topic")
        self.write(files)
        head = self.commit("a change", "topic")
        self.git(
            "push", "--quiet", "--force", "origin", *(f"HEAD:refs/pull/{number}/{ref}" for ref in ("head", "merge"))
        )
        old = {name: text.decode() for name, text in before.items()}
        names = {*old, *self.files}
        changes = {
            each: (old.get(each), self.files.get(each))
            for each in sorted(names)
            if old.get(each) != self.files.get(each)
        }
        if number in self.github.repository.pulls:
            self.github.push(number, head, changes)
        else:
            self.github.open_pull_request(number, head, base, changes)
        side = {"repo": {"full_name": NAME, "default_branch": "main"}}
        request = {
            "number": number, "user": {"login": "ann"},
            "head": {"sha": head, "ref": "topic", **side}, "base": {"sha": base, "ref": "main", **side},
        }  # fmt: skip
        event = {"action": "synchronize", "number": number, "pull_request": request, "repository": REPOSITORY}
        return self.act("pull-request", "pull_request", event)

    def merge(self) -> None:
        """The pull request goes to main."""
        self.git("checkout", "--quiet", "-B", "main", "topic")
        self.commit("merged")

    def release(self, version: str, files: Mapping[str, str | None] | None = None, workflow: str = "release") -> Ran:
        """Commit and tag a version, with everything that runs for the tag."""
        self.write(files or {})
        head = self.commit(f"version {version}")
        self.git("tag", f"v{version}")
        self.git("push", "--quiet", "origin", f"v{version}")
        ref = f"refs/tags/v{version}"
        event = {"ref": ref, "after": head, "created": True, "deleted": False, "repository": REPOSITORY}
        return self.act(workflow, "push", event)

    def button(self, workflow: str, **inputs: str) -> Ran:
        """Somebody starts a workflow by hand."""
        event = {"ref": "refs/heads/main", "inputs": inputs, "repository": REPOSITORY}
        return self.act(workflow, "workflow_dispatch", event)

    def act(self, workflow: str, event: str, payload: Mapping[str, Any]) -> Ran:
        """Run one of the repository's workflows."""
        return self.runner.run(self.clone, f".github/workflows/{workflow}.yml", event, payload)

    def tags(self) -> list[str]:
        """What the registry has of the image, by name."""
        connection = http.client.HTTPConnection(self.registry.domain, timeout=20)
        connection.request("GET", f"/v2/{NAME}/tags/list", headers={"Authorization": basic()})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return sorted(answer.get("tags") or [])

    def has_ledger(self) -> bool:
        """Whether anything was ever recorded."""
        return "release-ledger" in self.git("ls-remote", "origin")

    def place(self, environment: str) -> dict[str, Any]:
        """What the ledger says of an environment."""
        [found] = json.loads(self.gate("release", "status", "--env", environment, "--format", "json"))["places"]
        return dict(found)

    def gate(self, *words: str) -> str:
        """Standard output of the command, run in the developer's checkout."""
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(ROOT / "src"),
            "GO_RELEASE_GATE_REGISTRY_CREDENTIALS": f"{self.registry.domain} {USER}:{PASSWORD}",
        }  # fmt: skip
        argv = [sys.executable, "-m", "go_release_gate", *words]
        done = subprocess.run(argv, cwd=self.clone, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def git(self, *words: str, cwd: Path | None = None) -> str:
        """One git command's output."""
        named = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *named, *words], cwd=cwd or self.clone, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _main(self) -> str:
        return self.github.repository.refs["refs/heads/main"]


def login() -> str:
    """The registry's login as docker keeps it."""
    return base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
