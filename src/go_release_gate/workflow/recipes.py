"""Recipes for a version in run steps, and what each of them really names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from go_release_gate.workflow.document import Job, Step
from go_release_gate.workflow.tree import Scalar

CHECKOUT = "actions/checkout"
_LIMIT = 2000  # characters of a line that are looked at

_DESCRIBE = re.compile(r"\bgit\s+(?:-[Cc]\s+\S+\s+|-(?![Cc]\s)\S+\s+)*describe\b[^|;&)`]*")
_ONE_COMMIT = r"(?:--max-count[= ]?1|-n ?1|-1)\b"
_NEWEST_BY_COUNT = re.compile(rf"rev-list\s(?=[^|;)]*--tags)(?=[^|;)]*{_ONE_COMMIT})[^|;)]*")
_LIST = re.compile(
    r"\bgit\s+(?:-[Cc]\s+\S+\s+|-(?![Cc]\s)\S+\s+)*(?:tag\b|for-each-ref\b[^|;&]*refs/tags|ls-remote\b[^|;&]*--tags)(?P<options>[^;&]*)"
)
_ONE = re.compile(r"\|\s*(?:head|tail)\b|--count[= ]1\b")
_BOUND = re.compile(r"--points-at|--merged|--contains|\s-[adfmsu]\b|--delete|--annotate")
_DATE = re.compile(
    r"(?:\b\w*(?:VERSION|TAG)=|(?:-t|--tag|\bdocker\s+push)[ =]\S*:)[\"']?[\w.{}$-]*(?:\$\(|`)\s*date\b[^)`]*",
    re.IGNORECASE,
)
_REST = 20_000  # characters of a script in which uses of a variable are looked for
_TEST = re.compile(r"\[\[?[ \t][^\]\n]{1,500}\]")
_EQUAL = re.compile(r"\s(?:==?|!=)\s")
_ASSIGNED = re.compile(r"\s*(?:(?:export|local|readonly)\s+)?(\w+)=[\"']?(?:\$\(|`)")
_FETCHED = re.compile(r"\bgit\s+fetch\b[^\n;&|]*(?:--tags|--unshallow|\s-t\b|refs/tags)")


class RecipeKind(Enum):
    """What is wrong with a recipe."""

    NEWEST = "newest"
    SHALLOW = "shallow"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe, its line in the file, the command as it is written."""

    kind: RecipeKind
    line: int
    command: str


def recipes(job: Job, *, is_only_tags: bool) -> Iterator[Recipe]:
    """The recipes of a job's steps that name the wrong version.

    `is_only_tags`: the workflow is started by tags alone; the tag is then there in a shallow checkout, too.
    """
    has_tags = is_only_tags or all(step.action != CHECKOUT for step in job.steps)
    for step in job.steps:
        if step.action == CHECKOUT:
            has_tags = has_tags or _fetches_tags(step)
        elif step.run is not None:
            found = list(_of_script(step.run, has_tags=has_tags))
            has_tags = has_tags or any(_FETCHED.search(line[:_LIMIT]) for line in step.run.text.split("\n"))
            yield from found


def _fetches_tags(step: Step) -> bool:
    depth, tags = step.input("fetch-depth").strip(), step.input("fetch-tags").strip()
    return depth == "0" or "${{" in depth or (tags.lower() not in ("", "false"))


def _of_script(run: Scalar, *, has_tags: bool) -> Iterator[Recipe]:
    at = 0
    for raw in run.text.split("\n"):
        line, at = raw[:_LIMIT], at + len(raw) + 1
        if line.lstrip().startswith("#"):
            continue
        has_tags = has_tags or _FETCHED.search(line) is not None
        found = _of_line(line, has_tags=has_tags)
        if found and not (found[0] is RecipeKind.NEWEST and _is_compared(line, run.text[at:])):
            yield Recipe(found[0], run.line_at(at - len(raw) - 1), found[1])


def _is_compared(line: str, rest: str) -> bool:
    """Whether the newest tag is only held against another one, as whoever moves `latest` should."""
    before = line[: line.find("git")]
    opened = before.rfind("[ ")
    if opened >= 0 and "]" not in before[opened:]:
        return _EQUAL.search(line, opened) is not None
    assigned = _ASSIGNED.match(line)
    if assigned is None:
        return False
    name = re.compile(rf"\$(?:\{{{assigned[1]}\}}|{assigned[1]}\b)")
    tests = [test[0] for test in _TEST.finditer(rest[:_REST]) if name.search(test[0])]
    others = _TEST.sub("", rest[:_REST])
    return any(_EQUAL.search(test) for test in tests) and not re.search(rf"\$\{{?{assigned[1]}\b", others)


def _of_line(line: str, *, has_tags: bool) -> tuple[RecipeKind, str] | None:
    if match := _NEWEST_BY_COUNT.search(line):
        return RecipeKind.NEWEST, _shown(match[0])
    listed = _LIST.search(line)
    if listed and _ONE.search(listed[0]) and not _BOUND.search(listed["options"].partition("|")[0]):
        return RecipeKind.NEWEST, _shown(listed[0])
    described = _DESCRIBE.search(line)
    if described and not has_tags:
        return RecipeKind.SHALLOW, _shown(described[0])
    if match := _DATE.search(line):
        return RecipeKind.CLOCK, _shown(match[0])
    return None


def _shown(command: str) -> str:
    text = " ".join(command.split()).rstrip(")\"'` ")
    if text.count("(") > text.count(")"):
        text += ")"
    return text if len(text) <= 80 else f"{text[:79]}…"
