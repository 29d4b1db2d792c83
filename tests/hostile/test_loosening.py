"""A pull request cannot choose what it is judged by, through a link or by shifting lines."""

from __future__ import annotations

import pytest

from hostile.conftest import Fork

LOOSE = "fail-on: never\n"


@pytest.mark.parametrize("target", ["../examples/loose.yml", "new.yml", "OUTSIDE", "/dev/null"])
def test_a_linked_configuration_is_refused(fork: Fork, target: str) -> None:
    """The file that --config names may not be a link in a pull request: it could lead to any other policy."""
    fork.bad_module("api")
    fork.write({"ci/gate.yml": "fail-on: error\n", "examples/loose.yml": LOOSE})
    fork.commit()
    outside = fork.repo.parent / "outside.yml"
    outside.write_text(LOOSE)
    fork.write({"ci/new.yml": LOOSE})
    fork.link("ci/gate.yml", outside if target == "OUTSIDE" else target)
    assert fork.judged("--config", "ci/gate.yml").code == 2
    assert fork.step(config="ci/gate.yml").code == 2


def test_a_linked_configuration_shows_nothing(fork: Fork) -> None:
    """What a configuration leads to outside the checkout is not part of an error message."""
    fork.tidy_module()
    fork.write({"ci/gate.yml": ""})
    fork.commit()
    secret = fork.repo.parent / "secret"
    secret.write_text("canaryword: 1\n")
    fork.link("ci/gate.yml", secret)
    assert "canaryword" not in fork.step(config="ci/gate.yml").everything


def test_a_configuration_above_the_judged_folder_is_the_base_s_too(fork: Fork) -> None:
    """Where only a folder is judged, the policy beside it still counts as the base commit has it."""
    fork.bad_module("services/api")
    fork.write({".github/gate.yml": "fail-on: error\n"})
    fork.commit()
    fork.write({".github/gate.yml": LOOSE})
    assert fork.step(config=".github/gate.yml", path="services/api").code == 1


@pytest.mark.parametrize("target", ["outside.json", "/dev/null"])
def test_a_linked_baseline_is_refused(fork: Fork, target: str) -> None:
    """A baseline that leads out of the checkout counts no more than a missing one."""
    fork.bad_module("api")
    fork.write({"baseline.json": '{"schema": 1, "kind": "baseline", "findings": []}'})
    fork.commit()
    known = fork.repo.parent / target
    assert fork.check("--write-baseline", "baseline.json").code == 1
    if target == "outside.json":
        known.write_bytes((fork.repo / "baseline.json").read_bytes())
    fork.link("baseline.json", known)
    assert fork.judged("--baseline", "baseline.json").code == 2


def test_a_linked_path_is_refused(fork: Fork) -> None:
    """The folder that the input `path` names may not be a link to one with another policy."""
    fork.bad_module("api")
    fork.commit()
    fork.tidy_module("clean")
    (fork.repo / "svc").symlink_to("clean")
    assert fork.step(path="svc").code == 2


@pytest.mark.parametrize("mark", ["\u2028", "\x0c", "\x85", "\r"])
def test_exotic_separators_shift_no_suppression(fork: Fork, mark: str) -> None:
    """A suppression of the base covers its own line, whatever Python would call a line."""
    known = "replace example.com/b => /abs/b // gate: ignore[replace-outside-repository] known"
    text = "module example.com/m\n\ngo 1.24\n\n{}" + known + "\n{}"
    fork.write({"go.mod": text.format("", ""), "m.go": "package m\n"})
    fork.commit()
    fork.write({"go.mod": text.format(f"// x{mark}y\n", "replace example.com/c => /abs/c\n")})
    report = fork.judged().report
    assert [item["finding"]["location"]["line"] for item in report["suppressed"]] == [6]


def test_comments_cannot_hang_the_search_for_suppressions(fork: Fork) -> None:
    """A megabyte of comment signs, or of suppressions above each other, is read at once."""
    fork.write({"m.go": "package m\n"})
    fork.commit()
    for comment in (" //" * 300_000 + " gate:x", "// gate: ignore[untidy-module] r\n" * 30_000):
        fork.write({"go.mod": f"module example.com/m\n\ngo 1.24\n\n//{comment}\n"})
        assert fork.step().code in {0, 1}
