"""The entries of docker/metadata-action's `tags`, as they stand in a workflow, and whether a run can make them fire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.oci.tags.entries import Entry, EntryType, read_entry
from go_release_gate.oci.tags.fields import entries_of
from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.shell.unknown import Holes, Unknown, has_hole
from go_release_gate.workflow.document import Step
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.publishers.metadata import ACTION
from go_release_gate.workflow.runs import Run, contexts
from go_release_gate.workflow.triggers import BRANCH

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_DEFAULT = re.compile(r"\{\{\s*is_(not_)?default_branch\s*\}\}")
_BELOW = re.compile(r"(?![vV=]*\d)[^/]+/")  # a tag with a directory first: the action makes a dash of the slash
_OF_VERSIONS = (EntryType.SEMVER, EntryType.PEP440)


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry with the line of the file it stands at; `enable` with its expressions as they are written."""

    entry: Entry
    line: int
    text: str
    enable: str


def written_entries(step: Step) -> Iterator[WrittenEntry]:
    """The entries of a metadata step that can be read; none of a step of another kind."""
    tags = step.inputs.get("tags")
    if step.action != ACTION or tags is None:
        return
    found: list[str] = []

    def keep(match: re.Match[str]) -> str:
        found.append(match[0])
        return chr(0xE000 + min(len(found) - 1, 0x18FF))

    def back(text: str) -> str:
        return "".join(found[ord(char) - 0xE000] if has_hole(char) else char for char in text)

    text = _EXPRESSION.sub(keep, tags.text)
    starts = [0, *(match.end() for match in re.finditer("\n", tags.text))]
    try:
        lines = entries_of(text, "tags")
    except RefusedInputError:
        return
    for line in lines:
        try:
            entry = read_entry(line)
        except RefusedInputError:
            continue
        at = starts[min(max(line.line, 1), len(starts)) - 1]
        yield WrittenEntry(entry, tags.line_at(at), back(entry.text), back(entry["enable"]))


def without_env(run: Run) -> Evaluator:
    """An evaluator of what the event alone tells: variables are not known to it."""
    return Evaluator({**contexts(run), "env": Unknown("a variable of the workflow")}, Holes())


def may_fire(written: WrittenEntry, run: Run) -> bool:
    """Whether the entry may make a name in the run; what cannot be told counts as yes."""
    return _is_about(written.entry, run) and _may_be_enabled(written.enable, run)


def need_of(written: WrittenEntry) -> str:
    """What the entry waits for, as the end of `… needs`."""
    entry = written.entry
    if entry.type is EntryType.SCHEDULE:
        return "the event schedule"
    if entry.type in _OF_VERSIONS:
        return "a tag that is a version by itself (or `match=`, where a directory stands before it)"
    if entry.type is EntryType.MATCH or (entry.type is EntryType.REF and entry["event"] == "tag"):
        return "a tag"
    if entry.type is EntryType.EDGE:
        return f"the branch {entry['branch']}" if entry["branch"] else "the default branch"
    if entry.type is EntryType.REF:
        return "a pull request" if entry["event"] == "pr" else "a branch"
    return "the default branch"


def is_of_branch(written: WrittenEntry) -> str:
    """The branch that the entry names itself; empty: none."""
    return written.entry["branch"] if written.entry.type is EntryType.EDGE else ""


def _is_about(entry: Entry, run: Run) -> bool:
    is_pull = _is_pull(run)
    is_branch = run.ref.startswith(BRANCH) and not is_pull
    match entry.type:
        case EntryType.SCHEDULE:
            return "schedule" in run.event
        case EntryType.SEMVER | EntryType.PEP440:
            return bool(entry["value"] or (run.tag and (entry["match"] or not _BELOW.match(run.tag))))
        case EntryType.MATCH:
            return bool(run.tag or entry["value"])
        case EntryType.EDGE:
            branch = entry["branch"]
            return is_branch and (has_hole(branch) or run.ref_name == (branch or run.default_branch))
        case EntryType.REF:
            return {"branch": is_branch, "tag": bool(run.tag), "pr": is_pull}[entry["event"]]
        case _:
            return True


def _may_be_enabled(enable: str, run: Run) -> bool:
    filled = without_env(run).fill(enable)
    is_default = run.ref == BRANCH + run.default_branch and not _is_pull(run)
    is_default = is_default or any(word in run.event for word in ("create", "discussion", "issues", "schedule"))
    return _DEFAULT.sub(lambda match: str(is_default is not bool(match[1])).lower(), filled).strip() != "false"


def _is_pull(run: Run) -> bool:
    """Whether the action sees a pull request's ref, which it makes up for pull_request_target."""
    return run.ref.startswith("refs/pull/") or run.event == "pull_request_target"
