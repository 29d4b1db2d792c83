"""The fact which `go` commands the repository's files run: Dockerfiles, workflows, scripts, Makefiles, manifests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.gocommand.call import GoCommand

DOCKERFILE, WORKFLOW, MAKEFILE, SCRIPT, MANIFEST = "dockerfile", "workflow", "makefile", "script", "manifest"


@dataclass(frozen=True, slots=True, eq=False)
class GoCall:
    """One `go` command where it is written.

    Attributes:
        path, line: where. where: dockerfile, workflow, makefile, script or manifest.
        command: what it asks for.
        environment: variables known to be set for it (ENV, `env:`, `export`, in front of the command); a value with
            an unknown part is left out.
        directory: directory it runs in, relative to the root of the repository; empty: not known.
        go: the Go it runs with as far as it is known (`1.25`, `1.25.3`), empty: not known.
        is_start: whether it is what a container starts (CMD, ENTRYPOINT, a manifest's command), not part of a build.
        is_conditional: whether it stands in an `if`, a loop or behind `||`.
        dockerfile, stage: where it stands in one.
        via: the file that runs it, where `path` is a script that is started from elsewhere; empty: nobody.
        scope: stage name or index, or `job/step`, a target, for keys of findings.
        shown: the command line for people, what is unknown as it is written.
        ran_by: the files that start `path`, of a script: workflows, Dockerfiles.
        text: of the file, where that is a Makefile or a script.
    """

    path: str
    line: int
    where: str
    command: GoCommand
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: str = ""
    go: str = ""
    is_start: bool = False
    is_conditional: bool = False
    dockerfile: Dockerfile | None = None
    stage: Stage | None = None
    via: str = ""
    scope: str = ""
    shown: str = ""
    ran_by: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class GoCalls:
    """Every `go` command that is found, in the order of paths and lines."""

    calls: tuple[GoCall, ...]
