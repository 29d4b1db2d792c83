"""Real programs, built by the Go on PATH with the build cache of whoever runs the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MODULE = "module example.com/shop\n\ngo 1.23\n"
MAIN = 'package main\n\nvar version = "dev"\n\nfunc main() { println("shop", version) }\n'
CGO = 'package main\n\n// static int three(void) { return 3; }\nimport "C"\n\nfunc main() { println(C.three()) }\n'


def write_module(directory: Path, **files: str) -> Path:
    """A module in `directory`: go.mod, and main.go unless `files` (`name_go` for `name.go`) says otherwise."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "go.mod").write_text(MODULE)
    for name, text in ({"main_go": MAIN} | files).items():
        (directory / name.replace("_go", ".go")).write_text(text)
    return directory


def go_build(module: Path, output: Path, *flags: str, **env: str) -> Path:
    """Build the program of `module` (no network, no version control) and give its path."""
    quiet = {"GOFLAGS": "-buildvcs=false", "GOPROXY": "off", "GOWORK": "off", "GOTOOLCHAIN": "local", "GOENV": "off"}
    argv = ["go", "build", *flags, "-o", str(output), "."]
    subprocess.run(argv, cwd=module, env={**os.environ, **quiet, **env}, check=True, capture_output=True)
    return output


def commit_all(root: Path) -> str:
    """Make a commit of everything; its hash."""
    who = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "-c", "init.defaultBranch=main")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "all")):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()
