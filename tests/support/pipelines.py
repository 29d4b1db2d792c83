"""Repositories of different shapes for `init`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}

DOCKERFILE = """\
FROM --platform=$BUILDPLATFORM golang:1.25 AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /program {package}
FROM gcr.io/distroless/static
COPY --from=build /program /program
USER 65532
ENTRYPOINT ["/program"]
"""


def dockerfile(package: str) -> str:
    """A Dockerfile that builds a package for any platform."""
    return DOCKERFILE.replace("{package}", package)


def program() -> str:
    """A main package."""
    return "package main\n\nfunc main() {}\n"


def module(path: str, *lines: str) -> str:
    """A go.mod."""
    return "\n".join((f"module {path}", "", "go 1.25", *lines, ""))


SERVICE: Mapping[str, str] = {
    "go.mod": module("github.com/acme/shop"),
    "cmd/api/main.go": program(),
    "Dockerfile": dockerfile("./cmd/api"),
}


def repository(root: Path, files: Mapping[str, str], origin: str = "https://github.com/acme/shop.git") -> Path:
    """A git repository with one commit on `main`."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    if origin:
        git(root, "remote", "add", "origin", origin)
        git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "all")
    if origin:
        git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    return root


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a directory."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def git(root: Path, *words: str) -> str:
    """Run git; gives what it prints."""
    done = subprocess.run(["git", "-C", str(root), *words], env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return done.stdout
