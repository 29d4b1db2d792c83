"""A check run on GitHub: exactly one for each external id, with every annotation once, and never left in progress."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.github import GitHub, faults, plugin
from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.api import AwayError, DeniedError, GitHubError
from go_release_gate.adapters.github.checks import CheckAnnotation, CheckRun, put_check_run
from go_release_gate.errors import InterruptedRun
from support.patient import Hook, Patient, Send, client, losing

github = plugin.github


def _run(github: GitHub, count: int, key: str = "key", **values: Any) -> CheckRun:
    annotations = tuple(
        CheckAnnotation(f"m{number}/go.mod", number + 1, number + 2, "failure", "untidy", f"finding {number}")
        for number in range(count)
    )
    given = {"conclusion": "failure", "title": "findings", "summary": "a summary", "text": "a text", **values}
    return CheckRun("gate", github.base, key, annotations=annotations, **given)


def _only(github: GitHub) -> Any:
    (run,) = github.repository.check_runs.values()
    return run


def _is_whole(github: GitHub, run: CheckRun) -> bool:
    """Whether exactly this check run is there, complete."""
    shown = _only(github)
    sent = Counter(annotation["message"] for annotation in shown.annotations)
    wanted = Counter(annotation.message for annotation in run.annotations)
    said = (shown.status, shown.conclusion, shown.external_id, shown.summary)
    return sent == wanted and said == ("completed", run.conclusion, run.external_id, run.summary)


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (50, 1), (51, 2), (120, 3), (500, 10)])
def test_a_check_run_arrives_whole(github: GitHub, count: int, requests: int) -> None:
    """Fifty annotations a request and no request more, each as GitHub's description wants it."""
    run = _run(github, count, details_url="https://github.example.com/acme/shop/actions/runs/1")
    address = put_check_run(client(github), run)
    assert address == f"{github.web_url}/acme/shop/runs/{_only(github).id}"
    assert _is_whole(github, run)
    assert len(github.writes) == requests
    assert len(github.requests) == requests + 1


FAULTS = {
    "lost": faults.lost,
    "truncated": faults.truncated,
    "502": lambda: faults.status(502),
    "502 after": lambda: faults.status(502, after=True),
    "HTML": faults.html,
    "HTML after": lambda: faults.html(after=True),
    "empty after": lambda: faults.empty(after=True, code=201),
    "reset": faults.reset,
    "429": lambda: faults.too_many(1),
    "secondary": faults.secondary_limit,
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("number", [0, 1, 2, 3], ids=["look", "create", "middle batch", "last batch"])
def test_a_fault_at_any_request_changes_nothing(github: GitHub, name: str, number: int) -> None:
    """Whatever happens to one of the four requests, the outcome is the same check run, once."""
    run = _run(github, 120)
    github.plan(*[faults.fine()] * number, FAULTS[name]())
    put_check_run(client(github), run)
    assert _is_whole(github, run)
    assert github.faults.left == 0


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_the_only_request_changes_nothing(github: GitHub, name: str) -> None:
    """The same for a check run of one request."""
    run = _run(github, 3)
    github.plan(FAULTS[name]())
    put_check_run(client(github), run)
    assert _is_whole(github, run)


def test_a_fresh_check_run_may_be_missing(github: GitHub) -> None:
    """The first PATCH after the POST may get 404 for a while."""
    run = _run(github, 60)
    github.plan(faults.hidden(2))
    put_check_run(client(github), run)
    assert _is_whole(github, run)


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("listings", [1, 2])
def test_a_list_that_lags_does_not_double_it(github: GitHub, count: int, listings: int) -> None:
    """A lost answer, and a list that does not show the check run yet: it is looked for again, not made again."""
    run = _run(github, count)
    github.plan(faults.unlisted(listings))
    put_check_run(client(github, losing(0)), run)
    assert _is_whole(github, run)


def test_when_the_list_lags_too_long_none_stays_in_progress(github: GitHub) -> None:
    """A second check run is the lesser evil then; the first is completed, and no better than the verdict."""
    run = _run(github, 60)
    github.plan(faults.unlisted(3))
    put_check_run(client(github, losing(0)), run)
    first, second = github.repository.check_runs.values()
    assert (first.status, first.conclusion, first.title) == ("completed", "failure", "written twice")
    assert (second.status, len(second.annotations)) == ("completed", 60)


def test_the_run_of_someone_else_is_not_adopted(github: GitHub) -> None:
    """Only the external id counts: a check run of the same name by another attempt stays as it is."""
    put_check_run(client(github), _run(github, 1, key="earlier"))
    github.plan(faults.lost())
    put_check_run(client(github), _run(github, 2, key="later"))
    first, second = github.repository.check_runs.values()
    assert (first.external_id, len(first.annotations)) == ("earlier", 1)
    assert (second.external_id, len(second.annotations)) == ("later", 2)


def _raising(number: int, error: BaseException, *, after: bool) -> Hook:
    """Raises at the write `number`, before or after it was carried out; once."""
    writes = itertools.count()

    def hook(method: str, _path: str, send: Send) -> Answer:
        if method == "GET" or next(writes) != number:
            return send()
        if after:
            send()
        raise error

    return hook


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("number", "sent"), [(0, 0), (1, 50), (2, 100)])
def test_a_signal_leaves_nothing_in_progress(github: GitHub, number: int, sent: int, after: bool) -> None:
    """At whichever request it comes: the check run is cancelled and says so, or whole, or was never made."""
    run = _run(github, 120)
    with pytest.raises(InterruptedRun):
        put_check_run(client(github, _raising(number, InterruptedRun(15), after=after)), run)
    if number == 0 and not after:
        assert github.repository.check_runs == {}
        return
    if number == 2 and after:
        assert _is_whole(github, run)
        return
    shown = _only(github)
    assert (shown.status, shown.conclusion) == ("completed", "cancelled")
    count = sent + 50 * after
    assert shown.summary.startswith("**This report is not whole")
    assert f"with {count} of 120" in shown.summary
    assert len(shown.annotations) == count


def test_a_github_that_was_given_up_gets_a_last_word(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time limit there is one more try to complete what was begun; a failure stays a failure."""
    run, patient, hurried = _run(github, 120), Patient(), list[float]()

    def hook(method: str, _path: str, send: Send) -> Answer:
        return Answer(502) if method == "PATCH" and not hurried else send()

    api = client(github, hook, patient)
    hurry = api.hurry
    monkeypatch.setattr(api, "hurry", lambda seconds: (hurried.append(seconds), hurry(seconds)))
    with pytest.raises(AwayError):
        put_check_run(api, run)
    shown = _only(github)
    assert (shown.status, shown.conclusion, len(shown.annotations)) == ("completed", "failure", 50)
    assert "with 50 of 120" in shown.summary
    assert patient.waited <= 95


@pytest.mark.parametrize("count", [0, 3, 120])
def test_the_same_written_again_is_no_second_one(github: GitHub, count: int) -> None:
    """A report that is published once more finds its check run; what it says is brought up to date."""
    put_check_run(client(github), _run(github, count))
    again = replace(_run(github, count), summary="once more")
    put_check_run(client(github), again)
    assert _is_whole(github, again)


def test_a_refused_batch_is_told(github: GitHub) -> None:
    """What GitHub refuses in the middle is an error, and the check run is complete all the same."""
    run = _run(github, 120)
    github.plan(faults.fine(), faults.fine(), faults.status(422, "no"))
    with pytest.raises(GitHubError, match="no"):
        put_check_run(client(github), run)
    assert (_only(github).status, _only(github).conclusion) == ("completed", "failure")


def test_a_token_that_may_not_is_told_what_it_needs(github: GitHub) -> None:
    """One look, one refused request, and the permission by name."""
    github.restrict(contents="read")
    with pytest.raises(DeniedError) as caught:
        put_check_run(client(github), _run(github, 60))
    assert caught.value.needs == "checks: write"
    assert len(github.writes) == 1


@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.sampled_from(sorted(faults.TRANSIENT)), max_size=6), count=st.sampled_from([2, 50, 120]))
def test_no_sequence_of_faults_doubles_or_halves_it(names: list[str], count: int) -> None:
    """For any six faults in a row: the check run whole and once, or an error in time.

    It stays in progress only where GitHub was given up for good.
    """
    patient = Patient()
    with GitHub() as github:
        run = _run(github, count)
        github.plan(*(faults.TRANSIENT[name]() for name in names))
        error: GitHubError | None = None
        try:
            put_check_run(client(github, patient=patient), run)
        except GitHubError as raised:
            error = raised
        shown = list(github.repository.check_runs.values())
        assert len(shown) <= 1
        assert error or _is_whole(github, run)
        assert isinstance(error, AwayError) or all(run.status == "completed" for run in shown)
        assert patient.waited <= 95
