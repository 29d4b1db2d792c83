"""Every way in which GitHub or the network is known to fail has one meaning."""

from __future__ import annotations

import pytest

from go_release_gate.adapters.github.answers import MAY_SAY, UNTOLD_WAIT, Answer, Meaning, meaning, next_page, told_wait

NOW = 1_000_000.0
SECONDARY = '{"message": "You have exceeded a secondary rate limit. Please wait."}'
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 1800)}

FAULTS = {
    "object": (Answer(200, body='{"id": 1}'), Meaning.DONE, None),
    "list": (Answer(200, body="[]"), Meaning.DONE, None),
    "created": (Answer(201, body='{"id": 1}'), Meaning.DONE, None),
    "accepted": (Answer(202, body='{"id": "x"}'), Meaning.DONE, None),
    "no content": (Answer(204), Meaning.DONE, None),
    "accepted without a word": (Answer(202), Meaning.UNSURE, None),
    "empty": (Answer(200), Meaning.UNSURE, None),
    "blank": (Answer(201, body=" \n"), Meaning.UNSURE, None),
    "HTML": (Answer(200, body="<html>Unicorn!</html>"), Meaning.UNSURE, None),
    "truncated": (Answer(201, body='{"id": 1, "ht'), Meaning.UNSURE, None),
    "bottomless": (Answer(200, body="[" * 100_000), Meaning.UNSURE, None),
    "429 with time": (Answer(429, {"retry-after": "4"}), Meaning.NOT_DONE, 4.0),
    "429 without time": (Answer(429), Meaning.NOT_DONE, UNTOLD_WAIT),
    "429 primary": (Answer(429, SPENT), Meaning.NOT_DONE, 1801.0),
    "403 secondary by words": (Answer(403, body=SECONDARY), Meaning.NOT_DONE, UNTOLD_WAIT),
    "403 secondary by header": (Answer(403, {"retry-after": "30"}, '{"message": "no"}'), Meaning.NOT_DONE, 30.0),
    "403 blank header": (Answer(403, {"retry-after": ""}), Meaning.NOT_DONE, UNTOLD_WAIT),
    "403 abuse": (
        Answer(403, body='{"message": "You have triggered an abuse detection mechanism"}'),
        Meaning.NOT_DONE,
        UNTOLD_WAIT,
    ),
    "403 primary": (Answer(403, SPENT, '{"message": "API rate limit exceeded"}'), Meaning.NOT_DONE, 1801.0),
    "403 primary, reset gone by": (
        Answer(403, SPENT | {"x-ratelimit-reset": "12"}),
        Meaning.NOT_DONE,
        1.0,
    ),
    "403 primary, reset unreadable": (
        Answer(403, SPENT | {"x-ratelimit-reset": "soon"}),
        Meaning.NOT_DONE,
        UNTOLD_WAIT,
    ),
    "403 not permitted": (
        Answer(403, {"x-ratelimit-remaining": "99"}, '{"message": "Resource not accessible by integration"}'),
        Meaning.DENIED,
        None,
    ),
    "401": (Answer(401, body='{"message": "Bad credentials"}'), Meaning.DENIED, None),
    "404": (Answer(404, body='{"message": "Not Found"}'), Meaning.MISSING, None),
    "408": (Answer(408), Meaning.UNSURE, None),
    "409": (Answer(409), Meaning.REJECTED, None),
    "422": (Answer(422, body='{"message": "Validation Failed"}'), Meaning.REJECTED, None),
    "301": (Answer(301), Meaning.REJECTED, None),
    "500": (Answer(500), Meaning.UNSURE, None),
    "502 HTML": (Answer(502, body="<html>"), Meaning.UNSURE, None),
    "503 with time": (Answer(503, {"retry-after": "7"}), Meaning.UNSURE, 7.0),
    "504": (Answer(504), Meaning.UNSURE, None),
    "lost": (Answer(0, trouble="reset"), Meaning.UNSURE, None),
    "nobody there": (Answer(0, is_sent=False), Meaning.NOT_DONE, None),
    "not whom we trust": (Answer(0, is_sent=False, is_final=True), Meaning.HOPELESS, None),
}


@pytest.mark.parametrize(("answer", "means", "wait"), FAULTS.values(), ids=FAULTS)
def test_what_an_answer_means(answer: Answer, means: Meaning, wait: float | None) -> None:
    """Status, headers and body decide together whether to ask again, and after how long."""
    assert (meaning(answer), told_wait(answer, NOW)) == (means, wait)


@pytest.mark.parametrize("text", ["-5", "nan", "inf", "1e300", "Wed, 21 Oct 2026 07:28:00 GMT", "five"])
def test_a_wait_that_is_no_number_is_left_to_us(text: str) -> None:
    """What cannot be slept is not slept: GitHub gives whole seconds, anything else is as if it said nothing."""
    assert told_wait(Answer(503, {"retry-after": text}), NOW) is None


def test_what_github_said_is_one_short_line() -> None:
    """Message and details are kept, cut, and on one line; without them the status, or our own words."""
    long = Answer(
        422, body='{"message": "Validation\\n::error::Failed %s", "errors": [{"field": "line"}]}' % ("x" * 999)
    )

    assert long.said.startswith("HTTP 422: Validation ::error::Failed xxx")
    assert long.said.endswith('x: [{"field": "line"}]')
    assert len(long.said) <= 2 * MAY_SAY + 20
    assert Answer(502, body="<html>").said == "HTTP 502"
    assert Answer(400, body='{"message": 7}').said == "HTTP 400"
    assert Answer(0, trouble="no connection in time").said == "no connection in time"


def test_the_next_page_is_announced() -> None:
    """The header Link says whether there is more; without it nothing is known."""
    last = '<https://api.github.com/x?page=1>; rel="prev"'

    assert next_page(Answer(200, {"link": last + ', <https://api.github.com/x?page=3>; rel="next"'})) is True
    assert next_page(Answer(200, {"link": last})) is False
    assert next_page(Answer(200)) is None
