"""An environment is looked at once: a verdict, people told, and a rollback where the configuration wants it by itself.

The order: probes; alerts, which are quick and must not wait behind a rollback; the verdict's entry, which says who was
told; then the rollback, whose end is told, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from go_release_gate.adapters.health.reading import Probe, Subject
from go_release_gate.config.releases import Alert as AlertSettings
from go_release_gate.config.releases import HealthSettings
from go_release_gate.errors import GateError, RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.candidates import Conditions, Wish, choose
from go_release_gate.ledger.entry import ROLLBACK, VERDICT, Entry
from go_release_gate.ledger.state import Environment, State
from go_release_gate.release.alerts import Alert, Severity, Told, Ways, incident_of, names_of, tell
from go_release_gate.release.alerts import State as AlertState
from go_release_gate.release.applying import Hands, apply_plan
from go_release_gate.release.health.judging import Verdict
from go_release_gate.release.health.measuring import Edges, measure, subject_of
from go_release_gate.release.planning import Order, make_plan, refuse_automatic, refuse_move
from go_release_gate.release.situation import Situation, observe

TOLD, UNRESOLVED = "alerted", "unresolved"  # names of evidence
_COMMANDS: dict[AlertState, str] = {
    "failing": "rollback",
    "stuck": "status",
    "inconclusive": "verdict",
    "rolled-back": "status",
    "resolved": "",
}
_SEVERITIES: dict[AlertState, Severity] = {"inconclusive": "warning", "rolled-back": "warning", "resolved": "info"}


@dataclass(frozen=True, slots=True)
class Watching:
    """What looking works with.

    Attributes:
        settings: how health is judged. hands: ledger, targets, time and actor. probes: what is asked.
        conditions: what a rollback's candidate must fulfil; made when one is needed.
        alerts, ways: who is told, and how; without ways nobody is. owners: whom alerts name.
        clock, sleep: monotonic seconds; waits.
    """

    settings: HealthSettings
    hands: Hands
    probes: Sequence[Probe]
    conditions: Callable[[], Conditions]
    alerts: Sequence[AlertSettings] = ()
    ways: Ways | None = None
    owners: tuple[str, ...] = ()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Watched:
    """What was found and done.

    Attributes:
        verdict, entry: the verdict, and its entry in the ledger.
        rollback: the closing entry of an automatic rollback. kept: why there was none, although the verdict is fail.
        trouble: what stopped one that was begun. notices: about alerts that were not told.
    """

    verdict: Verdict
    entry: Entry
    rollback: Entry | None = None
    kept: str = ""
    trouble: GateError | None = None
    notices: tuple[str, ...] = ()


def watch_once(service: str, environment: str, watching: Watching) -> Watched:
    """Judge what runs, write the verdict, tell people, and roll back where that is wanted and allowed.

    Raises:
        RefusedError: nothing runs there, or the ledger must not be believed.
        RaceError: something else runs by now; no verdict is written. UnavailableError: the ledger is away; a verdict
            that is not pass was told then.
    """
    return _Watch(service, environment, watching).run()


def tell_found(
    service: str, environment: str, verdict: Verdict, version: str, watching: Watching
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Tell people of a verdict that was found elsewhere: evidence of who was told, and notices."""
    watch = _Watch(service, environment, watching)
    place = watching.hands.book.state(fresh=False).at(service, environment)
    return watch.told(place, verdict, version, verdict.words), tuple(watch.notices)


def open_incidents(place: Environment) -> list[Entry]:
    """The verdicts that people were told of and not yet told to be over, the last of each digest."""
    found: dict[str, Entry] = {}
    for look in reversed(place.looks):
        if look.health == "pass" and not look.evidence.get(UNRESOLVED):
            break
        if look.health != "pass" and look.evidence.get(TOLD):
            found.setdefault(look.digest, look)
    return list(found.values())


def told_before(place: Environment, digest: str, health: str) -> frozenset[str]:
    """The ways that have told this verdict already: those of the same verdicts right before."""
    names: set[str] = set()
    for look in reversed(place.looks):
        if (look.digest, look.health) != (digest, health):
            break
        names.update(look.evidence.get(TOLD, "").split())
    return frozenset(names)


@dataclass(slots=True)
class _Watch:
    service: str
    environment: str
    watching: Watching
    notices: list[str] = field(default_factory=list)

    def run(self) -> Watched:
        watching, hands = self.watching, self.watching.hands
        hands.book.state()  # refuses a ledger that must not be believed
        subject = subject_of(hands.book.chain(fresh=False), self.service, self.environment)
        edges = Edges(watching.probes, self._changed, hands.now, watching.clock, watching.sleep, hands.said)
        verdict = measure(watching.settings, subject, edges)
        judged = hands.now()
        state = self._state_after(verdict, subject)
        _refuse_change(state.at(self.service, self.environment), verdict, self._where)
        kept = self._reason_to_keep(state, verdict, judged)
        reason = verdict.words
        if verdict.health == "fail":
            reason += f"; not rolled back by itself: {kept}" if kept else "; it is rolled back now"
        told = self.told(state.at(self.service, self.environment), verdict, subject.version, reason)
        entry = self._written(verdict, told, judged)
        if verdict.health != "fail" or kept:
            return Watched(verdict, entry, kept=kept, notices=tuple(self.notices))
        return self._rolled_back(verdict, entry, subject)

    @property
    def _where(self) -> str:
        return f"{self.service} in {self.environment}"

    def _changed(self, subject: Subject) -> str:
        """What became of the subject; a ledger that is away for a moment is asked again when the verdict is written."""
        try:
            place = self.watching.hands.book.state().at(self.service, self.environment)
        except UnavailableError:
            return ""
        if place.current != subject.digest:
            return f"{place.current} runs now"
        return f"a {place.intent.kind} was begun in entry {place.intent.seq}" if place.intent else ""

    def _state_after(self, verdict: Verdict, subject: Subject) -> State:
        try:
            return self.watching.hands.book.state()
        except UnavailableError:
            if verdict.health != "pass":
                self._tell(self._alert(_state_word(verdict), subject.digest, subject.version, verdict.words))
            raise

    def _reason_to_keep(self, state: State, verdict: Verdict, judged: datetime) -> str:
        """Why a failure does not roll back by itself; empty: it does, or it is none."""
        settings, now = self.watching.settings, self.watching.hands.now()
        if verdict.health != "fail":
            return ""
        if not settings.automatic:
            return "the environment does not roll back by itself"
        if (now - judged).total_seconds() > settings.stale:
            return f"the failure is older than {settings.stale:g} s"
        try:
            situation = Situation(self.service, self.environment, verdict.digest, state.length, state.head)
            refuse_automatic(state, situation, now, settings.settle, settings.per_day)
        except RefusedError as error:
            return error.message
        return ""

    def told(self, place: Environment, verdict: Verdict, version: str, reason: str) -> dict[str, str]:
        """Tell what is new; gives the evidence of it."""
        if verdict.health == "pass":
            return self._resolved(place, verdict)
        alert = self._alert(_state_word(verdict), verdict.digest, version, reason)
        before = told_before(place, verdict.digest, verdict.health)
        names = before | set(self._tell(alert, before).reached)
        return {TOLD: " ".join(sorted(names))} if names else {}

    def _resolved(self, place: Environment, verdict: Verdict) -> dict[str, str]:
        """Tell those who were told of an incident that it is over; who did not hear it is told by the next pass."""
        before = told_before(place, verdict.digest, "pass")
        heard, missed = set(before), False
        for look in open_incidents(place):
            concerned = frozenset(look.evidence[TOLD].split())
            others = frozenset(names_of(self.watching.alerts)) - concerned
            told = self._tell(self._alert("resolved", look.digest, "", verdict.words), before | others)
            heard.update(told.reached)
            missed = missed or not concerned <= before | set(told.reached)
        names = " ".join(sorted(heard))
        return ({TOLD: names} if names else {}) | ({UNRESOLVED: "yes"} if missed else {})

    def _written(self, verdict: Verdict, told: dict[str, str], judged: datetime) -> Entry:
        hands = self.watching.hands

        def make(state: State) -> list[Entry]:
            _refuse_change(state.at(self.service, self.environment), verdict, self._where)
            return [draft]

        draft = Entry(
            0,
            "",
            VERDICT,
            self.service,
            self.environment,
            judged,
            hands.actor,
            reason=verdict.words,
            digest=verdict.digest,
            health=verdict.health,
            evidence={**verdict.evidence, **told},
            fields=hands.fields,
        )
        return hands.book.append(make)[-1]

    def _rolled_back(self, verdict: Verdict, entry: Entry, subject: Subject) -> Watched:
        try:
            done = self._roll_back(verdict, entry.time)
        except (RefusedError, RaceError, UnavailableError, UsageError) as error:
            words = f"the automatic rollback was stopped: {error.message}"
            self._tell(self._alert("stuck", verdict.digest, subject.version, words))
            return Watched(verdict, entry, trouble=error, notices=tuple(self.notices))
        words = f"{verdict.words}; {done.after} runs, and a hold keeps promotions back"
        self._tell(self._alert("rolled-back", verdict.digest, subject.version, words))
        return Watched(verdict, entry, done, notices=tuple(self.notices))

    def _roll_back(self, verdict: Verdict, judged: datetime) -> Entry:
        hands = self.watching.hands
        state, now = hands.book.state(), hands.now()
        if reason := self._reason_to_keep(state, verdict, judged):
            raise RefusedError(reason)
        _refuse_change(state.at(self.service, self.environment), verdict, self._where)
        order = Order(ROLLBACK, verdict.words, hands.actor.name, is_automatic=True)
        situation = observe(state, self.service, self.environment, hands.targets)
        refuse_move(order, state, situation, now)
        choice = choose(state, Wish(self.service, self.environment), self.watching.conditions())
        return apply_plan(make_plan(order, choice, situation, hands.targets, now), hands)

    def _alert(self, word: AlertState, digest: str, version: str, reason: str) -> Alert:
        place = f"--service {self.service} --env {self.environment}"
        command = _COMMANDS[word]
        return Alert(
            incident_of(self.service, self.environment, digest),
            self.service,
            self.environment,
            digest,
            version,
            reason,
            _SEVERITIES.get(word, "critical"),
            word,
            f"go-release-gate release {command} {place}" if command else "",
            self.watching.hands.actor.run,
            self.watching.owners,
        )

    def _tell(self, alert: Alert, skipped: frozenset[str] = frozenset()) -> Told:
        if self.watching.ways is None:
            return Told()
        told = tell(alert, self.watching.alerts, self.watching.ways, skipped)
        self.notices += told.notices
        return told


def _state_word(verdict: Verdict) -> AlertState:
    return "failing" if verdict.health == "fail" else "inconclusive"


def _refuse_change(place: Environment, verdict: Verdict, where: str) -> None:
    """Raise RaceError where the verdict is about something that does not run any more, or is being replaced."""
    if place.current != verdict.digest:
        raise RaceError(
            f"{place.current or 'nothing'} runs as {where} now, {verdict.digest} was judged: no verdict was written",
            "judge again",
        )
    if place.intent and verdict.health != "inconclusive":
        raise RaceError(
            f"{place.intent.actor.name} began a {place.intent.kind} of {where} meanwhile: no verdict was written",
            "judge again when it has ended",
        )
