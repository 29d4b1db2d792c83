"""Why a build did not succeed: a finding, or something that could not be judged."""

from __future__ import annotations

import pytest

from go_release_gate.engine.building.diagnosis import diagnose
from go_release_gate.facts.built import BuildFailure, Order
from go_release_gate.facts.classify import Surroundings
from go_release_gate.model.outcome import ErrorClass

ORDER = Order("api", "services/api/cmd/api", "services/api", "linux/arm64", cgo=True)
AROUND = Surroundings(ORDER.mod_file, timeout=60)

FAILURES = {
    "# example.com/shop/cmd/api\ncmd/api/main.go:5:2: undefined: helper\ncmd/api/main.go:6:2: x\n": BuildFailure(
        "undefined: helper", "services/api/cmd/api/main.go", 5, 2
    ),
    "../../lib/lib.go:3:1: syntax error\n": BuildFailure("syntax error", "lib/lib.go", 3, 1),
    "/root/go/pkg/mod/example.com/x@v1.0.0/x.go:1:1: expected 'package'\n": BuildFailure(
        "/root/go/pkg/mod/example.com/x@v1.0.0/x.go:1: expected 'package'", "services/api/go.mod"
    ),
    "package example.com/shop/cmd/api: build constraints exclude all Go files in /x/cmd/api\n": BuildFailure(
        "no file of package services/api/cmd/api is left for linux/arm64: build constraints exclude them all",
        "services/api/go.mod",
    ),
    "main.go:3:8: cannot find module providing package example.com/x: import lookup disabled by -mod=readonly\n": (
        BuildFailure(
            "cannot find module providing package example.com/x: import lookup disabled by -mod=readonly",
            "services/api/main.go",
            3,
            8,
        )
    ),
    "# example.com/shop\nlink: duplicated definition of symbol main.x\n": BuildFailure(
        "link: duplicated definition of symbol main.x", "services/api/go.mod"
    ),
}
ERRORS = {
    'go: example.com/x@v1.0.0: Get "https://proxy.example.com/x": dial tcp: lookup proxy.example.com: no such host\n': (
        ErrorClass.NETWORK
    ),
    'cgo: C compiler "gcc" not found: exec: "gcc": executable file not found in $PATH\n': ErrorClass.TOOLCHAIN,
    "go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)\n": ErrorClass.TOOLCHAIN,
    "/tool/link: signal: killed\n": ErrorClass.INTERNAL,
    "main.go:3:8: cannot find module providing package example.com/x: module lookup disabled by GOPROXY=off\n": (
        ErrorClass.NETWORK
    ),
}


@pytest.mark.parametrize("said", FAILURES)
def test_the_repositorys_own_faults(said: str) -> None:
    """A failure stands at the first error's line, as the repository calls the file."""
    assert diagnose(ORDER, said, AROUND) == (FAILURES[said], None)


@pytest.mark.parametrize("said", ERRORS)
def test_what_the_surroundings_prevent(said: str) -> None:
    """Network, compiler, memory: it could not be judged."""
    failure, error = diagnose(ORDER, said, AROUND)
    assert failure is None
    assert error
    assert error.kind is ERRORS[said]


def test_a_time_limit() -> None:
    """Whatever was written before the end, it did not end."""
    failure, error = diagnose(ORDER, "main.go:1:1: x\n", AROUND, timed_out=True)
    assert failure is None
    assert error
    assert error.kind is ErrorClass.TIMEOUT
