"""Where a workflow step keeps things between runs and for later steps: caches, the report, the patch."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from go_release_gate.errors import UnavailableError

MOUNTED_TEMP = "/github/runner_temp"  # where the runner mounts its RUNNER_TEMP in a container action


@dataclass(frozen=True, slots=True)
class StepPlaces:
    """Paths of one step.

    Attributes:
        workspace: the checkout.
        report, sarif, patch: files below RUNNER_TEMP that belong to this step alone.
        caches: GOMODCACHE and GOCACHE below RUNNER_TEMP, where the job's environment names none.
        host_temp: what later steps on the runner call RUNNER_TEMP.
    """

    workspace: Path
    report: Path
    sarif: Path
    patch: Path
    temp: Path
    host_temp: PurePosixPath
    caches: Mapping[str, str] = field(default_factory=dict)

    def for_later_steps(self, path: Path) -> str:
        """`path` as a later step of the job names it: outside the container the mount has another name."""
        return str(self.host_temp / path.relative_to(self.temp))


def step_places(environ: Mapping[str, str]) -> StepPlaces:
    """Make the directories of the step, owned by the workspace's owner, who must be able to delete them.

    Raises:
        UnavailableError: no workspace, or nothing can be written to RUNNER_TEMP.
    """
    workspace = Path(environ.get("GITHUB_WORKSPACE") or ".").absolute()
    temp = Path(environ.get("RUNNER_TEMP") or "/tmp")  # noqa: S108 - the runner's own default outside a job
    own = temp / "go-release-gate-reports" / _word(environ.get("GITHUB_ACTION", ""))
    caches = default_caches(environ, temp)
    try:
        for directory in (own, *map(Path, caches.values())):
            make_for(workspace, directory)
    except OSError as error:
        raise UnavailableError(
            f"cannot write to RUNNER_TEMP: {error}", "give the runner space, or set RUNNER_TEMP"
        ) from error
    return StepPlaces(
        workspace, own / "report.json", own / "report.sarif", own / "fix.patch", temp, host_temp(environ, temp), caches
    )


def default_caches(environ: Mapping[str, str], temp: Path) -> dict[str, str]:
    """The caches that the job's environment leaves open, as folders that `actions/cache` can keep."""
    kept = temp / "go-release-gate"
    given = {"GOMODCACHE": environ.get("GOMODCACHE") or environ.get("GOPATH"), "GOCACHE": environ.get("GOCACHE")}
    wanted = {"GOMODCACHE": str(kept / "mod"), "GOCACHE": str(kept / "build")}
    return {name: place for name, place in wanted.items() if not given[name]}


def host_temp(environ: Mapping[str, str], temp: Path) -> PurePosixPath:
    """RUNNER_TEMP outside the container: the runner keeps `_temp` beside the repositories' folders and hands
    RUNNER_WORKSPACE through as it is."""
    outside = environ.get("RUNNER_WORKSPACE", "")
    if str(temp) != MOUNTED_TEMP or not outside or outside.startswith("/github/"):
        return PurePosixPath(temp)
    return PurePosixPath(outside).parent / "_temp"


def make_for(workspace: Path, directory: Path) -> None:
    """Make `directory`; what had to be made for it is given to the owner of `workspace` (only root can)."""
    missing = list(_missing(directory))
    directory.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        owner = workspace.stat()
        for made in missing:
            with contextlib.suppress(PermissionError):
                os.chown(made, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _missing(directory: Path) -> Iterable[Path]:
    return [place for place in (directory, *directory.parents) if not place.exists()]


def _word(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z_-]", "-", text) or "step"
