"""The whole answer of `build`, and what every form of it says in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.facts.built import BuiltProgram, BuiltPrograms
from go_release_gate.facts.built_images import BuiltImages
from go_release_gate.model.outcome import ModuleError, Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.model.shipped import ShippedChanges
from go_release_gate.report import phrases
from go_release_gate.report.inspected import linking_of
from go_release_gate.report.jsontext import dumps

SHORT = 12  # digits of a commit


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The findings with their verdict, the programs they are about, and what became of them since the base commit."""

    check: CheckReport
    built: BuiltPrograms = field(default_factory=lambda: BuiltPrograms(()))
    changes: ShippedChanges | None = None
    images: BuiltImages | None = None


def headline(report: BuildReport) -> str:
    """`pass: 6 of 6 programs built; no findings`, `unavailable: 2 programs could not be judged; …`."""
    programs = report.built.programs
    done = sum(one.binary is not None for one in programs)
    parts = [f"{done} of {phrases.plural(len(programs), 'program')} built"]
    if report.built.variants:
        parts[0] += (
            f", {phrases.plural(len(report.built.variants), 'further set of tags', 'further sets of tags')} checked"
        )
    parts.append(phrases.count_words(report.check.findings))
    unjudged = sum(1 for _ in errors(report))
    if unjudged or not report.check.complete:
        said = (
            f"{phrases.plural(unjudged, 'program')} could not be judged"
            if unjudged
            else "not everything could be judged"
        )
        parts.insert(0 if report.check.verdict is Verdict.UNAVAILABLE else len(parts), said)
    return f"{report.check.verdict.value}: {'; '.join(parts)}"


def errors(report: BuildReport) -> Iterator[ModuleError]:
    """What kept programs from being judged, one for each program."""
    found = [one.error for one in report.built.programs]
    found += [one.error for one in report.built.variants]
    yield from (one for one in found if one is not None)


def outputs(report: BuildReport) -> dict[str, str]:
    """The outputs of a step that builds, by name."""
    programs = [
        {
            "service": one.order.service,
            "platform": one.order.platform,
            "path": one.binary.path if one.binary else "",
            "size": one.binary.size if one.binary else 0,
            "digest": one.binary.digest if one.binary else "",
            "outcome": outcome(one),
        }
        for one in report.built.programs
    ]
    changes = report.changes
    return {
        "verdict": report.check.verdict.value,
        "complete": "true" if report.check.complete else "false",
        "findings": str(len(report.check.findings)),
        "binaries": dumps(programs, indent=None),
        "services": dumps(list(changes.services), indent=None) if changes and not changes.problem else "",
    }


def outcome(program: BuiltProgram) -> str:
    """How it went, in one word."""
    if program.failure:
        return "failed"
    return "not judged" if program.error or program.binary is None else "built"


def revision_of(program: BuiltProgram) -> str:
    """The commit that is recorded: `0123456789ab`, `0123456789ab with changes`, empty: none."""
    info = program.binary.info if program.binary else None
    if info is None or not info.settings.get("vcs.revision"):
        return ""
    dirty = " with changes" if info.settings.get("vcs.modified") == "true" else ""
    return f"{info.settings['vcs.revision'][:SHORT]}{dirty}"


def facts_of(program: BuiltProgram) -> Iterator[str]:
    """What is to be said of a program in one line, part by part."""
    if program.binary is None:
        return
    yield linking_of(program.binary)
    if program.binary.elf is not None:
        yield "stripped" if program.binary.elf.is_stripped else "with symbols"
    if program.is_reproduced is not None:
        yield "reproduced" if program.is_reproduced else "not reproduced"
    if program.smoke is not None:
        yield "does not start" if program.smoke.problem else f"starts: {program.smoke.said}".rstrip(": ")
    if revision := revision_of(program):
        yield f"commit {revision}"
