"""What a rule is: its name card, the facts it needs, and a pure function that yields findings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from go_release_gate.model.finding import Finding, Fix, Location, Related, Target
from go_release_gate.model.severity import Confidence, Event, Severity

DOCS = "https://github.com/acme/go-release-gate/blob/main/docs/rules"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a rule yields: a finding before severity, module and target are filled in by the engine.

    `module` and `target` are only given by rules that judge the repository as a whole.
    """

    location: Location
    message: str
    key: str = ""
    command: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    module: str | None = None
    target: Target | None = None
    severity: Severity | None = None  # graver or milder than the rule's own, for one case of it
    confidence: Confidence | None = None


Check = Callable[..., Iterator[Draft]]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One subject that a rule judges: the facts it needs, those it uses where they are there, and the judge."""

    needs: tuple[type, ...]
    uses: tuple[type, ...]
    run: Check


@dataclass(slots=True)
class Rule:
    """A rule's name card. The docstring of the file that defines it is its page.

    Attributes:
        id: kebab-case, names the problem ("allow local-replace" reads well), never reused.
        summary: one line for tables.
        severity: one for all events, or one per event.
        confidence: how sure the rule is.
        since: the edition of the rules it arrived in.
        needs: the facts it reads, as types; `check` receives them in this order. A rule is run for every
            module that has all of them, or once when they all belong to the repository.
        uses: facts it reads where they are there; `check` receives them after `needs`, None for an absent one.
        events: where it is run without being selected by name (a question over the network waits for the tag).
        fix: `safe`, `unsafe` or empty.
        merge: one key found in several modules is one finding, with the other places beside it.
        others: the same problem told of another subject (a Dockerfile, a built binary, a finished image).
    """

    id: str
    summary: str
    severity: Severity | Mapping[Event, Severity]
    since: str
    needs: tuple[type, ...]
    confidence: Confidence = Confidence.HIGH
    fix: str = ""
    uses: tuple[type, ...] = ()
    events: tuple[Event, ...] = tuple(Event)
    merge: bool = False
    page: str = ""
    run: Check = field(default=lambda: iter(()), repr=False)
    others: list[Aspect] = field(default_factory=list, repr=False)

    def check(self, function: Check) -> Check:
        """Register the function that judges and take the defining file's docstring as the rule's page."""
        self.run = function
        self.page = _page_of(function)
        return function

    def check_of(self, *needs: type, uses: tuple[type, ...] = ()) -> Callable[[Check], Check]:
        """Register a function that judges another subject: it receives `needs`, then `uses` (None: absent)."""

        def register(function: Check) -> Check:
            self.others.append(Aspect(needs, uses, function))
            self.page = self.page or _page_of(function)
            return function

        return register

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """Every subject the rule judges; the first is that of `needs`, absent where it needs nothing."""
        own = (Aspect(self.needs, self.uses, self.run),) if self.needs else ()
        return (*own, *self.others)

    @property
    def help_url(self) -> str:
        """Address of the rule's page."""
        return f"{DOCS}/{self.id}.md"

    @property
    def facts(self) -> tuple[type, ...]:
        """Every fact the rule wants to see, needed or only used, for any of its subjects."""
        return tuple(dict.fromkeys(fact for one in self.aspects for fact in one.needs + one.uses))

    def severity_on(self, event: Event) -> Severity:
        """Severity of the rule's findings on `event`."""
        return self.severity if isinstance(self.severity, Severity) else self.severity[event]

    def finding(self, draft: Draft, severity: Severity, **place: Any) -> Finding:
        """Turn a draft into a finding; `place` gives module and target."""
        return Finding(
            rule=self.id,
            severity=draft.severity or severity,
            confidence=draft.confidence or self.confidence,
            message=draft.message,
            location=draft.location,
            key=draft.key,
            command=draft.command,
            related=draft.related,
            fix=draft.fix,
            help_url=self.help_url,
            **place,
        )


def _page_of(function: Check) -> str:
    module = inspect.getmodule(function)
    return inspect.cleandoc((module and module.__doc__) or "")
