"""Nothing that a checkout, a poisoned HOME or a PATH directory brings along is executed, subcommand by subcommand.

Each canary is a program that leaves a mark when it runs. The first tests show that every canary sings where nothing
holds it back; then the same repository is put through every call this program makes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from go_release_gate.adapters.toolbox import Toolbox, ToolboxRequest, open_toolbox
from support.moduleproxy import ModuleProxy

GO = [
    ["mod", "tidy", "-diff"],
    ["mod", "download"],
    ["mod", "download", "-json", "all"],
    ["mod", "verify"],
    ["mod", "vendor", "-o", "OUT"],
    ["mod", "why", "-m", "example.com/a"],
    ["mod", "graph"],
    ["mod", "edit", "-json"],
    ["list", "-m", "-json", "all"],
    ["list", "-m", "-u", "-retracted", "-json", "all"],
    ["env", "-json", "GOVERSION", "GOMODCACHE"],
    ["work", "edit", "-json", "go.work"],
]
GIT = ["is_repository", "head_commit", "ref", "is_shallow", "tags", "origin"]
PROGRAMS = ["hg", "svn", "bzr", "fossil", "ssh", "go1.99.0", "gcc", "pkg-config", "fsmonitor", "toolexec", "clean"]


class Trap:
    """A repository full of canaries; `marks` names those that ran."""

    def __init__(self, root: Path, proxy: ModuleProxy) -> None:
        self._hits = root / "hits"
        self._hits.mkdir()
        self._hits.chmod(0o777)
        self.proxy = proxy
        self.tools = root / "tools"
        self.tools.mkdir()
        for name in PROGRAMS:
            self._canary(name)
        real = shutil.which("go")
        assert real
        (self.tools / "go").symlink_to(os.path.realpath(real))
        self.repository = self._repository(root / "repository")
        self.home = self._home(root / "home")

    @property
    def marks(self) -> set[str]:
        """The canaries that ran."""
        return {path.name for path in self._hits.iterdir()}

    @property
    def parent(self) -> dict[str, str]:
        """A process environment that an earlier step poisoned."""
        private = self.proxy.env()
        return {
            "PATH": f".:{self.repository}/bin:{self.tools}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "GOPROXY": private["GOPROXY"],
            "GOSUMDB": "off",
            "GOMODCACHE": private["GOMODCACHE"],
            "GOCACHE": private["GOCACHE"],
            "GOFLAGS": f"-toolexec={self.tools}/toolexec",
            "GIT_SSH_COMMAND": str(self.tools / "ssh"),
            "GIT_EXTERNAL_DIFF": str(self.tools / "clean"),
            "CC": str(self.tools / "gcc"),
        }

    def _canary(self, name: str, directory: Path | None = None) -> Path:
        path = (directory or self.tools) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {self._hits}/{name}\n")
        path.chmod(0o755)
        return path

    def _repository(self, root: Path) -> Path:
        root.mkdir()
        (root / "go.mod").write_text(
            "module example.com/app\n\ngo 1.23\n\ntoolchain go1.99.0\n\nrequire example.com/a v1.0.0\n"
        )
        (root / "go.sum").write_text(self.proxy.sum_text("example.com/a@v1.0.0"))
        (root / "main.go").write_text(
            'package main\n\n//go:generate hg\n\n/*\n#cgo pkg-config: x\n*/\nimport "C"\n'
            'import _ "example.com/a"\n\nfunc main() {}\n'
        )
        (root / "go.work").write_text("go 1.23\n\ntoolchain go1.99.0\n\nuse .\n")
        (root / ".gitattributes").write_text("* filter=evil diff=evil\n")
        self._canary("go", root / "bin")
        self._canary("git", root / "bin")
        for args in (
            ["init", "-q", "-b", "main"],
            ["add", "-A"],
            ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "one"],
        ):
            subprocess.run(["git", *args], cwd=root, check=True, env={"PATH": os.environ["PATH"], "HOME": "/"})
        self._poison(root / ".git/config")
        self._bare(root / "bare")
        return root

    def _bare(self, place: Path) -> None:
        """What looks like a bare repository in a plain directory of the checkout."""
        for part in ("objects", "refs/heads"):
            (place / part).mkdir(parents=True)
        (place / "HEAD").write_text("ref: refs/heads/main\n")
        (place / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n")
        self._poison(place / "config")
        (place / "go.mod").write_text("module example.com/app/bare\n\ngo 1.23\n")

    def _poison(self, config: Path) -> None:
        with config.open("a") as file:
            file.write(
                f"[core]\n\tfsmonitor = {self.tools}/fsmonitor\n\thooksPath = {self.tools}\n"
                f"\tsshCommand = {self.tools}/ssh\n\tpager = {self.tools}/clean\n"
                f'[filter "evil"]\n\tclean = {self.tools}/clean\n\tsmudge = {self.tools}/clean\n'
                f'[diff "evil"]\n\ttextconv = {self.tools}/clean\n'
            )

    def _home(self, home: Path) -> Path:
        (home / ".config/go").mkdir(parents=True)
        (home / ".config/go/env").write_text(
            f"GOFLAGS=-toolexec={self.tools}/toolexec -mod=mod\nGOTOOLCHAIN=go1.99.0\nGOPROXY=off\nGOVCS=*:all\n"
        )
        (home / ".gitconfig").write_text(f"[core]\n\tfsmonitor = {self.tools}/fsmonitor\n")
        return home


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    """The repository with its canaries, and a module proxy for its one dependency."""
    tree = {"go.mod": b"module example.com/a\n\ngo 1.23\n", "a.go": b"package a\n"}
    return Trap(tmp_path, ModuleProxy(tmp_path / "modules", {"example.com/a@v1.0.0": tree}))


@pytest.mark.parametrize(
    ("canary", "line", "where"),
    [
        ("fsmonitor", "git status", "."),
        ("fsmonitor", "git status", "bare"),
        ("clean", "touch main.go; git diff", "."),
        ("go1.99.0", "env -u GOFLAGS GOTOOLCHAIN=auto GOWORK=off go mod tidy -go=1.99.0", "."),
        ("go1.99.0", "go version", "."),
        ("toolexec", "GOTOOLCHAIN=local GOENV=off GOWORK=off CGO_ENABLED=0 go list -export example.com/a", "."),
        ("hg", "rm -rf .git; mkdir .hg; GOFLAGS= GOENV=off GOTOOLCHAIN=local GOWORK=off go list -buildvcs=true .", "."),
        ("go", "go version", "."),
        ("git", "git status", "."),
    ],
)
def test_each_canary_sings_when_nothing_holds_it_back(trap: Trap, canary: str, line: str, where: str) -> None:
    """Run as people run it, in the poisoned surroundings, the canary runs: its silence below means something."""
    path = trap.parent["PATH"]
    if canary not in {"go", "git"}:
        path = path.replace(f".:{trap.repository}/bin:", "")
    env = {**trap.parent, "PATH": path}
    subprocess.run(["sh", "-c", line], cwd=trap.repository / where, env=env, capture_output=True, check=False)
    assert canary in trap.marks


@pytest.fixture(params=["trusted", "untrusted"])
def tools(trap: Trap, request: pytest.FixtureRequest) -> object:
    """The toolbox of a workflow, on either kind of event, in the poisoned surroundings."""
    trusted = request.param == "trusted"
    with open_toolbox(trap.parent, ToolboxRequest(trap.repository, trusted=trusted, in_workflow=True)) as tools:
        yield tools


@pytest.mark.parametrize("args", GO, ids=" ".join)
def test_no_canary_runs_in_any_call_of_go(trap: Trap, tools: Toolbox, args: list[str], tmp_path: Path) -> None:
    """Each call does its work in the repository and in the bare one, and not one canary leaves a mark."""
    out = tools.scratch / "tmp" / "vendor"
    said = tools.go.run([str(out) if word == "OUT" else word for word in args], cwd=trap.repository)
    assert said.returncode == 0, said.stderr.decode()
    tools.go.run(args, cwd=trap.repository / "bare", timeout=60)
    assert trap.marks == set()


@pytest.mark.parametrize("args", GO, ids=" ".join)
def test_no_canary_runs_beside_another_version_control(trap: Trap, tools: Toolbox, args: list[str]) -> None:
    """A committed .hg, .svn or .bzr directory starts no program."""
    shutil.rmtree(trap.repository / ".git")
    for name in (".hg", ".svn", ".bzr", "_FOSSIL_"):
        (trap.repository / name).mkdir()
    out = tools.scratch / "tmp" / "vendor"
    said = tools.go.run([str(out) if word == "OUT" else word for word in args], cwd=trap.repository)
    assert said.returncode == 0, said.stderr.decode()
    assert trap.marks == set()


def test_no_canary_runs_in_any_call_of_git(trap: Trap, tools: Toolbox) -> None:
    """Every question to git is answered, in the repository and in the bare one, and no canary leaves a mark."""
    assert tools.git.head_commit()
    assert "go.mod" in tools.git.files("HEAD")
    assert tools.git.file_at("HEAD", "go.mod") == (trap.repository / "go.mod").read_bytes()
    assert tools.git.staged("main.go")
    assert not tools.git.is_conversion("none")
    for name in GIT:
        getattr(tools.git, name)()
    with open_toolbox(trap.parent, ToolboxRequest(trap.repository / "bare", in_workflow=True)) as inside:
        for name in GIT:
            getattr(inside.git, name)()
        inside.git.staged("go.mod")
    assert trap.marks == set()


def test_the_go_of_the_checkout_is_never_found(trap: Trap, tools: Toolbox) -> None:
    """Relative PATH entries and those inside the checkout are passed over: the real Go answers, as local."""
    assert tools.go.toolchain.version.startswith("go1.")
    assert tools.go.toolchain.env["GOTOOLCHAIN"] == "local"
    assert tools.go.toolchain.env["GOFLAGS"].startswith("-buildvcs=false")
    assert "toolexec" not in tools.go.toolchain.env["GOFLAGS"]
    assert tools.go.toolchain.env["GOPROXY"] == trap.proxy.url
    assert trap.marks == set()


def test_a_module_that_needs_a_newer_go_gets_none_from_path(trap: Trap, tools: Toolbox) -> None:
    """A go line of the far future ends in Go's refusal, and the canary called go1.99.0 is not asked."""
    text = (trap.repository / "go.mod").read_text()
    (trap.repository / "go.mod").write_text(text.replace("go 1.23", "go 1.99.0"))
    said = tools.go.run(["mod", "tidy", "-diff"], cwd=trap.repository)
    assert said.returncode == 1
    assert b"requires go >= 1.99.0" in said.stderr
    assert trap.marks == set()


@pytest.mark.parametrize("kind", ["hg", "svn", "bzr", "fossil", "git+ssh"])
def test_no_version_control_runs_for_a_module(trap: Trap, tools: Toolbox, kind: str) -> None:
    """A path that names its version control system outright (`x.hg/y`) starts none but git over https."""
    suffix = kind.removesuffix("+ssh")
    path = f"127.0.0.1.example.com/repo.{suffix}/lib"
    (trap.repository / "go.mod").write_text(f"module example.com/app\n\ngo 1.23\n\nrequire {path} v1.0.0\n")
    (trap.repository / "main.go").write_text(f'package main\n\nimport _ "{path}"\n\nfunc main() {{}}\n')
    said = tools.go.run(["mod", "tidy", "-diff"], cwd=trap.repository, env={"GOPROXY": "direct"}, timeout=60)
    assert said.returncode == 1
    assert trap.marks == set()
