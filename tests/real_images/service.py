"""The service whose images are built: three programs and a package of their own, one dependency, a tagged commit.

Everything is compiled by the Go at hand for each machine, as a release would: nothing here is emulated.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.moduleproxy import ModuleProxy
from support.shopimage import DEPENDENCY, LABEL, Shop

TAG, VERSION = "v1.4.2", "1.4.2"
MACHINES = ("amd64", "arm64")
SHOP = """package main

import (
	"net/http"
	"os"

	"example.com/shop/internal/shelf"
)

func main() {
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { answer.Write([]byte(shelf.Label())) })
	if err := http.ListenAndServe(":8080", nil); err != nil {
		os.Exit(1)
	}
}
"""
MIRROR = """package main

import (
	"net/http"
	"os"

	"example.com/shop/internal/shelf"
)

func main() {
	if _, err := http.Get("https://example.com/" + shelf.Label()); err != nil {
		os.Exit(1)
	}
}
"""
TELL = """package main

import (
	"os"

	"example.com/shop/internal/shelf"
)

func main() { os.Stdout.WriteString(shelf.Label()) }
"""
SHELF = """// Package shelf knows what is on offer.
package shelf

import "example.com/dep"

// Label names it.
func Label() string { return dep.Name }
"""
DOCKERFILE = """FROM scratch
ARG TARGETARCH
COPY {files}/ /
{rest}ENTRYPOINT ["/app/{program}"]
"""


@dataclass(frozen=True)
class Recipe:
    """An image to be: its program for each machine, and what its Dockerfile says.

    Args:
        program: the program's name. more: files of every machine by their path. rest: further lines of the Dockerfile.
    """

    programs: Mapping[str, bytes]
    labels: Mapping[str, str]
    user: str = "65532:65532"
    program: str = "shop"
    more: Mapping[str, bytes] = field(default_factory=dict)
    rest: str = ""

    def context(self, folder: Path) -> Path:
        """Write the Dockerfile and what it copies, and give the folder."""
        for machine, content in self.programs.items():
            for name, data in {f"app/{self.program}": content, **self.more}.items():
                place = folder / machine / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            (folder / machine / "app" / self.program).chmod(0o755)
        user = f"USER {self.user}\n" if self.user else ""
        labels = "".join(f'LABEL {key}="{value}"\n' for key, value in self.labels.items())
        text = DOCKERFILE.format(files="${TARGETARCH}", program=self.program, rest=self.rest + labels + user)
        (folder / "Dockerfile").write_text(text)
        return folder


class Service(Shop):
    """The repository; its programs are named by their folder below `cmd`."""

    def built(self, name: str = "shop", *flags: str, **env: str) -> dict[str, bytes]:
        """A program for every machine."""
        return {machine: self.program(machine, *flags, f"./cmd/{name}", **env) for machine in MACHINES}

    def program(self, architecture: str = "amd64", *flags: str, **env: str) -> bytes:
        """What flags and variables make of the tree as it is; static and stripped where they do not say otherwise."""
        given = {"GOOS": "linux", "GOARCH": architecture, "CGO_ENABLED": "0", **env}
        target = self.proxy.root / "program"
        self.go("build", "-trimpath", "-ldflags=-s -w", "-o", str(target), *flags, **given)
        return target.read_bytes()

    def labels(self, **changed: str) -> dict[str, str]:
        """The labels of the release, with some of them changed."""
        return super().labels(**{"source": "https://github.com/acme/shop", **changed})


def make_service(folder: Path) -> Service:
    """The repository with its release, where HEAD is afterwards. The build cache is the user's own."""
    cache = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, check=True, text=True).stdout.strip()
    proxy = ModuleProxy(folder / "world", DEPENDENCY)
    service = Service(folder / "shop", proxy, cache)
    files = {
        "cmd/shop/main.go": SHOP,
        "cmd/mirror/main.go": MIRROR,
        "cmd/tell/main.go": TELL,
        "internal/shelf/shelf.go": SHELF,
        "go.mod": "module example.com/shop\n\ngo 1.21\n\nrequire example.com/dep v1.1.0\n",
        "go.sum": proxy.sum_text("example.com/dep@v1.1.0"),
    }
    for name, text in files.items():
        (service.root / name).parent.mkdir(parents=True, exist_ok=True)
        (service.root / name).write_text(text)
    service.git("init", "-q", "-b", "main")
    service.revision = service.commit(TAG)
    return service


__all__ = ["LABEL", "MACHINES", "TAG", "VERSION", "Recipe", "Service", "make_service"]
