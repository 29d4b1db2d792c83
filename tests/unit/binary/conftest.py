"""Real programs of several platforms and forms, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.programs import CGO, go_build, write_module

FORMS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "plain": ((), {"GOARCH": "amd64"}),
    "stripped": (("-trimpath", "-ldflags=-s -w"), {"GOARCH": "amd64"}),
    "pie": (("-buildmode=pie", "-trimpath"), {"GOARCH": "amd64"}),
    "arm64": ((), {"GOARCH": "arm64"}),
    "arm": ((), {"GOARCH": "arm", "GOARM": "7"}),
    "s390x": (
        (
            "-ldflags=-X main.version=x",
            "-tags=a,b",
        ),
        {"GOARCH": "s390x"},
    ),
    "386": ((), {"GOARCH": "386"}),
    "windows": ((), {"GOOS": "windows", "GOARCH": "amd64"}),
    "darwin": ((), {"GOOS": "darwin", "GOARCH": "arm64"}),
}


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Form → program."""
    folder = tmp_path_factory.mktemp("programs")
    module = write_module(folder / "shop")
    found = {
        name: go_build(module, folder / name, *flags, **{"GOOS": "linux", "CGO_ENABLED": "0", **env})
        for name, (flags, env) in FORMS.items()
    }
    dynamic = write_module(folder / "dynamic", main_go=CGO)
    found["dynamic"] = go_build(dynamic, folder / "cgo", CGO_ENABLED="1")
    return found


@pytest.fixture(scope="session")
def plain(programs: dict[str, Path]) -> bytes:
    """The bytes of a stripped program for amd64."""
    return programs["stripped"].read_bytes()
