"""What hadolint says of a Dockerfile.

## What it finds

Where [hadolint](https://github.com/hadolint/hadolint) is installed (on PATH, or by `pip install
"go-release-gate[hadolint]"`), its findings: the message begins with its code. Its errors and warnings are warnings,
what it calls info or style is a note.

## Why

One place for what is wrong with an image's build, with suppressions, baseline and severities of one kind.

## Fix

Each code has its page: https://github.com/hadolint/hadolint/wiki. `# hadolint ignore=DL3008` above a line and the
repository's `.hadolint.yaml` count; on pull requests of forks that file does not.

## Limits

Left out, because another rule here says it with more context: DL3006 and DL3007 (`mutable-base-image`), DL3002
(`root-user`), DL3062 (`unpinned-install`). Because BuildKit's own checks annotate it: DL3000, DL3024, DL3025, DL3029,
DL3064, DL4000, DL4003, DL4004. Because it is noise here: DL3059 (several RUN in a row), DL3018 in stages that are not
shipped, and DL1000, a complaint about syntax that Docker takes (some here-documents; hadolint says nothing else of such
a file); in stages of Windows ShellCheck, DL3066 and DL4006. Dockerfiles for development, tests and examples are left
out. Without hadolint nothing is said; a notice says so where the rule is selected by name.

## References

- https://github.com/hadolint/hadolint/wiki
- https://docs.docker.com/reference/build-checks/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.dockerfile.bases import is_windows
from go_release_gate.dockerfile.graph import shipped
from go_release_gate.dockerfile.model import Dockerfile
from go_release_gate.facts.dockerfile_lint import DockerfileLint, Linted
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.dockerfile._shipped import is_for_development

RULE = Rule(
    id="dockerfile-lint",
    summary="hadolint has something to say of a Dockerfile",
    severity=Severity.WARNING,
    since="0.1",
    needs=(DockerfileLint, Dockerfiles),
)

_SAID_HERE = frozenset({"DL3002", "DL3006", "DL3007", "DL3062"})
_SAID_BY_BUILDKIT = frozenset({"DL3000", "DL3024", "DL3025", "DL3029", "DL3064", "DL4000", "DL4003", "DL4004"})
_NOISE = frozenset({"DL1000", "DL3059"})
_POSIX = ("SC", "DL3066", "DL4006")  # ShellCheck, numbers of users, pipefail: nothing that Windows has
_SHIPPED_ONLY = frozenset({"DL3018"})
_LONGEST = 400  # characters of a message


@RULE.check
def check(lint: DockerfileLint, files: Dockerfiles) -> Iterator[Draft]:
    """One draft per finding of hadolint that is passed on."""
    known = {file.path: file for file in files.files}
    for one in lint.words:
        file = known.get(one.path)
        if file is not None and _is_passed_on(one, file):
            message = f"{one.code}: {' '.join(one.message.split())}"[:_LONGEST]
            severity = None if one.level in ("error", "warning") else Severity.NOTE
            key = f"{one.code} {file.text.split(chr(10))[one.line - 1].strip() if _has(file, one.line) else ''}"
            place = Location(one.path, one.line, None, one.column)
            yield Draft(place, message, key, target=Target("dockerfile", one.path), severity=severity)


def _has(file: Dockerfile, line: int) -> bool:
    return line <= file.text.count("\n") + 1


def _is_passed_on(one: Linted, file: Dockerfile) -> bool:
    if is_for_development(one.path) or one.code in _SAID_HERE | _SAID_BY_BUILDKIT | _NOISE:
        return False
    if one.code.startswith(_POSIX):
        stage = next((each for each in reversed(file.stages) if each.start.line <= one.line), None)
        if stage is not None and is_windows(file.base(stage).image):
            return False
    return one.code not in _SHIPPED_ONLY or any(
        each.line <= one.line <= each.end_line for stage in shipped(file) for each in stage.instructions
    )
