"""Child processes have fewer rights than the step, and see none of its secrets."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.containerstep import DOCKER, PROXY_PLACE, WorkDirectory
from support.moduleproxy import ModuleProxy
from support.samplemodules import clean_module

pytestmark = pytest.mark.e2e

PROBE = """#!/bin/sh
{ id -u; env; } >/probe/said.$$
exec /usr/local/go/bin/go "$@"
"""


@pytest.fixture
def probed(tmp_path: Path) -> tuple[Path, Path]:
    """A `go` that notes who runs it with which environment, and the folder of its notes."""
    program = tmp_path / "bin/go"
    program.parent.mkdir()
    program.write_text(PROBE)
    program.chmod(0o755)
    notes = tmp_path / "notes"
    notes.mkdir()
    notes.chmod(0o777)
    return program, notes


def test_children_are_unprivileged(
    image: str,
    work: WorkDirectory,
    proxy: ModuleProxy,
    go_settings: dict[str, str],
    probed: tuple[Path, Path],
) -> None:
    """Go runs as the workspace's owner, as nobody where that is root, and the log says which; the runtime token and
    the inputs are not in its environment."""
    program, notes = probed
    work.write(clean_module(proxy))
    work.own()
    result = work.run(
        image,
        {"github-token": "canary-github-token"},
        {**go_settings, "PATH": "/go-probe:/usr/local/bin:/usr/bin:/bin"},
        {proxy.files: PROXY_PLACE, program.parent: "/go-probe"},
        (f"--volume={notes}:/probe",),
    )
    said = [note.read_text() for note in notes.iterdir()]
    expected = work.user or 65534
    assert said, result.stdout + result.stderr
    assert {text.splitlines()[0] for text in said} == {str(expected)}
    assert "canary" not in "".join(said)
    assert "INPUT_" not in "".join(said)
    assert f"user {expected}" in result.stdout + result.stderr


def test_without_the_right_to_drop_privileges_the_step_still_judges(
    image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]
) -> None:
    """Where the system forbids to change the user, children run as root, and the log says so."""
    work.write(clean_module(proxy))
    work.own()
    result = work.run(
        image,
        env=go_settings,
        mounts={proxy.files: PROXY_PLACE},
        options=("--cap-drop=SETUID", "--cap-drop=SETGID"),
    )
    assert result.code == 0, result.stdout + result.stderr
    assert "child processes run as root" in result.stdout + result.stderr


def test_image_holds_no_tool_that_runs_foreign_code(image: str, work: WorkDirectory) -> None:
    """No compiler, package installer, ssh or version control beside git is in the image."""
    found = work.shell(
        image, "for p in cc gcc g++ ld make pip pip3 ssh hg svn bzr fossil curl wget; do command -v $p; done"
    )
    assert found == ""


def test_cancelled_step_ends_at_once(
    image: str, work: WorkDirectory, proxy: ModuleProxy, tmp_path: Path, go_settings: dict[str, str]
) -> None:
    """SIGTERM while Go runs: the step ends with 128 + 15, its children too, the checkout is as it was."""
    program = tmp_path / "bin/go"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = mod ] && exec sleep 120\nexec /usr/local/go/bin/go "$@"\n')
    program.chmod(0o755)
    work.write(clean_module(proxy))
    work.own()
    before = work.listing()
    name = f"go-release-gate-cancelled-{os.getpid()}-{work.user}"
    with ThreadPoolExecutor(1) as pool:
        step = pool.submit(
            work.run,
            image,
            env={**go_settings, "PATH": "/slow:/usr/local/bin:/usr/bin:/bin"},
            mounts={proxy.files: PROXY_PLACE, program.parent: "/slow"},
            options=("--name", name),
        )
        wait_for(lambda: b"sleep 120" in docker("top", name))
        started = time.monotonic()
        docker("kill", "--signal=TERM", name)
        result = step.result()
    assert result.code == 143, result.stdout + result.stderr
    assert time.monotonic() - started < 15
    assert work.listing() == before


def docker(*words: str) -> bytes:
    """Standard output of a docker command, empty when it fails."""
    return subprocess.run([DOCKER, *words], capture_output=True, check=False).stdout


def wait_for(is_so: Callable[[], bool], limit: float = 60) -> None:
    """Wait until a thing is so, at most `limit` seconds."""
    end = time.monotonic() + limit
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)
