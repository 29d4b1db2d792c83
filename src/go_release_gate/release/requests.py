"""Signed requests: a rollback or a hold that somebody asks for by `repository_dispatch`.

What is sent is one envelope: `{"body": "…", "signature": "…", "key": "…"}`. `body` is a text, the canonical JSON of the
request; what is signed are its very bytes. Whoever may write to the repository may send an event, so an envelope counts
by its signature alone, once, in its place, and only for minutes.

A payload has at most ten properties and less than 64 KB: https://docs.github.com/rest/repos/repos#create-a-repository-
dispatch-event
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NoReturn

from go_release_gate.adapters.ledger import sshsig
from go_release_gate.config.releases import RequestKey
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.candidates import LAST_GOOD
from go_release_gate.ledger.codec import timestamp
from go_release_gate.ledger.entry import Entry
from go_release_gate.report.neutral import log_text

VERSION = 1
EVENTS: Mapping[str, str] = {"rollback": "release-gate-rollback", "hold": "release-gate-hold"}
NAMESPACE = "go-release-gate-request"
SIZE_LIMIT = 64 << 10  # bytes of a payload
SKEW = timedelta(minutes=5)  # how far clocks may be apart
LIFETIME = timedelta(minutes=15)  # longest, from issue to expiry
_SECRET_LEAST = 16  # characters of a shared key

_NAME = r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?"
_SHAPES = {
    "repository": r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}",
    "service": _NAME,
    "environment": _NAME,
    "action": r"rollback|hold",
    "to": r"(?:-[1-9][0-9]{0,3}|[A-Za-z0-9][A-Za-z0-9._+:-]{0,127})?",
    "reason": r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{0,500}",
    "nonce": r"\d{8}T\d{6}Z-[0-9a-f]{32}",
    "issued": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "expires": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
}
_NONCE = re.compile(_SHAPES["nonce"])
Action = Literal["rollback", "hold"]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for, proven and in time.

    Attributes:
        to: as `--to` has it (rollback); empty for a hold.
        nonce: begins with the time of issue, so that the ledger, which keeps nonces, knows the order of requests.
        key: id of the key that signed it: the actor of its entries.
    """

    repository: str
    service: str
    environment: str
    action: Action
    to: str
    reason: str
    nonce: str
    issued: datetime
    expires: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that count: those of the configuration, and the variables that hold the shared ones."""

    known: Sequence[RequestKey]
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sender asks for."""

    repository: str
    service: str
    environment: str
    action: Action = "rollback"
    to: str = LAST_GOOD
    reason: str = ""


def payload_of(event: bytes) -> Any:
    """The envelope in a `repository_dispatch` event, as a runner keeps it in a file. Raises RefusedError."""
    try:
        document = json.loads(event)
    except (ValueError, RecursionError):
        document = None
    found = document.get("client_payload") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else _refuse("the event holds no request")


def is_event(data: bytes) -> bool:
    """Whether this is an event, or what was sent to cause one, and no bare envelope."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "client_payload" in document


def read_request(payload: bytes | Mapping[str, Any], keys: Keys, repository: str, now: datetime) -> Request:
    """The request in an envelope.

    Args:
        payload: the envelope, as bytes of JSON or as its values. repository: `OWNER/NAME` that it must be for.

    Raises:
        RefusedError: it is not exactly what its signer wrote, not for this repository, not in time, or not allowed.
            UnavailableError: its key cannot be looked at here.
    """
    body, signature, name = _envelope(payload)
    key = next((one for one in keys.known if one.id == name), None)
    if key is None:
        _refuse(f"its key {log_text(name, 80)} is not among `ledger.request-keys`")
    data = body.encode("utf-8", "surrogatepass")
    _demand_signature(data, signature, key, keys.environ)
    request = _request(data, name)
    _demand_place(request, key, repository)
    _demand_time(request, now)
    return request


def refuse_reordered(request: Request, entries: Iterable[Entry]) -> None:
    """Raise RefusedError where the ledger has carried out this request, or one that was issued later, in its place."""
    for entry in entries:
        if entry.nonce == request.nonce:
            _refuse(f"it was carried out before, in entry {entry.seq}")
        place = (entry.service, entry.environment)
        if place != (request.service, request.environment) or not _NONCE.fullmatch(entry.nonce):
            continue
        if entry.nonce[:16] > request.nonce[:16]:
            _refuse(f"entry {entry.seq} carried out a request that was issued after it")


def refuse_outdated(nonce: str, now: datetime) -> None:
    """Raise RefusedError where this is no nonce of a request that still counts.

    A plan keeps the nonce of the request that it was made for, in a file that anybody may have edited: a nonce of a
    time to come would shut out the requests of that time.
    """
    try:
        issued = datetime.strptime(nonce[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        issued = datetime.min.replace(tzinfo=UTC)
    if not _NONCE.fullmatch(nonce) or not -SKEW <= now - issued <= LIFETIME:
        _refuse("the plan was made for one that does not count any more")


def make_request(
    wanted: Wanted, key: str, *, now: datetime, random: str, lifetime: timedelta = LIFETIME / 3, secret: str = "",
    private: bytes = b"", password: bytes | None = None,
) -> dict[str, str]:  # fmt: skip
    """The envelope for what is wanted, signed by a shared key or a private key of OpenSSH; the `client_payload`.

    Args:
        key: id of the key. random: 32 hexadecimal digits that nobody can guess (`secrets.token_hex(16)`).

    Raises:
        UsageError: values that no receiver would accept, or no usable key.
    """
    issued = timestamp(now)
    values: dict[str, Any] = {
        "v": VERSION,
        "repository": wanted.repository,
        "service": wanted.service,
        "environment": wanted.environment,
        "action": wanted.action,
        "to": wanted.to if wanted.action == "rollback" else "",
        "reason": wanted.reason,
        "nonce": f"{re.sub('[-:]', '', issued)}-{random}",
        "issued": issued,
        "expires": timestamp(now + lifetime),
    }
    if wrong := _misshapen(values):
        raise UsageError(f"{wrong}: no receiver would accept this value")
    if not timedelta(0) < lifetime <= LIFETIME:
        raise UsageError(f"a request holds for at most {LIFETIME.seconds // 60} minutes")
    data = _canonical(values)
    if bool(secret) == bool(private):
        raise UsageError("a request is signed by one key: a shared one or a private one")
    if secret:
        return {"body": data.decode(), "signature": _mac(_long_enough(secret), data), "key": key}
    try:
        return {"body": data.decode(), "signature": sshsig.sign(private, data, password, NAMESPACE), "key": key}
    except sshsig.SignatureError as error:
        raise UsageError(f"the request cannot be signed: {error}") from None


def dispatch_of(envelope: Mapping[str, str], action: Action = "rollback") -> dict[str, Any]:
    """The body of `POST /repos/OWNER/NAME/dispatches`; the event's type tells a workflow what it is about."""
    return {"event_type": EVENTS[action], "client_payload": dict(envelope)}


def _envelope(payload: bytes | Mapping[str, Any]) -> tuple[str, str, str]:
    if isinstance(payload, bytes):
        payload = _loaded(payload, "the envelope")
    if len(json.dumps(payload).encode()) >= SIZE_LIMIT:
        _refuse("its envelope is larger than 64 KB")
    if set(payload) != {"body", "signature", "key"}:
        _refuse("its envelope must hold body, signature and key, and nothing else")
    body, signature, key = payload["body"], payload["signature"], payload["key"]
    if not (isinstance(body, str) and isinstance(signature, str) and isinstance(key, str)):
        _refuse("body, signature and key of its envelope must be texts")
    return body, signature, key


def _demand_signature(data: bytes, signature: str, key: RequestKey, environ: Mapping[str, str]) -> None:
    """The kind of signature is the configuration's word, never the envelope's."""
    if bool(key.secret) == bool(key.public):
        raise UsageError(f"ledger.request-keys {key.id}: one of `secret` and `public` has to be given")
    if key.secret:
        secret = environ.get(key.secret, "")
        if not secret:
            raise UnavailableError(f"the variable {key.secret} is not set, so no request of {key.id} can be verified")
        given = signature.encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(_mac(_long_enough(secret), data).encode(), given):
            _refuse("its signature does not hold")
        return
    try:
        wanted = sshsig.fingerprint(sshsig.key_bytes(key.public))
    except sshsig.SignatureError as error:
        raise UsageError(f"ledger.request-keys {key.id}: {error}") from None
    try:
        found = sshsig.verify(signature, data, NAMESPACE)
    except sshsig.SignatureError as error:
        _refuse(f"its signature does not hold: {error}")
    if found.fingerprint != wanted:
        _refuse(f"its signature is not one of {key.id}")


def _request(data: bytes, key: str) -> Request:
    values = _loaded(data, "its body")
    if set(values) != {"v", *_SHAPES}:
        odd = sorted(set(values) ^ {"v", *_SHAPES})
        _refuse(f"its body has keys that are unknown or missing: {log_text(', '.join(odd), 200)}")
    if type(values["v"]) is not int or values["v"] != VERSION:
        _refuse(f"its version is not {VERSION}")
    if wrong := _misshapen(values):
        _refuse(f"{wrong} in its body has no value of its kind")
    if _canonical(values) != data:
        _refuse("its body is not in canonical form: keys sorted, no spaces")
    told = {name: values[name] for name in _SHAPES if name not in ("issued", "expires")}
    return Request(**told, issued=_moment(values["issued"]), expires=_moment(values["expires"]), key=key)


def _misshapen(values: Mapping[str, Any]) -> str:
    """The first key whose value is not of its kind; empty: none."""
    for name, shape in _SHAPES.items():
        value = values[name]
        if not isinstance(value, str) or not re.fullmatch(shape, value, re.ASCII if name != "reason" else 0):
            return name
    if (values["action"] == "rollback") != bool(values["to"]):
        return "to"
    return "" if values["nonce"][:16] == re.sub("[-:]", "", values["issued"]) else "nonce"


def _demand_place(request: Request, key: RequestKey, repository: str) -> None:
    if request.repository.lower() != repository.lower():
        _refuse(f"it is for {request.repository}, this is {repository}")
    if request.action not in key.actions:
        _refuse(f"{key.id} may not ask for a {request.action}")
    if key.environments and request.environment not in key.environments:
        _refuse(f"{key.id} may not ask about {request.environment}")
    if key.services and request.service not in key.services:
        _refuse(f"{key.id} may not ask about {request.service}")


def _demand_time(request: Request, now: datetime) -> None:
    if abs(now - request.issued) > SKEW:
        _refuse(f"it was issued at {timestamp(request.issued)}, more than five minutes from now")
    if not timedelta(0) < request.expires - request.issued <= LIFETIME:
        _refuse("it must expire within 15 minutes of its issue")
    if now >= request.expires:
        _refuse(f"it has expired at {timestamp(request.expires)}")


def _loaded(data: bytes, what: str) -> dict[str, Any]:
    """The object in the bytes; a key that is there twice makes it none."""
    if len(data) >= SIZE_LIMIT:
        _refuse(f"{what} is larger than 64 KB")
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else _refuse(f"{what} is no JSON object with each key once")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made


def _canonical(values: Mapping[str, Any]) -> bytes:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        _refuse("its times are none")


def _long_enough(secret: str) -> str:
    if len(secret) < _SECRET_LEAST:
        raise UsageError(f"a shared key has at least {_SECRET_LEAST} characters")
    return secret


def _mac(secret: str, data: bytes) -> str:
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


def _refuse(why: str) -> NoReturn:
    raise RefusedError(f"the request is refused: {why}", "nothing was changed")
