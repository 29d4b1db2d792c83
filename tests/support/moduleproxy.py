"""A module proxy in a folder (`file://`), with a private Go home, for tests that need real `go` and no network.

proxy = ModuleProxy(tmp_path, {"example.com/a@v1.0.0": {"go.mod": b"module example.com/a\\n", "a.go": b"package a\\n"}})
subprocess.run(["go", "mod", "tidy"], cwd=..., env=proxy.env())
proxy.sum_text("example.com/a@v1.0.0")       # the two go.sum lines, hashed here and not by the code under test
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

Tree = Mapping[str, bytes]
STAMP = (1980, 1, 1, 0, 0, 0)
TIME = "2024-01-02T03:04:05Z"


class ModuleProxy:
    """The files of a module proxy below `root/proxy` and the caches of a private Go below `root/go`.

    Args:
        root: an empty folder of the test.
        modules: `path@version` → file name → content. A missing `go.mod` is made from the path.
    """

    def __init__(self, root: Path, modules: Mapping[str, Tree] | None = None) -> None:
        self.root = root
        self.files = root / "proxy"
        self.home = root / "go"
        self.modules: dict[str, Tree] = {}
        self.files.mkdir(parents=True)
        for name in ("home", "tmp"):
            (self.home / name).mkdir(parents=True)
        for key, tree in (modules or {}).items():
            self.add(key, tree)

    @property
    def url(self) -> str:
        """The value for GOPROXY."""
        return self.files.as_uri()

    @property
    def modcache(self) -> Path:
        """GOMODCACHE of the private Go."""
        return self.home / "mod"

    def env(self, **extra: str) -> dict[str, str]:
        """A whole environment for `go`: this proxy, no checksum database, private caches; of the caller only PATH."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home / "home"),
            "TMPDIR": str(self.home / "tmp"),
            "GOPROXY": self.url,
            "GOSUMDB": "off",
            "GONOSUMDB": "",
            "GONOPROXY": "",
            "GOPRIVATE": "",
            "GOMODCACHE": str(self.modcache),
            "GOPATH": str(self.home / "path"),
            "GOCACHE": str(self.home / "build"),
            "GOENV": "off",
            "GOFLAGS": "-modcacherw",
            "GOTOOLCHAIN": "local",
            "GOTELEMETRY": "off",
            **extra,
        }

    def add(self, key: str, tree: Tree) -> None:
        """Publish a version, or replace what was published under it."""
        path, version = key.split("@")
        tree = {"go.mod": f"module {path}\n".encode(), **tree}
        self.modules[key] = tree
        base = self.files / escape(path) / "@v"
        base.mkdir(parents=True, exist_ok=True)
        stem = escape(version)
        info = json.dumps({"Version": version, "Time": TIME})
        (base / f"{stem}.info").write_text(info, encoding="utf-8")
        (base / f"{stem}.mod").write_bytes(tree["go.mod"])
        (base / f"{stem}.zip").write_bytes(module_zip(key, tree))
        self._index(path, base)

    def withdraw(self, key: str) -> None:
        """Take the zip of a version away: go.mod and info can still be had."""
        path, version = key.split("@")
        (self.files / escape(path) / "@v" / f"{escape(version)}.zip").unlink()

    def sum_text(self, *keys: str) -> str:
        """go.sum lines of the versions: content and go.mod, in the order given."""
        return "".join(f"{' '.join(key.split('@'))} {self.content_hash(key)}\n{self.mod_line(key)}" for key in keys)

    def mod_line(self, key: str) -> str:
        """The `/go.mod` line of a version."""
        path, version = key.split("@")
        return f"{path} {version}/go.mod {h1({'go.mod': self.modules[key]['go.mod']})}\n"

    def content_hash(self, key: str) -> str:
        """The `h1:` hash of a version's content."""
        return h1({f"{key}/{name}": data for name, data in self.modules[key].items()})

    def cached_zip(self, key: str) -> Path:
        """Where the private cache keeps a version's zip (`.ziphash`, `.mod`, `.info`, `.partial` lie beside it)."""
        path, version = key.split("@")
        return self.modcache / "cache" / "download" / escape(path) / "@v" / f"{escape(version)}.zip"

    def cached_dir(self, key: str) -> Path:
        """Where the private cache keeps the extracted files of a version."""
        path, version = key.split("@")
        return self.modcache / f"{escape(path)}@{escape(version)}"

    def _index(self, path: str, base: Path) -> None:
        versions = [key.split("@")[1] for key in self.modules if key.split("@")[0] == path]
        released = [version for version in versions if not re.search(r"-\d{14}-[0-9a-f]{12}", version)]
        (base / "list").write_text("".join(f"{version}\n" for version in released), encoding="utf-8")
        latest = json.dumps({"Version": max(versions, key=_precedence), "Time": TIME})
        (base.parent / "@latest").write_text(latest, encoding="utf-8")


def escape(text: str) -> str:
    """Go's escaping of paths and versions in caches and proxies: `A` becomes `!a`."""
    return re.sub("[A-Z]", lambda match: "!" + match.group().lower(), text)


def module_zip(key: str, tree: Tree) -> bytes:
    """A module zip with the same bytes for the same tree: sorted, one fixed date, deflated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(tree):
            entry = zipfile.ZipInfo(f"{key}/{name}", STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, tree[name])
    return buffer.getvalue()


def h1(files: Tree) -> str:
    """`h1:` hash of named contents: SHA-256 over the sorted lines `<sha256>  <name>`."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "h1:" + base64.b64encode(hashlib.sha256("".join(lines).encode()).digest()).decode()


def _precedence(version: str) -> tuple[list[int], bool, str]:
    core, _, pre = version.removeprefix("v").partition("+")[0].partition("-")
    return [int(part) for part in core.split(".")], not pre, pre
