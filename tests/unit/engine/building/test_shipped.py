"""What a change of the repository does to the programs that ship: two commits of tiny modules, built by the real Go."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.toolbox import ToolboxRequest, open_toolbox
from go_release_gate.config.building import BuildService, BuildSettings
from go_release_gate.config.settings import Settings
from go_release_gate.engine.base_judging import BaseTree
from go_release_gate.engine.building.run import BuildRequest, BuildWishes, build
from go_release_gate.engine.context import Edges
from go_release_gate.model.report import Subject
from go_release_gate.model.shipped import ShippedChange, ShippedChanges
from support.moduleproxy import ModuleProxy

Tree = dict[str, str]
Comparing = Callable[..., ShippedChanges]
API = BuildService("api", "cmd/api", cgo=False)
WEB = BuildService("web", "cmd/web", cgo=False)
MAIN = 'package main\n\nimport "example.com/shop/internal/text"\n\nfunc main() { println(text.Of(3)) }\n'
TEXT = """package text

import "example.com/a"

//go:noinline
func Of(n int) int { return a.Twice(n) }
"""
LIBRARY = "package a\n\n//go:noinline\nfunc Twice(n int) int { return n * %s }\n"
DEPENDENCIES = {
    "example.com/a@v1.9.0": {"a.go": (LIBRARY % 2).encode()},
    "example.com/a@v1.10.0": {"a.go": (LIBRARY % 2 + "\nfunc Unused() int { return 4 }\n").encode()},
    "example.com/a@v1.11.0": {"a.go": (LIBRARY % "n * n / 3").encode()},
}


@pytest.fixture
def proxy(tmp_path: Path) -> ModuleProxy:
    """Three versions of a library: the second changes nothing that is used, the third does."""
    return ModuleProxy(tmp_path / "modules", DEPENDENCIES)


@pytest.fixture
def edges(tmp_path: Path, proxy: ModuleProxy) -> Iterator[Edges]:
    """Edges over the head, with the build cache of whoever runs the tests."""
    told = subprocess.run(["go", "env", "GOCACHE"], check=True, capture_output=True, text=True).stdout.strip()
    head = tmp_path / "head"
    head.mkdir()
    environ = {**os.environ, **proxy.env(GOCACHE=told), "TMPDIR": str(tmp_path)}
    with open_toolbox(environ, ToolboxRequest(root=head)) as tools:
        yield Edges(tools.go, tools.scratch, git=tools.git)


@pytest.fixture
def comparing(tmp_path: Path, proxy: ModuleProxy, edges: Edges) -> Comparing:
    """Compares two trees: `comparing(before, after, API, WEB)`."""

    def run(
        before: Tree, after: Tree, *services: BuildService, platforms: tuple[str, ...] = ("linux/amd64",)
    ) -> ShippedChanges:
        written(tmp_path / "head", after, proxy)
        base = BaseTree("b" * 40, dict, dict, lambda place, _wanted: written(place, before, proxy))
        settings = replace(Settings(), build=BuildSettings(services=services, platforms=platforms))
        request = BuildRequest(tmp_path / "head", settings, Subject(), BuildWishes(), base=base)
        found = build(request, edges).changes
        assert found is not None
        return found

    return run


def written(place: Path, tree: Tree, proxy: ModuleProxy) -> None:
    """The files of a tree, with a go.sum of what its go.mod requires."""
    for name, text in tree.items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    version = tree["go.mod"].split()[-1]
    (place / "go.sum").write_text(proxy.sum_text(f"example.com/a@{version}"))


def tree(version: str = "v1.9.0", **files: str) -> Tree:
    """A repository with two programs, of which `api` uses the library."""
    named = {name.replace("__", "/").replace("_go", ".go"): text for name, text in files.items()}
    return {
        "go.mod": f"module example.com/shop\n\ngo 1.23\n\nrequire example.com/a {version}\n",
        "cmd/api/main.go": MAIN,
        "cmd/web/main.go": "package main\n\nfunc main() { println(1) }\n",
        "internal/text/text.go": TEXT,
        **named,
    }


def one(changes: ShippedChanges, service: str = "api") -> ShippedChange:
    """What became of the one program of a service."""
    (found,) = (each for each in changes.programs if each.service == service)
    return found


def test_what_no_input_of_differs_is_not_built(comparing: Comparing, edges: Edges) -> None:
    """A changed file that belongs to no program leaves every program unchanged, without a build for it."""
    changes = comparing(tree(), tree(**{"README.md": "two\n", "internal/other/other_go": "package other\n"}), API, WEB)
    assert {(each.outcome, each.why) for each in changes.programs} == {("unchanged", "no input differs")}
    assert changes.services == ()


def test_an_upgrade_can_change_nothing_that_ships(comparing: Comparing) -> None:
    """A version whose used code is the same differs in versions, sums and names of files, and in nothing that runs."""
    changes = comparing(tree(), tree("v1.10.0"), API, WEB)
    assert (one(changes).outcome, one(changes).why) == ("unchanged", "only names and line numbers differ")
    assert [(each.path, each.before, each.after) for each in one(changes).modules] == [
        ("example.com/a", "v1.9.0", "v1.10.0")
    ]
    assert one(changes, "web").why == "no input differs"
    assert changes.services == ()


@pytest.mark.parametrize("platform", ["linux/amd64", "linux/arm64", "linux/arm/v7"])
def test_an_upgrade_that_changes_a_function(comparing: Comparing, platform: str) -> None:
    """The function is named, the module that it is of is the likely cause, and its service needs a release."""
    changes = comparing(tree(), tree("v1.11.0"), API, WEB, platforms=(platform,))
    assert one(changes).outcome == "changed"
    assert [each.name for each in one(changes).functions] == ["example.com/a.Twice"]
    assert one(changes).modules[0].is_in_it
    assert changes.services == ("api",)


def test_comments_change_no_program(comparing: Comparing) -> None:
    """Line numbers move; the file is named all the same."""
    changes = comparing(tree(), tree(internal__text__text_go=TEXT.replace("//go", "// of\n// three\n//\n//go")), API)
    assert (one(changes).outcome, one(changes).why) == ("unchanged", "only names and line numbers differ")
    assert one(changes).files == ("internal/text/text.go",)


def test_an_embedded_file_is_part_of_the_program(comparing: Comparing) -> None:
    """Another content of an embedded file changes the program; another one of a file beside it does not."""
    main = 'package main\n\nimport _ "embed"\n\n//go:embed page.txt\nvar page string\n\nfunc main() { println(page) }\n'
    before = tree(**{"cmd/api/main.go": main, "cmd/api/page.txt": "one\n"})
    beside = comparing(before, {**before, "cmd/api/notes.txt": "x\n"}, API)
    assert one(beside).why == "no input differs"
    changes = comparing(before, {**before, "cmd/api/page.txt": "two\n"}, API)
    assert one(changes).outcome == "changed"
    assert one(changes).files == ("cmd/api/page.txt",)


def test_services_come_and_go(comparing: Comparing) -> None:
    """What only one commit has is added or removed, never changed."""
    before = tree()
    after = {name.replace("cmd/web", "cmd/shop"): text for name, text in tree().items()}
    changes = comparing(before, after)
    assert {each.service: each.outcome for each in changes.programs} == {
        "api": "unchanged",
        "web": "removed",
        "shop": "added",
    }
    assert changes.services == ("shop",)


def test_a_base_that_does_not_build_cannot_be_compared(comparing: Comparing) -> None:
    """The base's own error is said, and the service is among those to release: nobody can tell."""
    changes = comparing(tree(internal__text__text_go=TEXT.replace("return", "rturn")), tree(), API)
    assert one(changes).outcome == "cannot compare"
    assert one(changes).why.startswith("the base does not build: ")
    assert changes.services == ("api",)


def test_linker_flags_of_the_commit_change_nothing(comparing: Comparing) -> None:
    """What says which commit it is would differ each time; it is the same in both builds."""
    main = 'package main\n\nvar version = "dev"\n\nfunc main() { println(version) }\n'
    web = replace(WEB, ldflags="-X main.version={{commit}}")
    changes = comparing(tree(cmd__web__main_go=main), tree(cmd__web__main_go=main + "\n// more\n"), web)
    assert one(changes, "web").outcome == "unchanged"
