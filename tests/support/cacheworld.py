"""A module with dependencies, its module cache filled by real Go, and hands to damage that cache with."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from go_release_gate.facts.anchored import VerifyRun, verify_repository
from go_release_gate.facts.module import Module
from go_release_gate.facts.verify import Verification
from go_release_gate.gomod.modfile import ModFile
from go_release_gate.gomod.sumfile import SumFile, SumLine
from go_release_gate.model.progress import Silence
from support.moduleproxy import ModuleProxy, Tree, h1, module_zip
from support.realgo import RealGo

A = "example.com/Up/a@v1.0.0"
B = "example.com/b@v0.2.0"
C = "example.com/c@v1.1.0"
MODULES: dict[str, Tree] = {
    A: {
        "go.mod": b"module example.com/Up/a\n\nrequire example.com/b v0.2.0\n",
        "a.go": b'package a\n\nimport _ "example.com/b"\n',
        "LICENSE": b"free\n" * 40,
        "in/ner/data.txt": b"one\ntwo\n",
        "in.go": b"package a\n",
    },
    # c is in the module graph, and no package of it is needed: go.sum has its /go.mod line alone
    B: {"go.mod": b"module example.com/b\n\nrequire example.com/c v1.1.0\n", "b.go": b"package b\n\nconst B = 1\n"},
    C: {"c.go": b"package c\n"},
}


class CacheWorld:
    """One module requiring A (which requires B, which requires C), tidied, below `root`."""

    def __init__(self, root: Path) -> None:
        self.proxy = ModuleProxy(root, MODULES)
        self.main = root / "main"
        self.main.mkdir()
        (self.main / "go.mod").write_text("module example.com/main\n\ngo 1.16\n")
        (self.main / "main.go").write_text('package lib\n\nimport _ "example.com/Up/a"\n')
        (root / "scratch").mkdir()
        self.go = RealGo(self.proxy)
        self.ok("mod", "tidy")

    def says_yes(self, *args: str) -> bool:
        """Whether `go ARGS` in the module succeeds."""
        return self.go.run(args, cwd=self.main).returncode == 0

    def ok(self, *args: str) -> None:
        """Run `go ARGS` in the module; it must succeed."""
        done = self.go.run(args, cwd=self.main)
        assert done.returncode == 0, done.stderr.decode()

    def module(self, directory: str = ".", sums: str | None = None) -> Module:
        """The module's fact, or one with another go.sum."""
        text = (self.main / "go.sum").read_text() if sums is None else sums
        mod = (self.main / "go.mod").read_bytes()
        return Module(
            directory,
            "example.com/main",
            mod,
            text.encode(),
            mod=ModFile("example.com/main", 1),
            sum=sum_file(text),
        )

    def verify(self, *modules: Module, offline: bool = False, both: bool = False, jobs: int = 1) -> Verification:
        """What the code under test says."""
        run = VerifyRun(
            self.proxy.modcache,
            self.go,
            self.proxy.root / "scratch",
            Silence(),
            jobs=jobs,
            with_unanchored=both,
            offline=offline,
        )
        return verify_repository(modules or (self.module(),), run)

    def snapshot(self) -> dict[str, tuple[int, bytes]]:
        """Every file and link of the cache: mode and content. Lock files, which only come, are left out,
        and so are the `.tmp` files that Go leaves after a refused download and removes at the next."""
        found = {}
        for folder, _, names in os.walk(self.proxy.modcache):
            for name in names:
                file = Path(folder, name)
                if not name.endswith(("lock", ".tmp")):
                    link = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
                    found[str(file)] = (file.lstat().st_mode, link)
        return found


def sum_file(text: str) -> SumFile:
    """go.sum as a value, without the parser under test elsewhere."""
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        path, version, digest = line.split(" ")
        lines.append(SumLine(path, version.removesuffix("/go.mod"), version.endswith("/go.mod"), digest, number))
    return SumFile(tuple(lines))


def poison(world: CacheWorld, *, keep_zip: bool, keep_dir: bool = True) -> None:
    """Replace A in the cache by other content, the record rewritten so that the cache agrees with itself."""
    tree = {**MODULES[A], "a.go": b'package a\n\nimport _ "example.com/b"\n\nconst Evil = 1\n'}
    (world.proxy.cached_dir(A) / "a.go").write_bytes(tree["a.go"])
    world.proxy.cached_zip(A).write_bytes(module_zip(A, tree))
    world.proxy.cached_zip(A).with_suffix(".ziphash").write_text(h1({f"{A}/{n}": d for n, d in tree.items()}))
    if not keep_zip:
        world.proxy.cached_zip(A).unlink()
    if not keep_dir:
        shutil.rmtree(world.proxy.cached_dir(A))
