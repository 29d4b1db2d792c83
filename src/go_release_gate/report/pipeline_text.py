"""A proposed pipeline in words: what was seen, what would be written, what is left to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from go_release_gate.pipeline.files import Planned, State
from go_release_gate.pipeline.next_steps import Step, replaced_jobs
from go_release_gate.pipeline.proposal import Proposal
from go_release_gate.report.colour import paint
from go_release_gate.report.neutral import log_block, log_text

_ROLES = (("+++", "title"), ("---", "title"), ("+", "added"), ("-", "removed"), ("@@", "hunk"))
_OF_STATES = {State.MISSING: "added", State.OUTDATED: "added", State.OVERWRITTEN: "removed", State.EDITED: "warning"}


def proposal_lines(proposal: Proposal) -> Iterator[str]:
    """What was seen and what is proposed."""
    seen = proposal.survey
    modules = f"{len(seen.modules)} module{'' if len(seen.modules) == 1 else 's'}"
    mains = f"{len(seen.mains)} main package{'' if len(seen.mains) == 1 else 's'}"
    yield f"{log_text(seen.repository or _nameless(seen.host))}: {modules}, {mains}"
    for one in proposal.services:
        image = log_text(one.image) if one.image else "?"
        yield f"  service {log_text(one.name)}: {log_text(one.dockerfile)} -> {image} ({log_text(one.why)})"
        yield f"    released by tags {log_text(one.tag_filter)}, for {log_text(', '.join(one.platforms))}"
    for place in proposal.environments:
        files = f": {log_text(', '.join(place.files))}" if place.files else ""
        yield f"  environment {log_text(place.name)}: {place.kind}{files} ({place.why})"
    if not proposal.services:
        yield "  nothing to release: pull requests are gated, and that is all"
    if proposal.private:
        yield f"  private modules: {log_text(', '.join(proposal.private))}"
    yield from (f"  note: {log_text(note)}" for note in proposal.notes)
    yield from (f"  undecided: {log_text(open_.words)}: {log_text(open_.option)}" for open_ in proposal.questions)


def _nameless(host: str) -> str:
    return f"a repository at {host}" if host else "a repository without a remote"


def existing_lines(proposal: Proposal) -> Iterator[str]:
    """The jobs that the pipeline would take over; nothing is deleted."""
    jobs = replaced_jobs(proposal)
    if jobs:
        yield "jobs that are taken over; delete each once the new workflow does what it did (init deletes nothing):"
        yield from (f"  {log_text(job)}" for job in jobs)


def file_lines(files: Sequence[Planned], *, colour: bool) -> Iterator[str]:
    """One line for each file."""
    for one in files:
        word = "edited, kept" if one.state is State.EDITED else one.state.value
        hint = f" (give your edits up: --overwrite {log_text(one.path)})" if one.state is State.EDITED else ""
        yield f"  {paint(word, _OF_STATES.get(one.state, 'faint'), on=colour)}: {log_text(one.path)}{hint}"


def diff_lines(files: Iterable[Planned], *, colour: bool) -> Iterator[str]:
    """The changes as a unified diff."""
    for one in files:
        for line in log_block(one.diff) if one.diff else ():
            role = next((role for front, role in _ROLES if line.startswith(front)), "")
            yield paint(line, role, on=colour)


def step_lines(steps: Sequence[Step]) -> Iterator[str]:
    """A numbered list, each command on a line of its own."""
    if steps:
        yield "next:"
    for number, step in enumerate(steps, 1):
        yield f"{number}. {log_text(step.words)}"
        yield from (f"     {log_text(command)}" for command in step.commands)
