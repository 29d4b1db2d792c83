"""`--request`: a rollback or a hold that somebody asks for by a signed request, which says all that is to be done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import RefusedError, UsageError
from go_release_gate.ledger.entry import Actor

if TYPE_CHECKING:
    from go_release_gate.release.requests import Request

EVENT = "event"  # in place of a file: the event that started the workflow
FILE_LIMIT = 1 << 20  # bytes; an event holds more than the request


def requested(desk: Desk) -> Request | None:
    """The request of `--request`, None where there is none; from here on the arguments say what it says.

    Raises:
        UsageError: the file, or the repository's name, is missing. RefusedError: it does not count, or asks for more.
    """
    name = desk.args.request
    if not name:
        return None
    from go_release_gate.release.requests import Keys, is_event, payload_of, read_request

    repository = repository_of(desk)
    data = _read(desk.environ.get("GITHUB_EVENT_PATH", "") if name == EVENT else name)
    payload = payload_of(data) if name == EVENT or is_event(data) else data
    keys = Keys(desk.settings.ledger.request_keys, desk.environ)
    request = read_request(payload, keys, repository, desk.now())
    if request.action != desk.args.release_action:
        raise RefusedError(f"the request asks for a {request.action}, not for a {desk.args.release_action}")
    desk.args.service, desk.args.env, desk.args.reason = request.service, request.environment, request.reason
    if request.action == "rollback":
        desk.args.to = request.to or None
    desk.actor = Actor(request.key, desk.actor.run, desk.actor.attempt)
    return request


def repository_of(desk: Desk) -> str:
    """`OWNER/NAME` that requests are for. Raises UsageError."""
    if name := desk.repository:
        return name
    raise UsageError(
        f"a request is for one repository, and the remote {desk.settings.ledger.remote} does not tell which",
        "set GITHUB_REPOSITORY=acme/shop",
    )


def refuse_repeated(desk: Desk, request: Request) -> str:
    """The request's nonce, which the ledger has not seen. Raises RefusedError: it has, or a later request was first."""
    from go_release_gate.release.requests import refuse_reordered

    refuse_reordered(request, desk.book.chain(fresh=False).entries)
    return request.nonce


def _read(name: str) -> bytes:
    if not name:
        raise UsageError("no event started this run: GITHUB_EVENT_PATH is not set", "give `--request` a file")
    try:
        with Path(name).open("rb") as file:
            return file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"cannot read the request {name!r}: {error.strerror}") from error
