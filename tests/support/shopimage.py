"""A small shop in Go, its repository, and images of it that are built for real and put together by hand.

The module `example.com/shop` needs `example.com/dep v1.1.0` from a module proxy in a folder; its commit is tagged
v1.4.2. Programs are cross-compiled by the Go at hand, with the commit stamped in.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.images import Item, Store, layer
from support.moduleproxy import ModuleProxy

DEPENDENCY = {
    "example.com/dep@v1.0.0": {"dep.go": b'package dep\n\nconst Name = "old"\n'},
    "example.com/dep@v1.1.0": {"dep.go": b'package dep\n\nconst Name = "new"\n'},
}
MAIN = """package main

import (
	"os"

	"example.com/dep"
)

func main() { os.Stdout.WriteString(dep.Name) }
"""
CLIENT = """package main

import (
	"net/http"

	"example.com/dep"
)

func main() { _, err := http.Get("https://example.com/" + dep.Name); println(err) }
"""
USER = ["-c", "user.name=Shop", "-c", "user.email=shop@example.com"]
LABEL = "org.opencontainers.image."
PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass
class Shop:
    """The repository, and what builds it."""

    root: Path
    proxy: ModuleProxy
    cache: str = ""
    revision: str = ""
    _built: dict[tuple[str, ...], bytes] = field(default_factory=dict)

    def git(self, *words: str) -> str:
        """Run git in the repository."""
        done = subprocess.run(["git", *USER, *words], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def go(self, *words: str, **env: str) -> None:
        """Run go in the repository."""
        subprocess.run(
            ["go", *words],
            cwd=self.root,
            check=True,
            capture_output=True,
            env=self.proxy.env(GOCACHE=self.cache, **env),
        )

    def commit(self, *tags: str) -> str:
        """Commit everything, tag it, give the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "work")
        for tag in tags:
            self.git("tag", tag)
        return self.git("rev-parse", "HEAD")

    def program(self, architecture: str = "amd64", *flags: str, **env: str) -> bytes:
        """The program for a machine, static and stripped unless the flags or variables say otherwise."""
        key = (architecture, *flags, *(f"{name}={value}" for name, value in env.items()), self.git("rev-parse", "HEAD"))
        if key not in self._built or self.git("status", "--porcelain"):
            given = {"GOOS": "linux", "GOARCH": architecture, "CGO_ENABLED": "0", **env}
            target = self.proxy.root / "program"
            self.go("build", "-trimpath", "-ldflags=-s -w", *flags, "-o", str(target), ".", **given)
            self._built[key] = target.read_bytes()
        return self._built[key]

    def labels(self, **changed: str) -> dict[str, str]:
        """The labels of the release, with some of them changed."""
        told = {"version": "1.4.2", "revision": self.revision, **changed}
        return {f"{LABEL}{key}": value for key, value in told.items()}


def make_shop(folder: Path) -> Shop:
    """The repository with its tag. The build cache is the user's own: it holds the standard library already."""
    cache = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, check=True, text=True).stdout.strip()
    proxy = ModuleProxy(folder / "world", DEPENDENCY)
    shop = Shop(folder / "shop", proxy, cache)
    shop.root.mkdir()
    (shop.root / "main.go").write_text(MAIN)
    (shop.root / "go.mod").write_text("module example.com/shop\n\ngo 1.21\n\nrequire example.com/dep v1.1.0\n")
    (shop.root / "go.sum").write_text(proxy.sum_text("example.com/dep@v1.1.0"))
    (shop.root / "Dockerfile").write_text('FROM scratch\nCOPY shop /app/shop\nUSER 65532\nENTRYPOINT ["/app/shop"]\n')
    shop.git("init", "-q", "-b", "main")
    shop.revision = shop.commit("v1.4.2")
    return shop


@dataclass
class Build:
    """One image to be: `programs` by platform; `files` beside the program; `config` over the usual one."""

    programs: Mapping[str, bytes]
    labels: Mapping[str, str]
    files: Mapping[str, Item | bytes] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    program: Item = field(default_factory=lambda: Item(mode=0o755))

    def store(self) -> tuple[Store, str]:
        """The blobs, and the digest of the index."""
        store, images = Store(), []
        for platform, data in self.programs.items():
            item = Item(data, self.program.mode, self.program.user)
            config = {
                "User": "65532",
                "Entrypoint": ["/app/shop"],
                "Env": [f"PATH={PATH}"],
                "Labels": dict(self.labels),
                **self.config,
            }
            layers = [layer({"app/shop": item, **self.files})]
            images.append((platform, store.image(layers, config, platform)))
        return store, store.index(images)
