"""The image runs its program as root.

## What it finds

A Dockerfile whose last stage (or the stage that a workflow builds) ends with the user root: by `USER root` or `USER 0`,
or because nothing names a user and its base image is known to run as root (`scratch`, `alpine`, `debian`, `ubuntu`,
`golang`, distroless without `:nonroot`, …). Where nothing names a user and the base image is not known, or USER names a
build argument without a value, a note says that it is undecidable. And a finished image whose configuration leaves the
user root, or names a user or group that its /etc/passwd and /etc/group do not have.

## Why

Who breaks out of a program that runs as root is root in the container, may change every file of it, and has one step
less to the node. Clusters that demand `runAsNonRoot` do not start the image at all.

## Fix

Name a user in the last stage, best by number: `USER 65532:65532`. Kubernetes cannot verify a name. The base images
`gcr.io/distroless/static:nonroot` and `cgr.dev/chainguard/static` need no USER.

## Limits

Images for development, tests and examples are left out, by the names of directories, files and stages; so are images
that start nothing and images that change the user themselves (`gosu`, `su-exec`, `setpriv`). What an entrypoint script
does is not seen. Windows knows no root: its images are left out. hadolint's DL3002 says the same of an explicit root
alone, and is not passed on.

## References

- https://docs.docker.com/build/building/best-practices/#user
- https://kubernetes.io/docs/concepts/security/pod-security-standards/
- https://github.com/GoogleContainerTools/distroless
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.dockerfile.bases import base_of, is_windows
from go_release_gate.dockerfile.commands import commands
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.state import ImageState, end_state
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import ImageContent
from go_release_gate.model.finding import Edit, Fix
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_user import as_root
from go_release_gate.rules.dockerfile._shipped import label, place, shipped, target_of
from go_release_gate.rules.image._uses import shown
from go_release_gate.shell.unknown import Unknown

RULE = Rule(
    id="root-user",
    summary="the image runs its program as root",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Dockerfiles,),
    uses=(ImageBuilds,),
    fix="unsafe",
)

_CHANGERS = frozenset({"gosu", "su-exec", "setpriv", "runuser", "setuidgid", "chpst"})
USER = "65532:65532"


@RULE.check
def check(found: Dockerfiles, builds: ImageBuilds | None = None) -> Iterator[Draft]:
    """One draft per stage that becomes an image."""
    for file, stage in shipped(found, builds):
        end = end_state(file, stage)
        if (end.entrypoint or end.command) and not _changes_user(file, stage):
            yield from _judged(file, stage, end)


RULE.check_of(ImageContent)(as_root)


def _judged(file: Dockerfile, stage: Stage, end: ImageState) -> Iterator[Draft]:
    base = file.base(stage)
    if is_windows(base.image):
        return
    image = shown(base.image if isinstance(base.image, str) else base.image.text)
    key = f"{label(stage)} user"
    if isinstance(end.user, Unknown):
        spot, why = base.start, f"nothing names a user, and that of `{image}` is not known; add"
        if end.user_by is not None:
            spot, why = end.user_by, f"`USER {shown(end.user_by.value)}` is told by whoever builds it; end with"
        message = f"whether it runs as root is undecidable: {why} `USER {USER}`"
        yield Draft(place(file, spot), message, key, target=target_of(file), severity=Severity.NOTE)
        return
    name = end.user.partition(":")[0].strip()
    if name not in ("", "root") and not (name.isascii() and name.isdecimal() and int(name[:9]) == 0):
        return
    if end.user_by is not None:
        message = f"`USER {shown(end.user)}` is the last one: the program runs as root; end with `USER {USER}`"
        yield Draft(place(file, end.user_by), message, key, target=target_of(file))
        return
    message = f"nothing names a user, and `{image}` runs as root; add `USER {USER}` to the last stage"
    yield Draft(place(file, stage.start), message, key, target=target_of(file), fix=_fix(file, stage, end))


def _fix(file: Dockerfile, stage: Stage, end: ImageState) -> Fix | None:
    """A USER line in front of what is started, where its files need no other owner: on bases without a shell."""
    first = next((one for one in stage.instructions if one in (end.entrypoint, end.command)), None)
    if first is None or base_of(file.base(stage).image).has_shell is not False:
        return None
    return Fix(safe=False, edits=(Edit(file.path, first.line, first.line - 1, f"USER {USER}\n"),))


def _changes_user(file: Dockerfile, stage: Stage) -> bool:
    """Whether the image brings along what changes the user at the start."""
    return any(
        word.rpartition("/")[2] in _CHANGERS
        for one in file.ancestry(stage)
        for word in (*_words(file, one), *_copied(one.instructions))
    )


def _words(file: Dockerfile, stage: Stage) -> Iterator[str]:
    for command in commands(file, stage):
        yield from command.words


def _copied(instructions: tuple[Instruction, ...]) -> Iterator[str]:
    for one in instructions:
        if one.keyword in ("COPY", "ADD"):
            yield from one.array or one.value.split()
