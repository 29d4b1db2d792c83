"""The matrix of what is built."""

from __future__ import annotations

import pytest

from go_release_gate.config.building import BuildService, BuildSettings
from go_release_gate.engine.building.command import Recipe, build_words, linker_flags, variables
from go_release_gate.engine.building.plan import chosen, orders, platform_variables, variants
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.errors import UsageError
from go_release_gate.facts.built import Order

API = BuildService("api", "services/api/cmd/api")
WEB = BuildService("web", "./web/", platforms=("linux/arm/v7",))


def test_services_times_platforms() -> None:
    """A service without platforms takes those of the settings, then the machine's; its module is the nearest above."""
    settings = BuildSettings(platforms=("linux/amd64", "linux/arm64"))
    found = orders((API, WEB), settings, modules=[".", "services/api"], host="linux/amd64")
    assert [(one.service, one.platform, one.package, one.module) for one in found] == [
        ("api", "linux/amd64", "services/api/cmd/api", "services/api"),
        ("api", "linux/arm64", "services/api/cmd/api", "services/api"),
        ("web", "linux/arm/v7", "web", "."),
    ]
    assert orders((API,), BuildSettings(), modules=["."], host="darwin/arm64")[0].platform == "darwin/arm64"


def test_a_service_outside_of_every_module_is_refused() -> None:
    """There is nothing that Go could build it in."""
    with pytest.raises(UsageError, match="in no module"):
        orders((API,), BuildSettings(), modules=["web"], host="linux/amd64")


@pytest.mark.parametrize("output", [".", "..", "a\nb", "a\0b"])
def test_a_file_has_a_name(output: str) -> None:
    """What names a directory, or begins a line of its own, is none."""
    service = BuildService("api", ".", output=output)
    with pytest.raises(UsageError, match="no name of a file"):
        orders((service,), BuildSettings(), modules=["."], host="linux/amd64")


def test_unknown_names_are_refused() -> None:
    """--service names what there is."""
    found = orders((API, WEB), BuildSettings(), modules=["."], host="linux/amd64")
    assert [one.service for one in chosen(found, ["web"], [])] == ["web"]
    with pytest.raises(UsageError, match="unknown service 'wep'"):
        chosen(found, ["wep"], [])


def test_a_platform_that_is_asked_for_is_built() -> None:
    """--platform chooses among those of the release, and adds those that the release has not."""
    found = orders((API, WEB), BuildSettings(platforms=("linux/amd64", "linux/arm64")), modules=["."], host="x/y")

    assert [one.name for one in chosen(found, [], ["linux/arm64"])] == ["api linux/arm64"]
    assert [one.name for one in chosen(found, [], ["linux/riscv64"])] == ["api linux/riscv64", "web linux/riscv64"]


def test_variants_leave_out_what_is_built_anyway() -> None:
    """A set of tags that a service is built with is not checked a second time, whatever its order."""
    order = Order("api", ".", ".", "linux/amd64", tags=("a", "b"))
    assert [one.tags for one in variants([order], ["b,a", "c", ""])] == [("c",), ()]


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux/amd64", {"GOOS": "linux", "GOARCH": "amd64"}),
        ("linux/amd64/v3", {"GOOS": "linux", "GOARCH": "amd64", "GOAMD64": "v3"}),
        ("linux/arm/v6", {"GOOS": "linux", "GOARCH": "arm", "GOARM": "6"}),
        ("linux/arm64/v8", {"GOOS": "linux", "GOARCH": "arm64"}),
        ("linux/arm64/v9", {"GOOS": "linux", "GOARCH": "arm64", "GOARM64": "v9.0"}),
    ],
)
def test_platforms_as_images_name_them(platform: str, expected: dict[str, str]) -> None:
    """The variant of a platform becomes Go's variable."""
    assert platform_variables(platform) == expected


def test_the_command_line() -> None:
    """Always -trimpath and -mod=readonly, vendor where the module vendors; linker flags filled in."""
    order = Order(
        "api", "services/api/cmd/api", "services/api", "linux/arm64", ("netgo",), False, "-X main.v={{version}}"
    )
    recipe = Recipe(stamp=Stamp("c0ffee", 0, lambda: "v1.2.3"))
    assert build_words(order, recipe, "/out/api") == [
        "build", "-buildvcs=auto", "-trimpath", "-mod=readonly", "-tags=netgo", "-ldflags=-X main.v=v1.2.3",
        "-o", "/out/api", "./cmd/api",
    ]  # fmt: skip
    vendored = Recipe(vendored=frozenset({"services/api"}))
    assert "-mod=vendor" in build_words(order, vendored, "/out/api")


def test_the_variables() -> None:
    """Platform, cgo, the commit's time, what the service adds; GOFLAGS keep only what changes no verdict."""
    environment = {"GOFLAGS": "-mod=mod -tags=x -toolexec=evil", "CC": "musl-gcc"}
    order = Order("api", ".", ".", "linux/arm/v7", cgo=True, environment=environment)
    found = variables(order, Recipe(stamp=Stamp(time=7)), "/tree")
    assert found == {
        "GOFLAGS": "-tags=x", "GOWORK": "off", "CGO_ENABLED": "1", "GOOS": "linux", "GOARCH": "arm", "GOARM": "7",
        "SOURCE_DATE_EPOCH": "7", "CC": "musl-gcc",
    }  # fmt: skip
    assert variables(order, Recipe(workspaces={".": "."}), "/tree")["GOWORK"] == "/tree/go.work"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CC", "./evil"),
        ("CXX", "./evil"),
        ("AR", "./evil"),
        ("FC", "./evil"),
        ("PKG_CONFIG", "./evil"),
        ("PKG_CONFIG_PATH", "."),
        ("CGO_CFLAGS", "-fplugin=./evil.so"),
        ("CGO_LDFLAGS_ALLOW", ".*"),
        ("CGO_ENABLED", "1"),
        ("GOWORK", "/elsewhere/go.work"),
    ],
)
def test_strangers_name_no_program_and_no_workspace(name: str, value: str) -> None:
    """What an untrusted pull request says of compilers, their flags and workspaces does not reach Go."""
    order = Order("api", ".", ".", "linux/amd64", cgo=True, environment={name: value, "GOAMD64": "v3"})
    stranger, friend = (variables(order, Recipe(trusted=trusted), "/tree") for trusted in (False, True))
    assert friend[name] == value
    assert stranger.get(name, "") == {"CGO_ENABLED": "0", "GOWORK": "off"}.get(name, "")
    assert (stranger["CGO_ENABLED"], stranger["GOAMD64"]) == ("0", "v3")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("-s -extld=./evil -X main.v=1", "-s=true -X=main.v=1"),
        ("-X 'main.v=a -extld=./evil'", '-X "main.v=a -extld=./evil"'),
        ("-X 'main.v=a\" -extld=./evil \"'", "-X 'main.v=a\" -extld=./evil \"'"),
        ("-linkmode=external -extldflags '-fuse-ld=./evil' -w", "-w=true"),
        ("--extld ./evil --X=main.v=1", "-X=main.v=1"),
        ("all=-extld=./evil", ""),
        ("'-extld=./evil'", ""),
        ("-X 'main.v={{version}}'", "-X=main.v=v1"),
        ("-toolexec=./evil -pluginpath=x -I /lib/evil.so -k key -r .", ""),
    ],
)
def test_strangers_linker_flags(written: str, kept: str) -> None:
    """Of an untrusted pull request only flags that start no program reach the linker, each as the one it was."""
    order = Order("api", ".", ".", "linux/amd64", ldflags=written)
    stamp = Stamp(version=lambda: "v1")
    assert linker_flags(order, Recipe(stamp=stamp, trusted=False)) == kept
    assert linker_flags(order, Recipe(stamp=stamp)) == written.replace("{{version}}", "v1")


def test_dates_are_the_commits() -> None:
    """{{date}} and {{commit}} say nothing of the clock."""
    stamp = Stamp("c0ffee", 1_700_000_000, lambda: "v1")
    assert stamp.fill("{{ .Date }} {{commit}} {{version}} {{other}}") == "2023-11-14T22:13:20Z c0ffee v1 {{other}}"
