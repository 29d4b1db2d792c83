"""Signed requests: what their signers wrote, once, in their place, for minutes; everything else is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.config.releases import RequestKey
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Actor, Entry
from go_release_gate.release.requests import (
    EVENTS,
    NAMESPACE,
    SIZE_LIMIT,
    Keys,
    Request,
    Wanted,
    dispatch_of,
    make_request,
    payload_of,
    read_request,
    refuse_reordered,
)

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SECRET = "correct horse battery"
RANDOM = "0123456789abcdef" * 2
KEYS = Keys((RequestKey("oncall", "ONCALL"), RequestKey("other", "OTHER")), {"ONCALL": SECRET, "OTHER": "x" * 20})
WANTED = Wanted("acme/shop", "api", "production", reason="checkout fails")


def envelope(**given: Any) -> dict[str, str]:
    """A valid one."""
    return make_request(replace(WANTED, **given), "oncall", now=NOW, random=RANDOM, secret=SECRET)


def read(payload: Any, keys: Keys = KEYS, repository: str = "acme/shop", now: datetime = NOW) -> Request:
    """What a receiver makes of it."""
    return read_request(payload, keys, repository, now)


def signed(values: Mapping[str, Any] | str) -> dict[str, str]:
    """An envelope with any body, rightly signed: what a signer with a program of his own might send."""
    body = values if isinstance(values, str) else json.dumps(values, sort_keys=True, separators=(",", ":"))
    mac = hmac.new(SECRET.encode(), body.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return {"body": body, "signature": mac, "key": "oncall"}


def changed(**values: Any) -> dict[str, str]:
    """A rightly signed body with other values."""
    return signed({**json.loads(envelope()["body"]), **values})


def test_a_request_comes_through_as_it_was_written() -> None:
    """From sender through an event to receiver, in either form of the payload."""
    event = {"action": EVENTS["rollback"], "client_payload": dispatch_of(envelope())["client_payload"]}
    request = read(payload_of(json.dumps(event).encode()))
    assert request == read(json.dumps(envelope()).encode())
    assert (request.service, request.environment, request.action, request.to) == (
        "api", "production", "rollback", "last-good"
    )  # fmt: skip
    assert (request.reason, request.issued, request.key) == ("checkout fails", NOW, "oncall")
    assert request.nonce == f"20261121T100000Z-{RANDOM}"
    assert len(dispatch_of(envelope())["client_payload"]) <= 10


@pytest.mark.parametrize("to", ["-2", "1.4.2", "v1.4.2+build", "sha256:" + "a" * 64])
def test_a_rollback_names_where_to(to: str) -> None:
    """Everything that `--to` takes."""
    assert read(envelope(to=to)).to == to


def test_a_hold_names_nothing() -> None:
    """A hold has no target."""
    assert read(envelope(action="hold")).to == ""


@given(st.data())
def test_every_mutation_is_refused(data: st.DataObject) -> None:
    """Whatever one character of body, signature or key becomes, or wherever one is put in or taken out."""
    whole = envelope()
    part = data.draw(st.sampled_from(sorted(whole)))
    text = whole[part]
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.text(max_size=2))
    end = data.draw(st.integers(at, at + 1))
    mutated = text[:at] + put + text[end:]
    if mutated == text:
        return
    with pytest.raises(RefusedError):
        read({**whole, part: mutated})


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.integers() | st.none(), max_size=4))
def test_anything_else_is_no_envelope(payload: dict[str, Any]) -> None:
    """An object without the three texts is refused, and never an error of another kind."""
    for given_ in (payload, {**envelope(), **payload} if payload else {}):
        with pytest.raises(RefusedError):
            read(given_)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"\xff", b'{"body":"a","body":"b","signature":"","key":""}', b"[" * 40_000, b" " * SIZE_LIMIT],
)
def test_bytes_that_are_no_envelope(payload: bytes) -> None:
    """No JSON, no object, a key twice, too deep, too large."""
    with pytest.raises(RefusedError):
        read(payload)


def test_unsigned_is_refused() -> None:
    """A writer of the repository is nobody without a key."""
    for signature in ("", "0" * 64):
        with pytest.raises(RefusedError, match="its signature does not hold"):
            read({**envelope(), "signature": signature})
    with pytest.raises(RefusedError, match="must hold body, signature and key"):
        read({"body": envelope()["body"]})


def test_another_known_key_does_not_do() -> None:
    """The key that is named must be the one that signed; an unknown one is refused before anything is read."""
    with pytest.raises(RefusedError, match="does not hold"):
        read({**envelope(), "key": "other"})
    with pytest.raises(RefusedError, match=r"not among `ledger\.request-keys`"):
        read({**envelope(), "key": "none\n::error::"})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"extra": 1}, "unknown or missing: extra"),
        ({"v": 2}, "version is not 1"),
        ({"v": True}, "version is not 1"),
        ({"v": 1.0}, "version is not 1"),
        ({"action": "promote"}, "action in its body"),
        ({"action": "hold"}, "to in its body"),
        ({"to": ""}, "to in its body"),
        ({"to": "--accept-drift"}, "to in its body"),
        ({"to": "../../etc"}, "to in its body"),
        ({"to": "$(id)"}, "to in its body"),
        ({"service": "API"}, "service in its body"),
        ({"environment": ["production"]}, "environment in its body"),
        ({"reason": "two\nlines"}, "reason in its body"),
        ({"reason": "x" * 501}, "reason in its body"),
        ({"nonce": RANDOM}, "nonce in its body"),
        ({"nonce": f"20261121T100001Z-{RANDOM}"}, "nonce in its body"),
        ({"issued": "yesterday"}, "issued in its body"),
        ({"expires": "2026-13-41T10:00:00Z"}, "its times are none"),
        ({"repository": "acme/other"}, "it is for acme/other, this is acme/shop"),
    ],
)
def test_a_signer_too_is_held_to_the_schema(values: dict[str, Any], words: str) -> None:
    """Unknown keys, values of another kind, and other places are refused although the signature holds."""
    with pytest.raises(RefusedError, match=words):
        read(changed(**values))


def test_only_the_canonical_form_counts() -> None:
    """A key twice, spaces, another order: two readers might see two requests."""
    body = envelope()["body"]
    for other in (
        body + "\n",
        body.replace(",", ", "),
        f'{{"v":1,{body[1:]}',
        body.replace("checkout", "\\u0063heckout"),
    ):
        with pytest.raises(RefusedError):
            read(signed(other))


def test_it_counts_for_minutes() -> None:
    """Clocks may be five minutes apart; it ends when it says, and may not say more than a quarter of an hour."""
    minutes = timedelta(minutes=1)
    for at in (NOW - 5 * minutes, NOW + 4 * minutes):
        assert read(envelope(), now=at)
    for at in (NOW - 6 * minutes, NOW + 5 * minutes, NOW + 6 * minutes):
        with pytest.raises(RefusedError):
            read(envelope(), now=at)
    with pytest.raises(RefusedError, match="within 15 minutes"):
        read(changed(expires="2026-11-21T10:15:01Z"))
    with pytest.raises(RefusedError, match="within 15 minutes"):
        read(changed(expires="2026-11-21T09:59:00Z"))


def test_a_key_asks_for_what_it_may() -> None:
    """Actions, environments and services of a key are the configuration's."""
    for rights in ({"actions": ("hold",)}, {"environments": ("staging",)}, {"services": ("web",)}):
        key = replace(KEYS.known[0], **rights)  # type: ignore[arg-type]
        with pytest.raises(RefusedError, match="oncall may not ask"):
            read(envelope(), Keys((key,), KEYS.environ))


def test_a_key_that_is_not_given_cannot_be_looked_at() -> None:
    """Not being able to verify is no forgery; a short or double key is a mistake of the configuration."""
    with pytest.raises(UnavailableError, match="ONCALL is not set"):
        read(envelope(), Keys(KEYS.known))
    with pytest.raises(UsageError, match="at least 16"):
        read(envelope(), Keys(KEYS.known, {"ONCALL": "short"}))
    with pytest.raises(UsageError, match="one of `secret` and `public`"):
        read(envelope(), Keys((RequestKey("oncall"),)))


def entry(nonce: str, environment: str = "production") -> Entry:
    """An intent that a request led to."""
    return Entry(4, "", "rollback", "api", environment, NOW, Actor("oncall"), after="x", phase="intent", nonce=nonce)


def test_the_ledger_refuses_replay_and_reordering() -> None:
    """The same nonce, and a request older than one that was carried out in the same place."""
    request = read(envelope())
    later, other = f"20261121T100001Z-{RANDOM}", f"20261121T100000Z-{'f' * 32}"
    for entries in ([], [entry("")], [entry("legacy")], [entry(later, "staging")], [entry(other)]):
        refuse_reordered(request, entries)
    with pytest.raises(RefusedError, match="carried out before, in entry 4"):
        refuse_reordered(request, [entry(request.nonce, "staging")])
    with pytest.raises(RefusedError, match="issued after it"):
        refuse_reordered(request, [entry(later)])


def test_a_sender_is_told_before_it_sends() -> None:
    """Values that no receiver takes, two keys or none, and a longer life than there is."""
    with pytest.raises(UsageError, match="to: no receiver"):
        envelope(to="a b")
    with pytest.raises(UsageError, match="one key"):
        make_request(WANTED, "oncall", now=NOW, random=RANDOM)
    with pytest.raises(UsageError, match="nonce"):
        make_request(WANTED, "oncall", now=NOW, random="abc", secret=SECRET)
    with pytest.raises(UsageError, match="at most 15 minutes"):
        make_request(WANTED, "oncall", now=NOW, random=RANDOM, secret=SECRET, lifetime=timedelta(hours=1))


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no ssh-keygen on this machine")
def test_a_request_signed_by_openssh(tmp_path: Path) -> None:
    """`ssh-keygen -Y sign` and ours are the same; another key, namespace or body is refused."""
    for name in ("one", "two"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / name)]
        subprocess.run(words, check=True)
    keys = Keys((RequestKey("oncall", public=(tmp_path / "one.pub").read_text("utf-8")),))
    made = make_request(WANTED, "oncall", now=NOW, random=RANDOM, private=(tmp_path / "one").read_bytes())
    assert read(made, keys).service == "api"

    def by_hand(namespace: str, key: str) -> dict[str, str]:
        words = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(tmp_path / key)]
        done = subprocess.run(words, input=made["body"].encode(), capture_output=True, check=True)
        return {**made, "signature": done.stdout.decode()}

    assert read(by_hand(NAMESPACE, "one"), keys) == read(made, keys)
    for forged in (by_hand("go-release-gate-ledger", "one"), by_hand(NAMESPACE, "two"), {**made, "signature": "x"}):
        with pytest.raises(RefusedError, match="its signature"):
            read(forged, keys)
    with pytest.raises(RefusedError, match="does not hold"):
        read({**made, "body": made["body"].replace("api", "web")}, keys)
    with pytest.raises(RefusedError, match="does not hold"):
        read(envelope(), keys)
