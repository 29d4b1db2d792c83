"""A program was built from something else than the commit it says.

## What it finds

- A program in which Go recorded `vcs.modified=true`: the work tree held changes, or files that are not in the commit.
- On a tag: a program whose recorded `vcs.revision` is not the commit of the tag.

In finished images the same, of every program that is of a module of the repository.

## Why

Nobody can build it again, and its revision points people at code that is not what runs.

## Fix

Build from a clean checkout. What the build writes (generated code, reports, programs) belongs outside the tree, or into
`.gitignore`. `git status --short` shows what Go saw.

## Limits

Go records nothing where there is no repository or `-buildvcs=false` is given: nothing is said then. On a branch or a
pull request it is a note: work in progress is dirty.

## References

- https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies
- https://pkg.go.dev/runtime/debug#BuildSetting
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.binary import BuildInfo
from go_release_gate.facts.built import BuiltPrograms
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._built import by_service, place, platforms, target
from go_release_gate.rules.build._image_programs import dirty

RULE = Rule(
    id="dirty-build",
    summary="a program was built from something else than the commit it says",
    severity={Event.BRANCH: Severity.NOTE, Event.PULL_REQUEST: Severity.NOTE, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(),
)


@RULE.check_of(BuiltPrograms)
def check_built(built: BuiltPrograms) -> Iterator[Draft]:
    """One draft for each service that was built from a changed tree, or from another commit than the tag's."""
    said = [(one, problem(one.binary.info, _wanted(built))) for one in built.programs if one.binary and one.binary.info]
    for problem_ in dict.fromkeys(text for _, text in said if text):
        for service, programs in by_service(one for one, text in said if text == problem_).items():
            order = programs[0].order
            yield Draft(
                place(order),
                f"{service} ({platforms(programs)}) {problem_}",
                key=f"{service}:{problem_}",
                command="git status --short" if "changes" in problem_ else "",
                module=order.module,
                target=target(order),
            )


def problem(info: BuildInfo, revision: str = "") -> str:
    """What of the recorded state of version control is wrong, as the end of a sentence; empty: nothing.

    `revision`: the commit it has to be, empty where any will do.
    """
    recorded = info.settings.get("vcs.revision", "")
    if revision and recorded and recorded != revision:
        return f"was built from commit {recorded[:12]}, and {revision[:12]} is released"
    if info.settings.get("vcs.modified") == "true":
        return "was built from a tree with changes that are in no commit (vcs.modified=true)"
    return ""


def _wanted(built: BuiltPrograms) -> str:
    return built.commit if built.is_release else ""


RULE.check_of(ImageContent, uses=(Expected,))(dirty)
