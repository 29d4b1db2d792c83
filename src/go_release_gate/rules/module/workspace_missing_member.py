"""A go.work file that names a directory without a module, or cannot be read.

## What it finds

A `use` line whose directory holds no go.mod, or lies outside the repository, so that no other checkout has it; and a
go.work that Go refuses to parse, at the line where.

## Why

Every Go command started below the workspace fails at once, whatever module it is about: the build of all of them is
broken for whoever clones the repository.

## Fix

`go work use -r .` drops directories that are gone and adds those that are new; or edit the line.

## Limits

Directories that discovery was told to exclude, git submodules that are not checked out, nested repositories and
symbolic links are not counted as missing.

## References

- https://go.dev/ref/mod#workspaces
- https://go.dev/ref/mod#go-work-file-use
- https://go.dev/ref/mod#go-work-use
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.repository import Repository, Workspace
from go_release_gate.gomod.modfile import Directive
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import go_command

RULE = Rule(
    id="workspace-missing-member",
    summary="go.work names a directory without a module",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Repository,),
)

# Why a directory may hold a module that discovery did not see.
_UNSEEN = frozenset({"excluded", "submodule", "nested-repository", "symlink"})


@RULE.check
def check(repository: Repository) -> Iterator[Draft]:
    """One draft per `use` line without a module, or one for a go.work that cannot be read."""
    for work in repository.workspaces:
        if work.error or work.file is None:
            yield _unreadable(work)
            continue
        for directive, member in zip(work.file.uses, work.members, strict=False):
            if not _is_there(repository, member):
                yield _missing(work, directive, member)


def _is_there(repository: Repository, member: str) -> bool:
    if repository.module_at(member) is not None:
        return True
    unseen = [skipped.dir for skipped in repository.skipped if skipped.reason in _UNSEEN]
    return any(member == directory or member.startswith(f"{directory}/") for directory in unseen)


def _missing(work: Workspace, directive: Directive, member: str) -> Draft:
    outside = member.startswith(("/", "../")) or member == ".."
    what = "lies outside the repository" if outside else "holds no module"
    return Draft(
        location=Location(_file(work), directive.line),
        message=f"go.work uses {directive.value}, which {what}",
        key=directive.value,
        command=go_command(work.dir, "work", "edit", f"-dropuse={directive.value}"),
        target=Target("workspace", work.dir),
    )


def _unreadable(work: Workspace) -> Draft:
    error = work.error
    return Draft(
        location=Location(_file(work), (error and error.line) or 1),
        message=f"go.work cannot be read: {error.message if error else 'it is malformed'}",
        key="go.work",
        related=(Related(error.hint),) if error and error.hint else (),
        target=Target("workspace", work.dir),
    )


def _file(work: Workspace) -> str:
    return "go.work" if work.dir == "." else f"{work.dir}/go.work"
