"""Whatever is done in whatever order, wherever a process is killed and whoever writes in between: the ledger holds.

RELEASE_SEQUENCES=5000 looks longer than the suite does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from go_release_gate.config.releases import Environment
from go_release_gate.errors import GateError, RefusedError, UnavailableError
from go_release_gate.ledger.candidates import Choice, Conditions, Wish, choose
from go_release_gate.ledger.entry import PROMOTE, ROLLBACK, Actor, Entry
from go_release_gate.ledger.retention import protected
from go_release_gate.ledger.state import Release, State
from go_release_gate.release.applying import Hands, abandon, apply_plan, resume
from go_release_gate.release.book import Book
from go_release_gate.release.planning import Order, Plan, make_plan, refuse_move
from go_release_gate.release.situation import observe
from support.ledgering import ANN, NOW, MemoryStore, MemoryTarget, digest, release

ENVIRONMENTS = ("staging", "production")
WHERE = st.sampled_from(ENVIRONMENTS)
NUMBER = st.integers(1, 9)
KEEP = {name: Environment(keep=3, keep_hours=1) for name in ENVIRONMENTS}
TROUBLE = st.sampled_from(["", "", "", "intent", "effect", "behind", "closing", "away", "other", "other-moves"])


class KilledError(BaseException):
    """The process is gone."""


class Sequences(RuleBasedStateMachine):
    """One service in two environments, with targets and a registry that can lose what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.book = Book(self.store, sleep=lambda _seconds: None)
        self.targets = {name: MemoryTarget(name) for name in ENVIRONMENTS}
        self.registry: set[str] = set()
        self.now = NOW
        self.plans: list[Plan] = []
        self.doomed: list[str] = []  # what a killed pruning has written down and not deleted

    # what the rules are made of

    def fresh(self) -> Book:
        """Another process's view."""
        return Book(self.store, sleep=lambda _seconds: None)

    def hands(self, environment: str) -> Hands:
        """What applying works with; a target takes only what the registry has."""
        target = self.targets[environment]
        return Hands(self.fresh(), [target], lambda: self.now, ANN, rollback_point=timedelta(hours=72))

    def conditions(self) -> Conditions:
        """As a rollback has them."""

        def absence(one: Release) -> str:
            return "" if one.image.digest in self.registry else "it is gone"

        return Conditions(self.now, absence=absence)

    def planned(self, kind: str, environment: str, choice: Choice, *, drift: bool) -> Plan:
        """A plan, as the verbs make it."""
        state = self.fresh().state()
        target = self.targets[environment]
        seen = observe(state, "api", environment, [target])
        order = Order(kind, accepts_drift="seen" if drift else "")
        refuse_move(order, state, seen, self.now)
        return make_plan(order, choice, seen, [target], self.now)

    def promotable(self, number: int) -> Choice:
        """A recorded release that is neither barred nor gone."""
        state = self.fresh().state()
        found = state.release("api", digest(number))
        is_barred = digest(number) in state.pruned or digest(number) in state.quarantined.get("api", {})
        if found is None or is_barred or digest(number) not in self.registry:
            return Choice(problem="not that one")
        return Choice(found)

    def write(self, draft: Entry) -> None:
        """One entry more, by a process that was there all the time."""
        self.book.append(lambda _state: [draft])

    @contextmanager
    def troubled(self, trouble: str, environment: str) -> Iterator[None]:
        """A kill, an absence or another writer somewhere in what is done; what is refused is no failure."""
        target = self.targets[environment]
        appends = iter(range(9))
        target.before_apply = self.effect(trouble, environment)
        target.behind_apply = killed if trouble == "behind" else nothing
        kills = {"intent": 0, "closing": 1}

        def before_append() -> None:
            number = next(appends)
            if number == kills.get(trouble):
                raise KilledError
            if number == 0 and trouble.startswith("other"):
                self.store.before_append = nothing
                self.interfere(environment, moves=trouble == "other-moves")

        self.store.before_append = before_append
        try:
            yield
        except (GateError, KilledError):
            pass
        finally:
            target.before_apply = target.behind_apply = self.store.before_append = nothing

    def effect(self, trouble: str, environment: str) -> Callable[[], None]:
        """What happens when the target is to move."""

        def before() -> None:
            if trouble == "effect":
                raise KilledError
            if trouble == "away":
                raise UnavailableError("no route")
            intent = self.fresh().state().at("api", environment).intent
            assert intent is not None, "an effect without an intent"
            if intent.after not in self.registry:
                raise RefusedError("the manifest is gone")

        return before

    def interfere(self, environment: str, *, moves: bool) -> None:
        """Another writer: about something else, or the same move of another process."""
        self.write(Entry(0, "", "hold", "web", environment, self.now, Actor("bob")))
        if moves and self.promotable(1).release:
            target = self.targets[environment]
            target.before_apply = nothing
            apply_plan(self.planned(PROMOTE, environment, self.promotable(1), drift=False), self.hands(environment))

    # what is done

    @initialize(count=st.integers(1, 5))
    def begin(self, count: int) -> None:
        """Some releases that ran and were good."""
        for number in range(1, count + 1):
            self.record(number)
            for environment in ENVIRONMENTS:
                self.promote(number, environment, "", drift=False, later=False)
                self.judge(environment, "pass", was=False)

    @rule(number=NUMBER)
    def record(self, number: int) -> None:
        """A release is pushed and written down; pruned ones are not pushed again."""
        if digest(number) not in self.fresh().state().pruned:
            self.registry.add(digest(number))
            self.write(release(number, at=self.now))

    @rule(number=NUMBER, environment=WHERE, trouble=TROUBLE, drift=st.booleans(), later=st.booleans())
    def promote(self, number: int, environment: str, trouble: str, *, drift: bool, later: bool) -> None:
        """Planned, and applied at once or later."""
        with self.troubled(trouble, environment):
            self.carry(self.planned(PROMOTE, environment, self.promotable(number), drift=drift), later=later)

    @rule(to=st.sampled_from(["last-good", "-2", "1.1.0"]), environment=WHERE, trouble=TROUBLE, later=st.booleans())
    def rollback(self, to: str, environment: str, trouble: str, *, later: bool) -> None:
        """The same for going back; drift is accepted."""
        with self.troubled(trouble, environment):
            choice = choose(self.fresh().state(), Wish("api", environment, to), self.conditions())
            self.carry(self.planned(ROLLBACK, environment, choice, drift=True), later=later)

    def carry(self, plan: Plan, *, later: bool) -> None:
        """Now, or when `apply_later` is drawn."""
        if later:
            self.plans.append(plan)
        else:
            apply_plan(plan, self.hands(plan.move.environment))

    @precondition(lambda self: self.plans)
    @rule(at=st.integers(0, 99), trouble=TROUBLE)
    def apply_later(self, at: int, trouble: str) -> None:
        """A plan that was kept, perhaps a stale one, perhaps once more."""
        plan = self.plans[at % len(self.plans)]
        with self.troubled(trouble, plan.move.environment):
            apply_plan(plan, self.hands(plan.move.environment))

    @rule(environment=WHERE, trouble=TROUBLE)
    def carry_on(self, environment: str, trouble: str) -> None:
        """An open move is resumed."""
        with self.troubled(trouble, environment):
            resume("api", environment, self.hands(environment))

    @rule(environment=WHERE)
    def give_up(self, environment: str) -> None:
        """An open move is abandoned; its target may show either digest then."""
        with self.troubled("", environment):
            abandon("api", environment, "enough", self.hands(environment))

    @rule(environment=WHERE, health=st.sampled_from(["pass", "pass", "fail", "inconclusive"]), was=st.booleans())
    def judge(self, environment: str, health: str, *, was: bool) -> None:
        """What runs, or what ran before, is judged."""
        place = self.fresh().state().at("api", environment)
        judged = next(iter(place.promotions), "") if was else place.current
        if judged:
            self.write(Entry(0, "", "verdict", "api", environment, self.now, ANN, digest=judged, health=health))  # type: ignore[arg-type]

    @rule(environment=WHERE, kind=st.sampled_from(["hold", "unhold", "unhold"]), expires=st.booleans())
    def hold(self, environment: str, kind: str, *, expires: bool) -> None:
        """A hold is set, for an hour or for ever, or lifted."""
        until = self.now + timedelta(hours=1) if expires and kind == "hold" else None
        self.write(Entry(0, "", kind, "api", environment, self.now, ANN, expires=until))

    @rule(number=NUMBER)
    def quarantine(self, number: int) -> None:
        """A release is barred, whatever it is doing."""
        self.write(Entry(0, "", "quarantine", "api", "", self.now, ANN, digest=digest(number)))

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        """Time goes by."""
        self.now += timedelta(hours=hours)

    @rule(killed_after=st.integers(0, 9))
    def prune(self, killed_after: int) -> None:
        """Everything that is not protected is written down, then deleted one by one."""

        def entry(state: State) -> list[Entry]:
            kept = protected(state, "api", KEEP, self.now)
            gone = sorted(set(state.releases.get("api", {})) - set(kept) - state.pruned)
            self.doomed += gone
            return [Entry(0, "", "prune", "api", "", self.now, ANN, digests=tuple(gone))] if gone else []

        self.fresh().append(entry)
        for one in self.doomed[:killed_after]:
            kept = protected(self.fresh().state(), "api", KEEP, self.now)
            assert one not in kept, f"{one} is deleted: {kept[one].reason}"
            self.registry.discard(one)
        self.doomed = self.doomed[killed_after:]

    # what must hold

    @invariant()
    def the_chain_holds(self) -> None:
        """The first to the last entry, in every process's eyes."""
        chain = self.fresh().chain()
        assert chain.fault is None
        assert self.book.state() == self.fresh().state()

    @invariant()
    def moves_are_one_at_a_time_and_heed_holds(self) -> None:
        """Never two open intents of one place, and no promotion begins under a hold."""
        opened: dict[tuple[str, str], int] = {}
        holds: dict[tuple[str, str], Entry] = {}
        for entry in self.fresh().chain().entries:
            place = (entry.service, entry.environment)
            hold = holds.get(place)
            if entry.phase == "intent":
                assert place not in opened
                opened[place] = entry.seq
                is_held = hold and (hold.expires is None or entry.time < hold.expires)
                assert not (is_held and entry.kind == PROMOTE)
                assert entry.kind != ROLLBACK or hold
            elif entry.phase:
                assert opened.pop(place) == entry.intent
            elif entry.kind == "hold":
                holds[place] = entry
            elif entry.kind == "unhold":
                holds.pop(place, None)

    @invariant()
    def the_last_good_is_good(self) -> None:
        """Never one whose last verdict failed, nor a quarantined, nor a missing one, nor what runs."""
        entries = self.fresh().chain().entries
        state = self.fresh().state()
        barred = {one.digest for one in entries if one.kind == "quarantine" and one.service == "api"}
        for environment in ENVIRONMENTS:
            found = choose(state, Wish("api", environment), self.conditions()).release
            if found is None:
                continue
            looks = [one for one in entries if one.kind == "verdict" and one.environment == environment]
            health = [one.health for one in looks if one.digest == found.image.digest and one.health != "inconclusive"]
            assert health[-1] == "pass"
            assert found.image.digest in self.registry - barred
            assert found.image.digest != state.at("api", environment).current

    @invariant()
    def what_is_needed_is_there(self) -> None:
        """What runs, what is being moved to and what can be gone back to is in the registry."""
        state = self.fresh().state()
        for one in protected(state, "api", KEEP, self.now):
            assert one in self.registry, f"{one} is gone"

    @invariant()
    def targets_show_what_the_ledger_knows(self) -> None:
        """A target shows what runs, or an end of the move that is open or was given up last."""
        state = self.fresh().state()
        for environment, target in self.targets.items():
            known = {state.at("api", environment).current}
            for entry in self.fresh().chain().entries:
                if entry.environment == environment and entry.phase in ("intent", "abandoned"):
                    known |= {entry.before, entry.after}
            assert target.digest in known


def nothing() -> None:
    """No trouble."""


def killed() -> None:
    """The end of a process."""
    raise KilledError


LONG = int(os.environ.get("RELEASE_SEQUENCES", "0"))
TestSequences = Sequences.TestCase
TestSequences.settings = settings(
    max_examples=LONG or 30,
    stateful_step_count=40 if LONG else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
