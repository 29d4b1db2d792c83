"""Real builds of tiny modules."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from go_release_gate.config.building import BuildService
from go_release_gate.config.settings import ImageSettings, Settings
from go_release_gate.engine.building.ahead import Ahead, Listings, modules_of
from go_release_gate.engine.building.run import BuildWishes
from go_release_gate.engine.building.services import main_packages
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.context import Edges
from go_release_gate.errors import NoModuleError
from go_release_gate.facts.built import BuiltProgram
from go_release_gate.model.outcome import ErrorClass, Verdict
from go_release_gate.model.severity import Event
from go_release_gate.report.built import BuildReport
from support.programs import CGO, commit_all, write_module

Building = Callable[..., BuildReport]
API = BuildService("api", ".", cgo=False)
THREE = ("linux/amd64", "linux/arm64", "linux/arm/v7")


def by_platform(report: BuildReport) -> dict[str, BuiltProgram]:
    """Platform → what came of it."""
    return {one.order.platform: one for one in report.built.programs}


def rules(report: BuildReport) -> list[str]:
    """Rules of the findings."""
    return [finding.rule for finding in report.check.findings]


def test_each_platform_gets_its_machine(root: Path, building: Building) -> None:
    """Three platforms: three programs, each for its machine, with the path removed and the module recorded."""
    write_module(root)
    found = by_platform(building(API, platforms=THREE))
    told = {name: (one.binary.elf.architecture, one.binary.elf.variant) for name, one in found.items()}
    assert told == {
        "linux/amd64": ("amd64", ""),
        "linux/arm64": ("arm64", ""),
        "linux/arm/v7": ("arm", "v7"),
    }
    for one in found.values():
        assert one.binary.info.settings["-trimpath"] == "true"
        assert one.binary.info.path == "example.com/shop"


def test_programs_are_left_where_asked(root: Path, tmp_path: Path, building: Building) -> None:
    """--output-dir holds each program by platform, with the digest that is told."""
    write_module(root)
    output = tmp_path / "dist"
    report = building(API, platforms=THREE[:2], wishes=BuildWishes(output=output))
    for one in report.built.programs:
        data = (output / one.binary.path).read_bytes()
        assert one.binary.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert sorted(path.name for path in output.iterdir()) == ["linux_amd64", "linux_arm64"]


def test_linker_flags_and_their_places(root: Path, tmp_path: Path, building: Building) -> None:
    """-X gets the version of the commit, and what is stripped is said to be."""
    write_module(root)
    service = BuildService("api", ".", cgo=False, ldflags="-s -w -X main.version={{version}}-of-{{commit}}")
    stamp = Stamp("c0ffee", 0, lambda: "v1.2.3")
    report = building(service, stamp=stamp, wishes=BuildWishes(output=tmp_path / "dist"))
    (program,) = report.built.programs
    assert b"v1.2.3-of-c0ffee" in (tmp_path / "dist" / program.binary.path).read_bytes()
    assert program.binary.elf.is_stripped
    assert rules(report) == []


def test_what_does_not_compile_is_a_finding_at_its_line(root: Path, building: Building) -> None:
    """A symbol that only one platform has: the other one's build fails at the line that needs it."""
    write_module(
        root,
        main_go="package main\n\nfunc main() {\n\tprintln(page())\n}\n",
        page_amd64_go="package main\n\nfunc page() int { return 1 }\n",
    )
    report = building(API, platforms=THREE[:2])
    (finding,) = [one for one in report.check.findings if one.rule == "failed-build"]
    assert (finding.location.path, finding.location.line) == ("main.go", 4)
    assert finding.message == "api does not compile for linux/arm64: undefined: page"
    assert report.check.verdict is Verdict.FAIL
    assert by_platform(report)["linux/amd64"].binary


def test_a_file_that_drops_out_under_a_tag(root: Path, building: Building) -> None:
    """Every configured set of tags is type-checked: a missing symbol and a vanished package are both said."""
    write_module(
        root,
        main_go="package main\n\nfunc main() { println(name()) }\n",
        name_go='//go:build !enterprise\n\npackage main\n\nfunc name() string { return "a" }\n',
    )
    (root / "tool").mkdir()
    (root / "tool" / "main.go").write_text("//go:build !enterprise\n\npackage main\n\nfunc main() {}\n")
    report = building(API, BuildService("tool", "tool", cgo=False), tag_sets=("enterprise", "other"))
    said = [one.message for one in report.check.findings if one.rule == "failed-build"]
    assert said == [
        "tool does not compile for linux/amd64 under the tags enterprise: no file of package tool is left for "
        "linux/amd64 under the tags enterprise: build constraints exclude them all",
        "api does not compile for linux/amd64 under the tags enterprise: undefined: name",
    ]
    assert len(report.built.variants) == 4


def test_what_the_network_keeps_back_is_unavailable(root: Path, building: Building) -> None:
    """A module that nobody can fetch is no fault of the code."""
    write_module(root, main_go='package main\n\nimport _ "example.com/absent"\n\nfunc main() {}\n')
    (root / "go.mod").write_text("module example.com/shop\n\ngo 1.23\n\nrequire example.com/absent v1.0.0\n")
    (root / "go.sum").write_text(
        f"example.com/absent v1.0.0 h1:{'a' * 43}=\nexample.com/absent v1.0.0/go.mod h1:{'a' * 43}=\n"
    )
    report = building(API)
    assert report.check.verdict is Verdict.UNAVAILABLE
    assert report.built.programs[0].error.kind is ErrorClass.NETWORK


def test_cgo_for_another_platform_needs_a_compiler(root: Path, building: Building) -> None:
    """Without one it is unavailable, with the setting to write."""
    write_module(root, main_go=CGO)
    report = building(BuildService("api", ".", cgo=True, platforms=("linux/s390x",)))
    (program,) = report.built.programs
    assert program.error
    assert "env.CC of service 'api'" in program.error.hint
    assert report.check.verdict is Verdict.UNAVAILABLE


@pytest.mark.parametrize("cgo", [True, None])
@pytest.mark.parametrize("tag_sets", [(), ("more",)])
def test_strangers_run_no_compiler(root: Path, building: Building, cgo: bool | None, tag_sets: tuple[str, ...]) -> None:
    """cgo of an untrusted pull request: neither built nor type-checked, and that is said instead of a finding."""
    compiler = root.parent / "compiler"
    compiler.write_text(f"#!/bin/sh\ntouch {root.parent}/ran\nexit 1\n")
    compiler.chmod(0o755)
    write_module(root, main_go=CGO)
    service = BuildService("api", ".", cgo=cgo, env={"CC": str(compiler)})
    report = building(service, settings=Settings(offline=True, trusted=False), tag_sets=tag_sets)
    (program,) = report.built.programs
    assert not (root.parent / "ran").exists()
    assert program.error
    assert program.error.message == (
        "api linux/amd64 needs cgo, and no C compiler is run for a pull request that is not trusted"
    )
    assert {one.error.message for one in report.built.variants if one.error} <= {program.error.message}
    assert (rules(report), report.check.verdict) == ([], Verdict.UNAVAILABLE)


def test_services_are_found(root: Path, building: Building) -> None:
    """Without configuration every main package is a service, for the platforms of its module's images."""
    write_module(root)
    for name in ("cmd/api", "cmd/web", "tools/api", "lib"):
        (root / name).mkdir(parents=True)
        package = "lib" if name == "lib" else "main"
        body = "" if name == "lib" else "\nfunc main() {}\n"
        (root / name / "main.go").write_text(f"package {package}\n{body}")
    settings = Settings(offline=True, images=(ImageSettings("example.com/shop", platforms=("linux/arm64",)),))
    report = building(settings=settings)
    assert {(one.order.service, one.order.package) for one in report.built.programs} == {
        ("shop", "."), ("cmd-api", "cmd/api"), ("web", "cmd/web"), ("tools-api", "tools/api"),
    }  # fmt: skip
    assert {one.order.platform for one in report.built.programs} == {"linux/arm64"}


def test_a_module_that_cannot_be_listed_leaves_a_gap(root: Path, building: Building) -> None:
    """The others are built; the run says that something is missing, and is no pass."""
    write_module(root)
    write_module(root / "newer")
    (root / "newer" / "go.mod").write_text("module example.com/newer\n\ngo 1.99\n")
    report = building()
    assert [one.order.service for one in report.built.programs] == ["shop"]
    assert (report.check.verdict, report.check.complete) == (Verdict.UNAVAILABLE, False)
    assert any("cannot be listed" in notice for notice in report.check.notices)


def test_a_library_has_nothing_to_build(root: Path, building: Building) -> None:
    """A repository without a program is told so."""
    write_module(root, main_go="package shop\n")
    with pytest.raises(NoModuleError, match="no program"):
        building()


def test_built_as_the_dockerfile_says(root: Path, building: Building) -> None:
    """Tags, linker flags, cgo and platform of the Dockerfile's command; what nobody knows is said."""
    write_module(root)
    (root / "Dockerfile").write_text(
        "FROM golang:1.26 AS build\nARG VERSION\nWORKDIR /src\nCOPY . .\n"
        'RUN CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go build -tags netgo -ldflags "-s -w -X main.version=${VERSION}" '
        "-o /out/shop .\nFROM scratch\nCOPY --from=build /out/shop /shop\n"
    )
    report = building()
    (program,) = report.built.programs
    order = program.order
    assert (order.platform, order.tags, order.cgo, order.path, order.line) == (
        "linux/arm64", ("netgo",), False, "Dockerfile", 5,
    )  # fmt: skip
    assert program.binary.elf.is_stripped
    assert program.binary.info.settings["-tags"] == "netgo"
    assert any("main.version" in notice for notice in report.check.notices)


def test_a_dirty_tree_on_a_tag(root: Path, building: Building) -> None:
    """What Go recorded of version control is held against the tag's commit."""
    write_module(root)
    commit = commit_all(root)
    settings = Settings(offline=True, event=Event.TAG, tag="v1.0.0")
    clean = building(API, settings=settings, commit=commit)
    assert "dirty-build" not in rules(clean)
    (root / "left.txt").write_text("x")
    dirty = building(API, settings=settings, commit=commit)
    (finding,) = [one for one in dirty.check.findings if one.rule == "dirty-build"]
    assert "vcs.modified=true" in finding.message
    assert dirty.check.verdict is Verdict.FAIL
    other = building(API, settings=settings, commit="a" * 40)
    assert any("was built from commit" in one.message for one in other.check.findings)


def test_kept_programs_are_the_same(root: Path, building: Building) -> None:
    """A program that Go found up to date is told as when it was linked."""
    write_module(root)
    first, again = (building(API, wishes=BuildWishes(keeps=True)).built.programs[0] for _ in range(2))
    assert first.binary == again.binary


def test_a_program_is_started_without_a_network(root: Path, building: Building) -> None:
    """--smoke starts what is for this machine; what ends badly is a finding, what cannot be shut off is not judged."""
    write_module(
        root,
        main_go='package main\n\nimport "os"\n\nfunc main() {\n\tprintln("shop 1")\n\tos.Exit(len(os.Args) - 2)\n}\n',
    )
    report = building(API, wishes=BuildWishes(smoke=True), smoke="--version")
    (program,) = report.built.programs
    if program.error:
        assert "nothing here can keep the network from it" in program.error.message
        return
    assert program.smoke
    assert (program.smoke.problem, program.smoke.said) == ("", "shop 1")
    bad = building(API, wishes=BuildWishes(smoke=True), smoke="--version more")
    assert "failed-start" in rules(bad)


def test_strangers_programs_are_not_started(root: Path, building: Building) -> None:
    """On an untrusted event nothing of the repository runs."""
    write_module(root)
    settings = Settings(offline=True, trusted=False)
    report = building(API, wishes=BuildWishes(smoke=True), smoke="--version", settings=settings)
    assert report.built.programs[0].smoke is None
    assert "nothing was started: this event is not trusted" in report.check.notices


def test_looking_ahead_finds_the_same(root: Path, edges: Edges) -> None:
    """What is found while git is asked: modules, and Go's own list of the packages of the root's."""
    write_module(root)
    write_module(root / "tool")
    ahead = Ahead(root, Settings(offline=True), edges)
    ahead.start()
    facts = ahead.facts()
    assert set(facts.others[Listings].answers) == {"."}
    assert facts.repository == modules_of(root, Settings(offline=True), edges).repository
    assert [one.directory for one in main_packages(facts, edges)] == [".", "tool"]


def test_nothing_of_strangers_is_listed_ahead(root: Path, tmp_path: Path, edges: Edges) -> None:
    """Go looks only at modules that were looked at before: a link at the root may lead anywhere."""
    write_module(tmp_path / "elsewhere")
    (root / "go.mod").symlink_to(tmp_path / "elsewhere" / "go.mod")
    write_module(root / "tool")
    for settings in (Settings(offline=True, trusted=False), Settings(offline=True)):
        ahead = Ahead(root, settings, edges)
        ahead.start()
        assert not ahead.facts().others[Listings].answers


def test_programs_of_cgo_alone_are_found(root: Path, building: Building) -> None:
    """A main package whose only file needs cgo is a program, whatever is possible where it is looked for."""
    write_module(root, main_go=CGO)
    report = building(settings=Settings(offline=True, trusted=False))
    assert [one.order.name for one in report.built.programs] == ["shop linux/amd64"]
    assert report.check.verdict is Verdict.UNAVAILABLE
