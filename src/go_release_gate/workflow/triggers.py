"""What a workflow listens to: events with their filters.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpushbranchestagsbranches-ignoretags-ignore:
a push filtered by tags alone takes no branches and the other way round; without either it takes both. Filters by path
do not look at tags.
"""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.workflow.patterns import example, selects
from go_release_gate.workflow.tree import Mapping, Node, Scalar, Sequence, child, texts_of

BRANCH = "refs/heads/"
TAG = "refs/tags/"


@dataclass(frozen=True, slots=True)
class Filter:
    """Names to take (`only`, None: not limited) and names not to take."""

    only: tuple[str, ...] | None = None
    ignored: tuple[str, ...] | None = None

    @property
    def is_given(self) -> bool:
        """Whether the workflow filters at all."""
        return self.only is not None or self.ignored is not None

    def takes(self, name: str) -> bool:
        """Whether a branch or tag of that name passes."""
        if self.only is not None:
            return selects(self.only, name)
        return self.ignored is None or not selects(self.ignored, name)


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event: `line` where it is written, its filters, its activity types (empty: GitHub's own choice)."""

    event: str
    line: int
    branches: Filter = Filter()
    tags: Filter = Filter()
    types: tuple[str, ...] = ()

    @property
    def has_branches(self) -> bool:
        """Whether pushes of branches are among it."""
        return self.branches.is_given or not self.tags.is_given

    @property
    def has_tags(self) -> bool:
        """Whether pushes of tags are among it (of `push` alone)."""
        return self.tags.is_given or not self.branches.is_given

    def takes(self, ref: str) -> bool:
        """Whether a push of the full ref (`refs/tags/v1`) starts the workflow."""
        if ref.startswith(TAG):
            return self.has_tags and self.tags.takes(ref.removeprefix(TAG))
        return self.has_branches and self.branches.takes(ref.removeprefix(BRANCH))

    def sample_tags(self) -> tuple[str, ...]:
        """Names of tags that would start it, the usual ones where all do."""
        return self._samples(self.tags, ("v1.2.3", "1.2.3")) if self.has_tags else ()

    def sample_branches(self, default: str) -> tuple[str, ...]:
        """Names of branches that would start it, the default branch first where it does."""
        return self._samples(self.branches, (default,)) if self.has_branches else ()

    @staticmethod
    def _samples(chosen: Filter, usual: tuple[str, ...]) -> tuple[str, ...]:
        names = [name for name in usual if chosen.takes(name)][:1]
        for pattern in (chosen.only or ())[:20]:
            name = "" if pattern.startswith("!") or selects((pattern,), names[0] if names else "") else example(pattern)
            if name and chosen.takes(name):
                names.append(name)
        return tuple(dict.fromkeys(names))


def read_triggers(node: Node | None, key: Scalar | None) -> tuple[Trigger, ...]:
    """The events of `on`: one word, a list of words, or a table; `key` gives the line of one without its own."""
    if isinstance(node, Mapping):
        return tuple(_trigger(name, body) for name, body in node.entries)
    if isinstance(node, Scalar | Sequence):
        return tuple(Trigger(item.text, item.line) for item in texts_of(node))
    return (Trigger("", key.line),) if key else ()


def _trigger(name: Scalar, body: Node) -> Trigger:
    return Trigger(
        event=name.text,
        line=name.line,
        branches=_filter(body, "branches"),
        tags=_filter(body, "tags"),
        types=tuple(item.text for item in texts_of(child(body, "types"))),
    )


def _filter(body: Node, name: str) -> Filter:
    only, ignored = child(body, name), child(body, f"{name}-ignore")
    return Filter(
        None if only is None else tuple(item.text for item in texts_of(only)),
        None if ignored is None else tuple(item.text for item in texts_of(ignored)),
    )
