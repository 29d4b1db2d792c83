"""Probes of addresses, against real servers on the loopback."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from go_release_gate.adapters.health.http import HttpProber, fits
from go_release_gate.adapters.health.reading import Reading, Subject
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.config.releases import HttpProbe
from go_release_gate.errors import UsageError
from support.telling import Telling, Told, telling

COMMIT = hashlib.sha256(b"commit").hexdigest()[:40]
DIGEST = f"sha256:{hashlib.sha256(b'image').hexdigest()}"
SUBJECT = Subject("api", "production", DIGEST, "v1.4.2", COMMIT)


def look(url: str, subject: Subject = SUBJECT, **settings: object) -> Reading:
    """One look at an address."""
    return HttpProber(HttpWire(), HttpProbe(url, **settings), patience=5.0).look(subject)  # type: ignore[arg-type]


def read(answer: Told, subject: Subject = SUBJECT, **settings: object) -> Reading:
    """One look at a server that gives this answer."""
    with telling(lambda _heard: answer) as server:
        return look(f"{server.url}/healthz?token=t", subject, **settings)


def test_the_wanted_status_passes_and_another_fails() -> None:
    """A status is well or not; the reading names host and path, never the query."""
    assert read(Told(b"ok")).health == "pass"
    failed = read(Told(b"", 503))
    assert (failed.health, failed.words) == ("fail", "status 503, expected 200")
    assert failed.name.endswith("/healthz")
    assert "token" not in failed.name


def test_the_answer_must_hold_the_text() -> None:
    """`contains` is looked for in the body."""
    assert read(Told(b"status: ready"), contains="ready").health == "pass"
    assert read(Told(b"starting"), contains="ready").health == "fail"


@pytest.mark.parametrize("said", ["v1.4.2", "1.4.2", COMMIT, COMMIT[:7], DIGEST])
def test_a_version_that_fits_passes(said: str) -> None:
    """Version with and without v, the commit or its beginning, and the digest name the subject."""
    assert read(Told({"version": said}), version_key="version").health == "pass"
    assert read(Told({"build": {"rev": said}}), version_key="build.rev").health == "pass"


@pytest.mark.parametrize("said", ["1.4.1", "1.4", "", COMMIT[:6], "sha256:" + "a" * 64])
@pytest.mark.parametrize("status", [200, 503])
def test_another_version_is_something_else(said: str, status: int) -> None:
    """An old instance tells nothing about the new one, whether it is well or not."""
    reading = read(Told({"version": said}, status), version_key="version")
    assert (reading.health, reading.is_other) == ("inconclusive", True)
    assert f"it hit something else: {said[:80]}, expected " in reading.words


def test_an_answer_without_version_proves_nothing() -> None:
    """200 without the key is inconclusive; 503 without it is a failure all the same."""
    assert read(Told(b"<html>"), version_key="version").health == "inconclusive"
    assert read(Told(b"<html>", 503), version_key="version").health == "fail"


def test_a_version_fits_nothing_when_none_is_known() -> None:
    """An empty version or commit in the ledger fits no answer."""
    assert not fits("", replace(SUBJECT, version="", commit=""))
    assert not fits("1.4.2", replace(SUBJECT, version=""))


def test_nobody_there_is_a_failure() -> None:
    """A refused connection is what a crashing service looks like."""
    with telling(lambda _heard: Told()) as server:
        url = server.url
    assert look(url).health == "fail"


def test_what_our_side_prevents_is_inconclusive() -> None:
    """A name that is not found, or an answer that is too large, says nothing about the service."""
    assert look("http://no-such-name.invalid/").health == "inconclusive"
    assert read(Told(b"x" * ((1 << 20) + 1))).health == "inconclusive"


def test_redirects_are_followed_to_where_they_may_lead() -> None:
    """Three at most, and never to an address of the machine's own link."""

    def answers(server_path: str) -> Told:
        if server_path == "/inner":
            return Told(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
        if server_path == "/round":
            return Told(status=302, headers={"Location": "/round"})
        return Told(status=302, headers={"Location": "/there"}) if server_path == "/here" else Told(b"ok")

    with telling(lambda heard: answers(heard.path)) as server:
        assert look(f"{server.url}/here").health == "pass"
        assert look(f"{server.url}/here", status=302).health == "pass"
        assert (
            "inner network" in look(f"{server.url}/inner").words or "without https" in look(f"{server.url}/inner").words
        )
        assert look(f"{server.url}/round").words == "more than 3 redirects"
        assert len([one for one in server.heard if one.path == "/round"]) == 4


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "https://u:p@example.com/",
        "/x",
        "http://a b/",
    ],
)
def test_addresses_that_are_not_asked(url: str) -> None:
    """Other schemes, the machine's own link, and logins in addresses are mistakes of the configuration."""
    with pytest.raises(UsageError, match=r"health\.http") as caught:
        look(url)
    assert "u:p" not in str(caught.value)


def test_the_subject_is_filled_in() -> None:
    """The four names in braces stand for the subject."""
    server: Telling
    with telling(lambda _heard: Told()) as server:
        look(f"{server.url}/{{environment}}/{{service}}/{{version}}")
    assert server.heard[0].path == "/production/api/v1.4.2"
    with pytest.raises(UsageError, match="unexpected characters"):
        look("http://127.0.0.1/{version}", replace(SUBJECT, version="1 2"))
