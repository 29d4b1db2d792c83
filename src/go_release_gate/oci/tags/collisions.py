"""Git tags and branches that would be given the same image tag as the one at hand: the later push would win."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.oci.tags.answer import Problem, ProblemKind
from go_release_gate.oci.tags.context import HEADS, TAGS, Context
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.inputs import Inputs
from go_release_gate.oci.tags.judging import sanitized
from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.oci.tags.strict import Releases, Strictness

_EVALUATED = 20  # refs: each is worked out in full
_HINT = "rename one of them, or give their entries different prefixes"


@dataclass(frozen=True, slots=True)
class Refs:
    """What else there is: branches, release tags of the module with their versions, and the names of other tags.

    `is_alike`: whether another tag names the same images.
    """

    branches: tuple[str, ...] = ()
    releases: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    is_alike: Callable[[str], bool] = bool


def collisions(inputs: Inputs, context: Context, own: Iterable[str], refs: Refs) -> tuple[Problem, ...]:
    """One problem for each of the names `own` that another ref is given, too.

    Args:
        own: what `Strictness` found to stand for the ref of `context` alone.
    """
    names = tuple(own)
    found: dict[str, list[str]] = {}
    for ref, version in tuple(_alike(context, names, refs))[:_EVALUATED] if names else ():
        theirs = _own_names(inputs, context, ref, version)
        for name in names:
            if name in theirs:
                found.setdefault(name, []).append(_words(ref))
    return tuple(_problem(context, name, others) for name, others in found.items())


def _alike(context: Context, names: tuple[str, ...], refs: Refs) -> Iterator[tuple[str, str]]:
    """Refs worth a look, and their versions: same name once sanitised, same version without build metadata."""
    shapes = {*names, sanitized(context.tag or context.branch)}
    if plain := _plain(context.release):
        shapes.add(plain)
    for branch in refs.branches:
        if HEADS + branch != context.ref and sanitized(branch) in shapes:
            yield HEADS + branch, ""
    for tag in refs.tags:
        version = refs.releases.get(tag, "")
        if (sanitized(tag) in shapes or _plain(version) in shapes) and TAGS + tag != context.ref and refs.is_alike(tag):
            yield TAGS + tag, version


def _plain(version: str) -> str | None:
    """`1.2.3` of `v1.2.3+build`."""
    return version.removeprefix("v").partition("+")[0] if "." in version else None


def _own_names(inputs: Inputs, context: Context, ref: str, version: str) -> Mapping[str, None]:
    """What a push of the other ref would be named."""
    judge = Strictness(Releases(ref.removeprefix(TAGS) if ref.startswith(TAGS) else "", version))
    try:
        evaluate(inputs, replace(context, event="push", ref=ref, release=version), judge)
    except RefusedInputError:  # an expression that its name makes impossible
        return {}
    return judge.own


def _problem(context: Context, name: str, others: list[str]) -> Problem:
    listed = " and ".join((_words(context.ref), *others))
    return Problem(ProblemKind.COLLISION, name, f"{listed} have the same image tag; the later push wins", _HINT)


def _words(ref: str) -> str:
    return f"the tag {ref.removeprefix(TAGS)}" if ref.startswith(TAGS) else f"the branch {ref.removeprefix(HEADS)}"
