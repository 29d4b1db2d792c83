"""Where a workflow step keeps things."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from go_release_gate.adapters.stepfiles import default_caches, host_temp, make_for, step_places
from go_release_gate.errors import UnavailableError


def test_caches_lie_below_the_runners_temporary_directory() -> None:
    """Without settings of the job both caches lie in one folder that a workflow can keep."""
    assert default_caches({}, Path("/t")) == {
        "GOMODCACHE": "/t/go-release-gate/mod",
        "GOCACHE": "/t/go-release-gate/build",
    }


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"GOMODCACHE": "/m"}, {"GOCACHE"}),
        ({"GOPATH": "/p"}, {"GOCACHE"}),
        ({"GOCACHE": "/c"}, {"GOMODCACHE"}),
        ({"GOMODCACHE": "/m", "GOCACHE": "/c"}, set()),
    ],
)
def test_caches_named_by_the_job_stay(given: dict[str, str], left: set[str]) -> None:
    """What the environment names is not replaced; GOPATH names the module cache too."""
    assert set(default_caches(given, Path("/t"))) == left


def test_report_is_named_as_later_steps_see_it(tmp_path: Path) -> None:
    """In the container the mount has another name; RUNNER_WORKSPACE tells the one outside."""
    assert (
        str(host_temp({"RUNNER_WORKSPACE": "/home/r/work/shop"}, Path("/github/runner_temp"))) == "/home/r/work/_temp"
    )
    assert str(host_temp({"RUNNER_WORKSPACE": "/home/r/work/shop"}, tmp_path)) == str(tmp_path)
    assert str(host_temp({}, Path("/github/runner_temp"))) == "/github/runner_temp"
    assert str(host_temp({"RUNNER_WORKSPACE": "/github/x"}, Path("/github/runner_temp"))) == "/github/runner_temp"


def test_two_steps_of_a_job_do_not_share_files(tmp_path: Path) -> None:
    """The step's id is part of the path, without what could lead elsewhere."""
    environ = {"GITHUB_WORKSPACE": str(tmp_path), "RUNNER_TEMP": str(tmp_path / "t")}
    first = step_places({**environ, "GITHUB_ACTION": "__self"})
    second = step_places({**environ, "GITHUB_ACTION": "../../x"})
    assert first.report != second.report
    assert second.report.resolve().is_relative_to(tmp_path / "t/go-release-gate-reports")
    assert first.report.parent.is_dir()
    assert first.for_later_steps(first.patch) == str(first.patch)


def test_no_room_is_unavailable(tmp_path: Path) -> None:
    """A RUNNER_TEMP that cannot be written to is named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="RUNNER_TEMP"):
        step_places({"GITHUB_WORKSPACE": str(tmp_path), "RUNNER_TEMP": str(tmp_path / "file")})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_made_directories_belong_to_the_workspaces_owner(tmp_path: Path) -> None:
    """Everything that had to be made is the owner's; what was there keeps its own."""
    workspace, kept = tmp_path / "workspace", tmp_path / "kept"
    workspace.mkdir()
    kept.mkdir()
    os.chown(workspace, 1001, 118)
    make_for(workspace, kept / "a/b")
    owners = [(place.stat().st_uid, place.stat().st_gid) for place in (kept, kept / "a", kept / "a/b")]
    assert owners == [(0, 0), (1001, 118), (1001, 118)]
