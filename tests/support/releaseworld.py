"""A world of releases: a bare origin, a clone of it, a real registry, and the command line run in this process."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.cli import app
from go_release_gate.cli.release import wiring
from support.dockerregistry import RealRegistry

START = datetime(2026, 11, 21, 10, tzinfo=UTC)
CONFIG = """\
services:
  api:
    image: {registry}/{path}
    module: services/api
    migrations: ["services/api/migrations/**"]
environments:
  staging:
    prereleases: true
    targets: [{{kind: channel-tag}}]
  production:
    after: staging
    targets: [{{kind: channel-tag}}]
"""


@dataclass(frozen=True)
class Ran:
    """What one run left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@dataclass
class Clock:
    """Stands still between runs; every look takes a second."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def git(cwd: Path, *words: str) -> str:
    """One git command's output."""
    return subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


@dataclass
class World:
    """The repository `clone` with its `origin`, and releases of the service `api` in the registry."""

    folder: Path
    registry: RealRegistry
    clock: Clock = field(default_factory=Clock)
    digests: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.folder / "origin.git"

    @property
    def path(self) -> str:
        """The image's repository, of this world alone."""
        return re.sub(r"[^a-z0-9]+", "-", self.folder.name.lower()).strip("-") + "/api"

    @property
    def clone(self) -> Path:
        """The checkout."""
        return self.folder / "clone"

    def make(self, config: str = CONFIG) -> World:
        """Make origin and clone, with a configuration and one module."""
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
        git(self.folder, "clone", "--quiet", str(self.origin), "clone")
        for key, value in (("user.name", "Ann"), ("user.email", "ann@example.com"), ("commit.gpgsign", "false")):
            git(self.clone, "config", key, value)
        (self.folder / "home").mkdir(exist_ok=True)
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home")}
        self.write(
            ".go-release-gate.yml", config.format(registry=self.registry.domain, path=self.path, folder=self.folder)
        )
        self.commit("a configuration")
        return self

    def write(self, name: str, text: str) -> None:
        """Write a file of the checkout."""
        path = self.clone / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def commit(self, message: str) -> None:
        """Commit and push everything."""
        git(self.clone, "add", "-A")
        git(self.clone, "commit", "--quiet", "--allow-empty", "-m", message)
        git(self.clone, "push", "--quiet", "origin", "HEAD:main")

    def release(self, version: str, *, dependency: str = "v1.0.0", files: Mapping[str, str] | None = None) -> str:
        """Commit, tag and push an image of a version; its digest."""
        text = f"module example.com/shop/services/api\n\ngo 1.24\n\nrequire example.com/dep {dependency}\n"
        self.write("services/api/go.mod", text)
        self.write("services/api/main.go", f"package main // {version}\n\nfunc main() {{}}\n")
        for name, content in (files or {}).items():
            self.write(name, content)
        self.commit(f"api {version}")
        git(self.clone, "tag", f"services/api/v{version}")
        self.digests[version] = self.registry.push(self.path, version, version)
        return self.digests[version]

    def delete(self, version: str) -> None:
        """Take a version's manifest out of the registry."""
        connection = http.client.HTTPConnection(self.registry.domain, timeout=20)
        connection.request("DELETE", f"/v2/{self.path}/manifests/{self.digests[version]}")
        assert connection.getresponse().status == 202
        connection.close()

    def run(self, *words: str, code: int = 0, **environ: str) -> Ran:
        """`release WORDS` in the checkout; its exit code must be `code`."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            found = app.run(["release", *words, "--repository", str(self.clone)], {**self.environ, **environ})
        ran = Ran(found, out.getvalue(), err.getvalue())
        assert found == code, f"exit {found}, expected {code}\n{ran.out}\n{ran.err}"
        return ran

    def json(self, *words: str, code: int = 0) -> Any:
        """The JSON of `release WORDS`."""
        return self.run(*words, "--format", "json", code=code).json

    def record(self, version: str) -> Ran:
        """Record a version that was released."""
        return self.run("record", "--service", "api", "--image", f":{version}")

    def promote(self, version: str, environment: str = "production", *more: str, code: int = 0) -> Ran:
        """Promote a version."""
        return self.run("promote", "--env", environment, "--to", version, "--yes", *more, code=code)

    def judge(self, health: str = "pass", environment: str = "production") -> Ran:
        """Write a verdict of what runs."""
        codes = {"pass": 0, "fail": 1, "inconclusive": 3}
        return self.run("verdict", "--env", environment, "--health", health, code=codes[health])

    def through(self, version: str, health: str = "pass") -> None:
        """Release, record, and take a version through staging to production, with verdicts."""
        self.release(version)
        self.record(version)
        self.promote(version, "staging")
        self.judge("pass", "staging")
        self.promote(version)
        self.judge(health)

    def refs(self) -> str:
        """Every ref of the origin."""
        return git(self.origin, "for-each-ref", "--format=%(refname) %(objectname)")

    def current(self, environment: str = "production") -> str:
        """The digest that the ledger says runs."""
        rows = self.json("status", "--env", environment, "--offline")["places"]
        return str(rows[0]["digest"])


def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The command's own clock, replaced."""
    clock = Clock()
    monkeypatch.setattr(wiring, "current_time", clock)
    return clock
