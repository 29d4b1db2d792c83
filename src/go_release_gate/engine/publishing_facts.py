"""Ask registries what stands at the names that a release would push; within a time and a number of questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from go_release_gate.engine.context import Edges, Facts, parallel
from go_release_gate.engine.tagging import released_references
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.publications import Publications, Published, State
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse

if TYPE_CHECKING:
    from go_release_gate.adapters.registry.client import Manifest
    from go_release_gate.config.settings import Settings

SECONDS = 10.0  # for all of them
AT_ONCE = 4
MOST = 200  # references; a release that pushes more is not asked about beyond that

WANTED: tuple[Callable[[Facts, Settings], Iterable[str]], ...] = (released_references,)
"""Who knows names worth asking for: each gives full references."""


class Registries(Protocol):
    """What is asked: `adapters.registry.client.Registries`, or a stand-in."""

    def look(self, reference: Reference) -> Manifest:
        """Digest and media type at a reference."""
        ...

    def within(self, seconds: float) -> None:
        """Have at most so much time from now on."""
        ...

    def troubles(self) -> tuple[str, ...]:
        """What kept a login from being found."""
        ...


def collect(facts: Facts, settings: Settings, edges: Edges, references: Iterable[str] | None = None) -> Publications:
    """What registries say of `references` (None: of the names that WANTED gives).

    The rules that read the fact decide by their events when it is asked at all.
    """
    named = references if references is not None else (name for wanted in WANTED for name in wanted(facts, settings))
    names = tuple(dict.fromkeys(named))
    if not names:
        return Publications()
    if settings.offline or edges.registries is None:
        found = unasked(names, "registries were not asked: the network is switched off")
    else:
        found = ask(names, edges.registries())
    facts.notices += found.notices
    return found


def ask(references: Sequence[str], registries: Registries, *, seconds: float = SECONDS) -> Publications:
    """Look at each reference, several at once; gives an answer for every one of them, in their order."""
    from go_release_gate.adapters.registry.errors import AbsentError

    def look(name: str) -> Published:
        try:
            found = registries.look(parse(name))
        except InvalidReferenceError as error:
            return Published(State.UNAVAILABLE, why=str(error))
        except AbsentError:
            return Published(State.ABSENT)
        except UnavailableError as error:
            return Published(State.UNAVAILABLE, why=f"{error.message}{'; ' if error.hint else ''}{error.hint}")
        return Published(State.PRESENT, found.digest, found.media_type)

    asked, left_out = references[:MOST], references[MOST:]
    registries.within(seconds)
    answers: dict[str, Published] = {}
    parallel(AT_ONCE, {name: partial(look, name) for name in asked}, answers.__setitem__)
    ordered = {name: answers[name] for name in dict.fromkeys(asked)}
    rest = unasked(left_out, f"not asked: more than {MOST} names")
    return Publications({**rest.of, **ordered}, (*registries.troubles(), *_notices(ordered)))


def unasked(references: Iterable[str], why: str) -> Publications:
    """No answer for any of them."""
    return Publications({name: Published(State.UNAVAILABLE, why=why) for name in references}, (why,))


def _notices(answers: dict[str, Published]) -> tuple[str, ...]:
    """Each reason once, with how many names it stands for."""
    reasons: dict[str, list[str]] = {}
    for name, answer in answers.items():
        if answer.state is State.UNAVAILABLE:
            reasons.setdefault(answer.why, []).append(name)
    return tuple(
        f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''} could not be asked for: {why}"
        for why, names in reasons.items()
    )
