"""`release request`: the signed envelope that asks another machine for a rollback or a hold, as GitHub takes it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from go_release_gate.cli.release.asked import place_of, refuse_together
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.page import Page
from go_release_gate.cli.release.requesting import repository_of
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.environment import secret
from go_release_gate.errors import UsageError
from go_release_gate.ledger.candidates import LAST_GOOD

if TYPE_CHECKING:
    from go_release_gate.config.releases import RequestKey


def perform(desk: Desk) -> Outcome:
    """Make it and print it; nothing is asked and nothing written. What its receiver would refuse is refused here.

    Raises:
        UsageError: no such key, or nothing to sign with. RefusedError: the key may not ask for this.
    """
    from go_release_gate.release.requests import Keys, Wanted, dispatch_of, make_request, read_request

    refuse_together(desk, "hold", "to")
    service, environment = place_of(desk)
    key, now, repository = _key(desk), desk.now(), repository_of(desk)
    shared, private = _material(desk, key)
    wanted = Wanted(
        repository,
        service,
        environment,
        "hold" if desk.args.hold else "rollback",
        desk.args.to or LAST_GOOD,
        desk.args.reason or "",
    )
    password = secret(desk.environ, "signing-password").encode() or None
    random = secrets.token_hex(16)
    envelope = make_request(
        wanted, key.id, now=now, random=random, secret=shared, private=private, password=password
    )  # fmt: skip
    read_request(envelope, Keys([key], {key.secret: shared}), repository, now)
    text = json.dumps(dispatch_of(envelope, wanted.action), sort_keys=True).replace("#", "\\u0023")
    return Outcome("release-request", {}, Page(), raw=f"{text}\n")


def _key(desk: Desk) -> RequestKey:
    """The request key that `--key` names, or the only one."""
    known = {one.id: one for one in desk.settings.ledger.request_keys}
    name = desk.args.key
    if not known:
        raise UsageError(
            "the configuration names no request key, so nobody would carry out a request",
            "add `ledger: {request-keys: [{id: oncall, public: 'ssh-ed25519 ...'}]}`",
        )
    if not name and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        found = f"the configuration has no request key {name!r}" if name else "which key? --key is missing"
        raise UsageError(found, f"one of {', '.join(known)}")
    return known[name]


def _material(desk: Desk, key: RequestKey) -> tuple[str, bytes]:
    """The shared key, or the private one: the variable that the key names, else the input `signing-key`."""
    text = secret(desk.environ, "signing-key")
    if key.public:
        if not text:
            raise UsageError(
                f"the request key {key.id} is a public one, and there is no private one to sign with",
                'set GO_RELEASE_GATE_SIGNING_KEY="$(cat ~/.ssh/id_ed25519)"',
            )
        return "", (text if text.endswith("\n") else f"{text}\n").encode()
    found = desk.environ.get(key.secret, "") or _shared(text).get(key.id, "")
    if not found:
        raise UsageError(f"there is no key to sign with: {key.secret or key.id} is not set", f"set {key.secret}")
    return found, b""


def _shared(text: str) -> Mapping[str, str]:
    lines = [line.strip().partition(":") for line in text.splitlines()]
    return {name: word for name, mark, word in lines if mark}
