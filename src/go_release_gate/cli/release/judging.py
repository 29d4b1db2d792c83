"""`release verdict` without `--health`: the configured probes are asked, their verdict is written down and told.

A failed one rolls back by itself where the configuration says so, and the guards of automatic rollbacks let it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from go_release_gate.cli.release.asked import pairs
from go_release_gate.cli.release.choosing import conditions_of
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.entries import outcome_of
from go_release_gate.cli.release.telling import ways_of
from go_release_gate.cli.release.views import shown
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.environment import secret
from go_release_gate.errors import RefusedError, UsageError
from go_release_gate.ledger.chain import Place

if TYPE_CHECKING:
    from go_release_gate.adapters.health.reading import Probe
    from go_release_gate.ledger.entry import Entry
    from go_release_gate.release.watching import Watched, Watching

CODES = {"pass": 0, "fail": 1, "inconclusive": 3}  # exit codes of a verdict, whoever found it


def judged(desk: Desk, service: str, environment: str, digest: str) -> Outcome:
    """Look as often as the configuration says; the exit code is the verdict's, whatever a rollback came to.

    Raises:
        UsageError: nothing is configured to look at. RefusedError: the digest does not run there.
    """
    from go_release_gate.release.watching import watch_once

    if digest != desk.book.state(fresh=False).at(service, environment).current:
        raise RefusedError(f"{digest} does not run in {environment}: probes would meet something else")
    probes = _probes(desk, environment)
    if not probes:
        raise UsageError(
            f"{environment} has no probes: nothing can be judged",
            "set `health` of the environment, or say what was found elsewhere: --health pass|fail|inconclusive",
        )
    watching = _watching(desk, service, environment, probes)
    return _outcome(desk, (service, environment), watch_once(service, environment, watching))


def told_of(desk: Desk, draft: Entry) -> tuple[Entry, tuple[str, ...]]:
    """People are told of a verdict that was found elsewhere: its entry with the evidence of that, and notices."""
    from go_release_gate.release.health.judging import Verdict
    from go_release_gate.release.watching import tell_found

    if not desk.environment(draft.environment).alerts:
        return draft, ()
    release = desk.book.state(fresh=False).release(draft.service, draft.digest)
    found = Verdict(draft.health, draft.digest, draft.evidence, draft.reason or f"{draft.actor.name} found it so")  # type: ignore[arg-type]
    watching = _watching(desk, draft.service, draft.environment, ())
    told, notices = tell_found(draft.service, draft.environment, found, release.name if release else "", watching)
    return replace(draft, evidence={**draft.evidence, **told}), notices


def _watching(desk: Desk, service: str, environment: str, probes: tuple[Probe, ...]) -> Watching:
    from go_release_gate.release.watching import Watching

    settings = desk.environment(environment)
    return Watching(
        settings.health,
        desk.hands(service, environment, pairs(getattr(desk.args, "field", None), "--field")),
        probes,
        lambda: conditions_of(desk, service, environment),
        settings.alerts,
        ways_of(desk),
        settings.owners,
    )


def _probes(desk: Desk, environment: str) -> tuple[Probe, ...]:
    from go_release_gate.adapters.registry.wire import HttpWire
    from go_release_gate.release.health.measuring import Outside, probes_of

    token = secret(desk.environ, "metrics-token")
    outside = Outside(HttpWire(desk.authorities), desk.runner, desk.root, desk.variables, token)
    return probes_of(desk.environment(environment).health, outside)


def _outcome(desk: Desk, place: Place, watched: Watched) -> Outcome:
    verdict, done = watched.verdict, watched.rollback
    state = desk.book.state(fresh=False)
    release = state.release(place[0], done.after if done else verdict.digest)
    entries = desk.book.chain(fresh=False).entries[watched.entry.seq - 1 :]
    ours = [one for one in entries if (one.service, one.environment) == place]
    words = f"verdict {verdict.health}: {verdict.words}"
    notices = list(watched.notices)
    if done:
        words += f"; rolled back to {release.name if release else done.after}"
    if watched.kept:
        notices.append(f"no automatic rollback: {watched.kept}")
    if watched.trouble:
        notices.append(f"the automatic rollback was stopped: {watched.trouble.message}")
    return outcome_of(
        desk,
        "verdict",
        place[0],
        ours,
        words,
        environment=place[1],
        release=(release.image, release.source) if release else None,
        previous=done.before if done else "",
        code=CODES[verdict.health],
        notices=(*notices, *shown(desk, ours)),
    )
