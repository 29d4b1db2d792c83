"""Words and places that the rules about workflows share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from go_release_gate.model.finding import Location, Target
from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.document import Job, Step, Workflow
from go_release_gate.workflow.pushes import Push

_OPEN = re.compile(r"\$|\{\{|…")
_LOCAL = re.compile(
    r"(?:[\w-]+\.)*localhost[:/]|127\.|\[::1\]|[\w-]+\.local(?:[:/]|$)|[\w-]+:\d+/|host\.docker\.internal[:/]|ttl\.sh/"
)
NAME_LENGTH = 300  # characters of a name that are shown
NAMED = 3  # names in a message; the rest is counted


def target(workflow: Workflow) -> Target:
    """What findings about a workflow are about."""
    return Target("workflow", workflow.path)


def place(workflow: Workflow, line: int) -> Location:
    """A line of the workflow's file."""
    return Location(workflow.path, line)


def step_name(job: Job, step: Step) -> str:
    """A step's identity that survives new lines above it: job, and id or number."""
    number = next((index for index, one in enumerate(job.steps, 1) if one is step), 0)
    return f"{job.id}/{step.id or f'#{number}'}"


def written_names(push: Push) -> tuple[str, ...]:
    """The names of a push, of an unknown one as much as is known; none that stays on the runner."""
    names = (push.names.text,) if isinstance(push.names, Unknown) else push.names
    return tuple(name for name in names if not is_local(name))


def is_local(name: str) -> bool:
    """Whether the name is of a registry on the runner itself, as tests use: `registry.local`, or a service's name."""
    return _LOCAL.match(name) is not None


def split_name(name: str) -> tuple[str, str]:
    """Image and tag; the tag is empty where it is not, or not wholly, known."""
    image, colon, tag = name.partition("@")[0].rpartition(":")
    if not colon or "/" in tag or _OPEN.search(tag):
        return (image if colon and "/" not in tag else name), ""
    return image, tag


def named(names: list[str]) -> str:
    """`a, b, c and 2 more`; a name that no registry takes for its length is cut."""
    unique = [name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH]}…" for name in dict.fromkeys(names)]
    more = f" and {len(unique) - NAMED} more" if len(unique) > NAMED else ""
    return ", ".join(unique[:NAMED]) + more


def meant(word: str, known: Sequence[str]) -> str:
    """`did you mean 'x'?`, or nothing."""
    near = get_close_matches(word.lower(), known, 1)
    return f"did you mean {near[0]!r}?" if near else ""
