"""Whom children run as, and whose the caches are in the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.process import Reply, ScriptedRunner
from go_release_gate.adapters.lowered import lowered_privileges
from go_release_gate.adapters.privileges import NOBODY, Identity, give, obstacle, owner_of, wanted

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
ENV = {"PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("user", "workspace", "in_workflow", "expected"),
    [
        (0, (1001, 118), True, Identity(1001, 118)),
        (0, (1001, 0), True, Identity(1001, NOBODY)),
        (0, (0, 0), True, Identity(NOBODY, NOBODY)),
        (0, (1001, 118), False, None),
        (1001, (1001, 118), True, None),
    ],
)
def test_who_is_wanted(user: int, workspace: tuple[int, int], in_workflow: bool, expected: Identity | None) -> None:
    """Root in a workflow becomes the workspace's owner or nobody; a person's machine and other users stay."""
    assert wanted(user, workspace, in_workflow=in_workflow) == expected


def test_an_obstacle_is_named(tmp_path: Path) -> None:
    """What the lesser user could not reach, or that the system forbids the change, is said in words."""
    able = ScriptedRunner().on(["/usr/bin/test"], Reply())
    unable = ScriptedRunner().on(["/usr/bin/test", "-r"], Reply()).on(["/usr/bin/test"], Reply(1))
    assert obstacle(able, readable=tmp_path, writable=[tmp_path / "cache"]) == ""
    assert "cache would be out of reach" in obstacle(unable, readable=tmp_path, writable=[tmp_path / "cache"])
    assert "does not let us" in obstacle(ScriptedRunner(), readable=tmp_path, writable=[])


@needs_root
def test_giving_follows_no_link(tmp_path: Path) -> None:
    """Links are given themselves; what they point at keeps its owner. A second time changes nothing."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("x")
    tree = tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "deep/file").write_text("x")
    (tree / "link").symlink_to(tmp_path / "outside")
    assert give([tree], Identity(1001, 118)) == 4
    assert give([tree], Identity(1001, 118)) == 0
    assert owner_of(tree / "deep/file") == Identity(1001, 118)
    assert owner_of(tmp_path / "outside") == Identity(0, 0)
    assert owner_of(tmp_path / "outside/file") == Identity(0, 0)
    assert give([tree / "link", tree / "none"], Identity(0, 0)) == 0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory that everybody may enter, with a workspace and a private directory."""
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    (tmp_path / "workspace").mkdir()
    (tmp_path / "home/tmp").mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    return tmp_path


@needs_root
@pytest.mark.parametrize("owner", [(1001, 118), (0, 0)], ids=["somebody", "root"])
def test_children_are_lowered_and_the_caches_end_with_the_workspaces_owner(place: Path, owner: tuple[int, int]) -> None:
    """Children write into caches that a restore left to root; in the end all of it is the workspace owner's."""
    os.chown(place / "workspace", *owner)
    restored = place / "restored/mod"
    (restored / "old").mkdir(parents=True)
    new = place / "new/deep/build"
    with lowered_privileges(place / "workspace", place / "home", [restored, new], in_workflow=True) as lowered:
        runner, who, notices = lowered
        assert who == (owner if owner[0] else (NOBODY, NOBODY))
        assert notices == (f"child processes run as user {who[0]}, group {who[1]}",)
        line = f"id -u; touch {restored}/old/a {new}/b {place}/home/tmp/c"
        answer = runner.run(["sh", "-c", line], cwd=place / "workspace", env=ENV, timeout=30)
        assert (answer.returncode, answer.stdout.decode()) == (0, f"{who[0]}\n")
    for path in (restored, restored / "old/a", place / "new", new, new / "b"):
        assert owner_of(path) == Identity(*owner)
    assert owner_of(place / "restored") == Identity(0, 0)


@needs_root
def test_an_unreadable_workspace_keeps_root_and_says_so(place: Path) -> None:
    """When the lesser user could not work, children run as before and the report says which was taken and why."""
    (place / "workspace").chmod(0o700)
    with lowered_privileges(place / "workspace", place / "home", [place / "mod"], in_workflow=True) as lowered:
        runner, who, (notice,) = lowered
        assert who is None
        assert "child processes run as root" in notice
        assert runner.run(["id", "-u"], cwd=place, env=ENV, timeout=30).stdout == b"0\n"


def test_a_persons_machine_is_left_alone(tmp_path: Path) -> None:
    """Outside workflows nothing is lowered and nothing changes hands."""
    with lowered_privileges(tmp_path, tmp_path, [tmp_path / "mod"], in_workflow=False) as (_, who, notices):
        assert (who, notices) == (None, ())
    assert owner_of(tmp_path / "mod") == owner_of(tmp_path)


def test_a_hidden_process_is_closed_to_its_user() -> None:
    """Its variables and memory are root's from then on; what it starts is as open as ever."""
    if sys.platform != "linux":
        pytest.skip("of Linux")
    child = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    program = (
        "import ctypes, subprocess, sys\n"
        "from go_release_gate.adapters.privileges import hide\n"
        "print(hide(), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)\n"
        f"subprocess.run([sys.executable, '-c', {child!r}], check=True)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "0", "1"]
