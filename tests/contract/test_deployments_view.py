"""Moves as deployments at GitHub, against the contract-checked fake: written once, read back, compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fakes.github import GitHub, faults
from go_release_gate.adapters.github.api import Api
from go_release_gate.adapters.github.client import Timing
from go_release_gate.adapters.github.connecting import connect
from go_release_gate.adapters.ledger.deployments_view import compare, read, show
from go_release_gate.ledger.canonical import digest_of, encoded
from go_release_gate.ledger.chain import linked
from go_release_gate.ledger.entry import PROMOTE, RELEASE, ROLLBACK, Actor, Entry, Image, Source
from go_release_gate.ledger.state import state_of

REF = "refs/heads/release-ledger"
DAY = datetime(2026, 1, 1, tzinfo=UTC)
WHO = Actor("ann", "https://github.example.com/acme/shop/actions/runs/7", 1)
ONE, TWO = (f"sha256:{letter * 64}" for letter in "ab")


def api_of(github: GitHub) -> Api:
    """A client that never waits."""
    passed = [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    timing = Timing(clock=lambda: passed[0], sleep=sleep)
    environ = {"GITHUB_API_URL": github.api_url, "GITHUB_REPOSITORY": "acme/shop"}
    return connect(environ, token=github.token, timing=timing)


def move(kind: str, before: str, after: str, phase: str = "done") -> list[Entry]:
    """An intent and its end."""
    draft = Entry(0, "", kind, "api", "production", DAY, WHO, before=before, after=after, phase="intent")
    return [draft, replace(draft, phase=phase)]  # type: ignore[arg-type]


def chain(github: GitHub, *drafts: Entry) -> list[Entry]:
    """Two releases of the commit that the fake has, and what happened to them; linked."""
    releases = [
        Entry(0, "", RELEASE, "api", "", DAY, WHO, image=Image(digest, "x"), source=Source("", version, github.base))
        for digest, version in ((ONE, "1.0.0"), (TWO, "1.1.0"))
    ]
    made: list[Entry] = []
    for draft in (*releases, *drafts):
        made.append(linked(draft, len(made), digest_of(made[-1]) if made else ""))
    return made


def history(github: GitHub) -> list[Entry]:
    """Promoted, promoted again, and gone back."""
    return chain(github, *move(PROMOTE, "", ONE), *move(PROMOTE, ONE, TWO), *move(ROLLBACK, TWO, ONE))


def states(github: GitHub) -> list[list[str]]:
    """The states of every deployment, each oldest first."""
    return [[status["state"] for status in one.statuses] for one in github.repository.deployments.values()]


def test_each_move_is_a_deployment(github: GitHub) -> None:
    """The last one is a success, those before it are inactive; environment, task and words say what it was."""
    entries = history(github)

    assert show(api_of(github), REF, state_of(entries), entries) == ()

    assert states(github) == [["success", "inactive"], ["success", "inactive"], ["success"]]
    last = list(github.repository.deployments.values())[-1]
    assert last.asked["environment"] == "production"
    assert last.asked["task"] == "deploy:api"
    assert last.sha == github.base
    assert last.asked["description"] == "rollback of api to 1.0.0: done, entry 8 of the ledger"
    assert last.statuses[0]["log_url"] == WHO.run
    records = [encoded(one) for one in entries]
    assert compare(read(api_of(github), REF), records) == ()


def test_twice_is_once(github: GitHub) -> None:
    """A view that is written again changes nothing."""
    entries = history(github)
    show(api_of(github), REF, state_of(entries), entries)
    before = states(github)
    assert show(api_of(github), REF, state_of(entries), entries[-1:]) == ()
    assert states(github) == before


@pytest.mark.parametrize(("phase", "state"), [("failed", "failure"), ("abandoned", "error")])
def test_how_a_move_ended(github: GitHub, phase: str, state: str) -> None:
    """What failed or was given up is shown as such, and what ran before still does."""
    entries = chain(github, *move(PROMOTE, "", ONE), *move(PROMOTE, ONE, TWO, phase))
    show(api_of(github), REF, state_of(entries), entries)
    assert states(github) == [["success"], [state]]


def test_other_services_stay_active(github: GitHub) -> None:
    """A service's deployment does not make another's in the same environment inactive."""
    entries = chain(github, *move(PROMOTE, "", ONE))
    show(api_of(github), REF, state_of(entries), entries)
    other = [replace(one, service="web") for one in entries]
    show(api_of(github), REF, state_of(other), other)
    assert states(github) == [["success"], ["success"]]


@pytest.mark.parametrize("name", sorted(set(faults.TRANSIENT) - {"hidden", "unlisted"}))
@pytest.mark.parametrize("place", ["deployments$", "statuses$"])
def test_each_lands_once_whatever_happens(github: GitHub, name: str, place: str) -> None:
    """A lost answer leaves one deployment with one status."""
    entries = chain(github, *move(PROMOTE, "", ONE))
    github.plan(faults.TRANSIENT[name]().on("POST", place))
    assert show(api_of(github), REF, state_of(entries), entries) == ()
    assert states(github) == [["success"]]


def test_a_ledger_that_was_cut_or_written_anew(github: GitHub) -> None:
    """What lies behind the ledger's end is named, and so is an entry that has other bytes now."""
    entries = history(github)
    show(api_of(github), REF, state_of(entries), entries)
    view = read(api_of(github), REF)
    records = [encoded(one) for one in entries]

    assert [one.what for one in compare(view, records[:6])] == [
        "entry 8 is a deployment at GitHub, the ledger ends with entry 6"
    ]
    anew = [*records[:5], encoded(replace(entries[5], reason="other")), *records[6:]]
    assert [one.what for one in compare(view, anew)] == ["entry 6 is another one in the deployment than in the ledger"]
    assert len(compare(view, [])) == 3


def test_a_gap_says_nothing_against_the_ledger(github: GitHub) -> None:
    """A move that could not be shown is a gap of the view; those before the first one shown are not missed."""
    entries = history(github)
    state = state_of(entries)
    show(api_of(github), REF, state, [entries[3], entries[7]])
    records = [encoded(one) for one in entries]
    (gap,) = compare(read(api_of(github), REF), records)
    assert (gap.seq, gap.is_gap) == (6, True)
    assert compare((), records) == ()


def test_what_others_wrote_is_passed_over(github: GitHub) -> None:
    """Deployments of others, of another ledger, and payloads that make no sense are none of ours."""
    api = api_of(github)
    entry = f"sha256:{'c' * 64}"
    fine = {"ledger": REF, "seq": 9, "entry": entry}
    odd = [{}, "text", {"go-release-gate": 1}, *({"go-release-gate": {**fine, **one}} for one in (
        {"ledger": "refs/heads/other"}, {"seq": 0}, {"seq": True}, {"seq": "9"}, {"seq": 10**12}, {"entry": "x"},
    ))]  # fmt: skip
    for payload in odd:
        body = {"ref": github.base, "payload": payload, "required_contexts": [], "auto_merge": False}
        api.write("POST", "/repos/acme/shop/deployments", body, needs="deployments: write")
    assert read(api, REF) == ()


def test_a_right_that_is_missing_is_a_notice(github: GitHub) -> None:
    """It is named with the permission that would do; nothing is raised."""
    entries = chain(github, *move(PROMOTE, "", ONE))
    github.restrict(deployments="read", metadata="read")
    (notice,) = show(api_of(github), REF, state_of(entries), entries)
    assert "entry 4 is in the ledger and no deployment at GitHub" in notice
    assert "deployments: write" in notice


def test_a_release_of_no_commit_is_a_notice(github: GitHub) -> None:
    """A deployment needs a commit; one that GitHub does not know is said, too."""
    entries = chain(github, *move(PROMOTE, "", ONE))
    bare = [replace(entries[0], source=None), *entries[1:]]
    assert "neither commit nor tag" in "".join(show(api_of(github), REF, state_of(bare), bare))
    gone = [replace(entries[0], source=Source(commit="d" * 40)), *entries[1:]]
    assert "No ref found" in "".join(show(api_of(github), REF, state_of(gone), gone))
    assert github.forgive("No ref found")
    assert not github.repository.deployments
