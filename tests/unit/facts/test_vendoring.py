"""Vendor trees against a fresh vendoring, with real Go: what is stale, what was edited, what cannot be judged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from go_release_gate.adapters.process import Completed
from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.vendor import Vendor
from go_release_gate.facts.vendoring import VendorRun, collect_vendor
from go_release_gate.gomod.modfile import Directive, ModFile
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome
from support.moduleproxy import ModuleProxy
from support.realgo import RealGo

A, B, B2 = "example.com/a@v1.0.0", "example.com/b@v1.0.0", "example.com/b@v1.1.0"
MODULES = {
    A: {
        "a.go": b'package a\n\nimport _ "embed"\n\n//go:embed data/*.txt\nvar D string\n',
        "data/x.txt": b"x\n",
        "data/left.out": b"no\n",
        "LICENSE": b"free\n",
        "a_test.go": b"package a\n",
    },
    B: {"b.go": b"package b\n", "sub/sub.go": b"package sub\n"},
    B2: {"b.go": b"package b\n\nconst New = 1\n", "sub/sub.go": b"package sub\n"},
}
LOCAL = {
    "go.mod": b"module example.com/local\n\ngo 1.22\n",
    "local.go": b'package local\n\nimport _ "embed"\n\n//go:embed page.html\nvar Page string\n',
    "page.html": b"<p>\n",
}


class Shop:
    """A module in `repo/svc` that requires A and B, replaces `example.com/local` by `repo/local`, and is vendored."""

    def __init__(self, root: Path) -> None:
        self.proxy = ModuleProxy(root / "p", MODULES)
        self.go = RealGo(self.proxy)
        self.root = root / "repo"
        self.dir = self.root / "svc"
        self.vendor = self.dir / "vendor"
        for name, data in LOCAL.items():
            write(self.root / "local" / name, data)
        self.go_mod("1.22")
        write(self.dir / "svc.go", importing("example.com/a", "example.com/b/sub", "example.com/local"))
        for args in (("mod", "tidy"), ("mod", "vendor")):
            done = self.go.run(args, cwd=self.dir)
            assert done.returncode == 0, done.stderr.decode()
        (root / "scratch").mkdir()
        self.converted: set[str] = set()

    def go_mod(self, version: str, b: str = "v1.0.0") -> None:
        """Write go.mod anew."""
        text = (
            f"module example.com/svc\n\ngo {version}\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b {b}\n"
            "\texample.com/local v0.0.0\n)\n\nreplace example.com/local => ../local\n"
        )
        write(self.dir / "go.mod", text.encode())

    def module(self, go: str = "1.22") -> Module:
        """The module's fact."""
        sums = self.dir / "go.sum"
        return Module(
            "svc",
            "example.com/svc",
            (self.dir / "go.mod").read_bytes(),
            sums.read_bytes() if sums.exists() else None,
            mod=ModFile("example.com/svc", 1, go=Directive(go, 3)),
            has_vendor=True,
        )

    def judge(self, module: Module | None = None, tidy: Tidy | None = None) -> Vendor:
        """What the code under test says; the repository must not change by it."""
        before = snapshot(self.root)
        run = VendorRun(self.root, self.go, self.root.parent / "scratch", lambda path: path in self.converted, explain)
        vendor = collect_vendor(module or self.module(), tidy, run)
        assert snapshot(self.root) == before
        assert not list(run.scratch.iterdir())
        return vendor


def explain(done: Completed, module: Module) -> ModuleError:
    """A failed call's class, here only its words."""
    return ModuleError(ErrorClass.INTERNAL, f"{module.dir}: {done.stderr.decode()}")


def importing(*paths: str) -> bytes:
    """A Go file of package svc that imports `paths`."""
    return ("package svc\n\nimport (\n" + "".join(f'\t_ "{path}"\n' for path in paths) + ")\n").encode()


def write(path: Path, data: bytes) -> None:
    """Write a file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Mode, time and content of everything below."""
    found = {}
    for folder, _, names in os.walk(root):
        for file in (Path(folder, name) for name in names):
            data = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
            found[str(file)] = (file.lstat().st_mode, file.lstat().st_mtime_ns, data)
    return found


def said(vendor: Vendor) -> tuple[list[tuple[str, str, int | None]], list[tuple[str, str, int | None]]]:
    """The differences as plain tuples: stale, edited."""
    rows = [
        [(one.path.removeprefix("svc/vendor/"), one.kind, one.line) for one in group]
        for group in (vendor.stale, vendor.edited)
    ]
    return rows[0], rows[1]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A vendored module in step."""
    return Shop(tmp_path)


def test_a_vendor_tree_in_step_passes(shop: Shop) -> None:
    """Embedded files and a local replacement are vendored, and all is equal to a fresh vendoring."""
    assert (shop.vendor / "example.com/local/page.html").is_file()
    assert (shop.vendor / "example.com/a/data/x.txt").is_file()
    vendor = shop.judge()
    assert vendor == Vendor(Outcome.PASS)


EDITS: dict[
    str, tuple[Callable[[Path], object], list[tuple[str, str, int | None]], list[tuple[str, str, int | None]]]
] = {
    "an edited line": (
        lambda v: (v / "example.com/a/a.go").write_bytes(MODULES[A]["a.go"].replace(b"var D", b"var E")),
        [],
        [("example.com/a/a.go", "edited", 6)],
    ),
    "a file added to a package": (
        lambda v: write(v / "example.com/a/extra.go", b"package a\n"),
        [],
        [("example.com/a/extra.go", "extra", None)],
    ),
    "a file taken from a package": (
        lambda v: (v / "example.com/a/LICENSE").unlink(),
        [],
        [("example.com/a/LICENSE", "missing", None)],
    ),
    "an embedded file gone": (
        lambda v: shutil.rmtree(v / "example.com/a/data"),
        [("example.com/a/data/x.txt", "missing", None)],
        [],
    ),
    "a package gone": (
        lambda v: shutil.rmtree(v / "example.com/b"),
        [("example.com/b/sub/sub.go", "missing", None)],
        [],
    ),
    "a package too many": (
        lambda v: write(v / "example.com/z/z.go", b"package z\n"),
        [("example.com/z/z.go", "extra", None)],
        [],
    ),
    "modules.txt edited": (
        lambda v: write(v / "modules.txt", (v / "modules.txt").read_bytes().replace(b"example.com/b/sub", b"q")),
        [("modules.txt", "edited", 6)],
        [],
    ),
    "modules.txt gone": (lambda v: (v / "modules.txt").unlink(), [("modules.txt", "missing", None)], []),
    "a binary file edited": (
        lambda v: write(v / "example.com/local/page.html", b"\0\0"),
        [],
        [("example.com/local/page.html", "edited", None)],
    ),
    "a file cut short": (
        lambda v: write(v / "example.com/a/LICENSE", b""),
        [],
        [("example.com/a/LICENSE", "edited", 1)],
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_each_difference_is_named_with_its_line(shop: Shop, name: str) -> None:
    """Edits inside a package that belongs there are edits; whole packages and modules.txt are staleness."""
    edit, stale, edited = EDITS[name]
    edit(shop.vendor)
    vendor = shop.judge()
    assert vendor.outcome is Outcome.FAIL
    assert said(vendor) == (stale, edited)


def test_a_raised_requirement_makes_vendor_stale(shop: Shop) -> None:
    """Files that differ because their module has another version now are stale, not edited."""
    shop.go_mod("1.22", b="v1.1.0")
    write(shop.dir / "svc.go", importing("example.com/a", "example.com/b", "example.com/b/sub", "example.com/local"))
    assert shop.go.run(["mod", "tidy"], cwd=shop.dir).returncode == 0
    write(shop.vendor / "example.com/b/sub/sub.go", b"package sub // of another version\n")
    vendor = shop.judge()
    assert vendor.edited == ()
    assert [path for path, _, _ in said(vendor)[0]] == ["example.com/b/b.go", "example.com/b/sub/sub.go", "modules.txt"]


def test_a_change_in_a_replaced_neighbour_shows(shop: Shop) -> None:
    """A local replacement is read from the tree as it is, embedded files and all."""
    write(shop.root / "local/page.html", b"<p>new\n")
    assert said(shop.judge()) == ([], [("example.com/local/page.html", "edited", 1)])


def test_line_endings_of_the_checkout_are_no_edit(shop: Shop) -> None:
    """CRLF that the checkout made is none of the repository's; CRLF that was committed is."""
    file = shop.vendor / "example.com/a/a.go"
    file.write_bytes(MODULES[A]["a.go"].replace(b"\n", b"\r\n"))
    assert said(shop.judge())[1] == [("example.com/a/a.go", "edited", 1)]
    shop.converted.add("svc/vendor/example.com/a/a.go")
    assert shop.judge().outcome is Outcome.PASS
    file.write_bytes(b"// changed too\r\n" + MODULES[A]["a.go"].replace(b"\n", b"\r\n"))
    assert shop.judge().outcome is Outcome.FAIL


def test_permissions_do_not_count(shop: Shop) -> None:
    """An executable bit is no difference."""
    (shop.vendor / "example.com/a/a.go").chmod(0o755)
    assert shop.judge().outcome is Outcome.PASS


def test_links_are_differences_and_never_followed(shop: Shop) -> None:
    """A link to the very same bytes is an edit, a linked directory is extra, a linked vendor is refused."""
    outside = shop.root.parent / "outside"
    outside.mkdir()
    file = shop.vendor / "example.com/a/LICENSE"
    file.rename(outside / "LICENSE")
    file.symlink_to(outside / "LICENSE")
    (shop.vendor / "more").symlink_to(outside)
    assert said(shop.judge())[1] == [("example.com/a/LICENSE", "edited", None), ("more", "extra", None)]
    shop.vendor.rename(outside / "vendor")
    shop.vendor.symlink_to(outside / "vendor")
    vendor = shop.judge()
    assert vendor.outcome is Outcome.UNAVAILABLE
    assert vendor.error
    assert vendor.error.kind is ErrorClass.UNSAFE_PATH


def test_without_modules_txt_it_depends_on_the_go_line(shop: Shop) -> None:
    """Go before 1.14 ignores vendor: a tree without modules.txt was made by another tool then."""
    (shop.vendor / "modules.txt").unlink()
    assert shop.judge(shop.module(go="1.13")).outcome is Outcome.NOT_APPLICABLE
    assert shop.judge(shop.module(go="1.14")).outcome is Outcome.FAIL


def test_an_empty_vendor_directory_is_stale(shop: Shop) -> None:
    """Go would build from it and fail."""
    shutil.rmtree(shop.vendor)
    shop.vendor.mkdir()
    assert [kind for _, kind, _ in said(shop.judge())[0]] == ["missing"] * 7


def test_vendor_of_a_module_without_dependencies(shop: Shop) -> None:
    """Where nothing is to be vendored, everything below vendor is too much."""
    write(shop.dir / "go.mod", b"module example.com/svc\n\ngo 1.22\n")
    write(shop.dir / "svc.go", b"package svc\n")
    (shop.dir / "go.sum").unlink()
    vendor = shop.judge()
    assert {one.kind for one in vendor.stale} == {"extra"}
    shutil.rmtree(shop.vendor)
    shop.vendor.mkdir()
    assert shop.judge() == Vendor(Outcome.PASS)


def test_an_untidy_module_is_compared_with_what_tidy_makes_of_it(shop: Shop) -> None:
    """Vendoring from a go.sum that lacks lines fails; with tidy's answer there is something to compare with."""
    whole = shop.module()
    (shop.dir / "go.sum").unlink()
    without = shop.judge()
    assert (without.outcome, without.stale) == (Outcome.UNAVAILABLE, ())
    assert without.error
    assert "missing go.sum entry" in without.error.message
    tidy = Tidy(Outcome.FAIL, "untidy", mod_after=whole.mod_bytes, sum_after=whole.sum_bytes)
    assert shop.judge(tidy=tidy).outcome is Outcome.PASS


def test_what_cannot_be_downloaded_is_unavailable(shop: Shop) -> None:
    """No module cache and no proxy: no finding, but no pass."""
    shutil.rmtree(shop.proxy.modcache)
    shop.go.env["GOPROXY"] = "off"
    vendor = shop.judge()
    assert vendor.outcome is Outcome.UNAVAILABLE
    assert vendor.error
    assert "GOPROXY=off" in vendor.error.message


def test_a_vendored_workspace(shop: Shop) -> None:
    """A vendor directory that `go work vendor` made is compared with `go work vendor`, on a copy of the tree."""
    shutil.rmtree(shop.vendor)
    write(shop.root / "go.mod", b"module example.com/top\n\ngo 1.22\n")
    write(shop.root / "go.work", b"go 1.22\n\nuse (\n\t.\n\t./svc\n\t./local\n)\n")
    env = {"GOWORK": str(shop.root / "go.work")}
    assert shop.go.run(["work", "vendor"], cwd=shop.root, env=env).returncode == 0
    top = Module(".", "example.com/top", b"", None, mod=ModFile("example.com/top", 1, go=Directive("1.22", 3)))
    assert shop.judge(top) == Vendor(Outcome.PASS)
    write(shop.root / "vendor/example.com/a/a.go", b"package a\n")
    vendor = shop.judge(top)
    assert [(one.path, one.line) for one in vendor.edited] == [("vendor/example.com/a/a.go", 1)]
