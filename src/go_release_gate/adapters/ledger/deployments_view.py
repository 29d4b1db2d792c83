"""A view of the ledger at GitHub: a deployment for every finished move, with a status that says how it ended.

It is written after the ledger and never believed. Its payload names the entry by number and digest, so that a ledger
that was cut short or written anew is noticed. A service is the deployment's task (`deploy:api`), since several services
share an environment; for the same reason GitHub is told not to make others inactive by itself.
https://docs.github.com/rest/deployments/deployments, https://docs.github.com/rest/deployments/statuses
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from go_release_gate.adapters.github.api import Api, Document, GitHubError
from go_release_gate.adapters.ledger.difference import Difference
from go_release_gate.ledger.canonical import decoded, digest_of
from go_release_gate.ledger.codec import InvalidEntryError
from go_release_gate.ledger.entry import MOVES, Entry
from go_release_gate.ledger.state import State
from go_release_gate.oci import digest as digests

NEEDS = "deployments: write"
MARK = "go-release-gate"
MOST = 1000  # deployments that are compared, the newest first
LOOKED_AT = 5  # earlier ones of a place that may still be shown as what runs
DESCRIPTION = 140  # characters; the page on statuses
STATES = {"done": "success", "failed": "failure", "abandoned": "error"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a deployment says of an entry: its number, its digest, and the image it is about. Nothing of it is sure."""

    seq: int
    entry: str
    service: str
    digest: str


def show(api: Api, ref: str, state: State, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Show the finished moves among entries that were written to the ledger at `ref`.

    Doing it twice is the same as once. Gives a notice for each that could not be shown; nothing is raised for it.
    """
    notices: list[str] = []
    for entry in entries:
        if entry.kind not in MOVES or entry.phase not in STATES:
            continue
        if not _commit_of(state, entry):
            notices.append(f"entry {entry.seq} is no deployment at GitHub: the release names neither commit nor tag")
            continue
        try:
            write(api, ref, state, entry)
        except GitHubError as error:
            hint = f"; {error.hint}" if error.hint else ""
            notices.append(f"entry {entry.seq} is in the ledger and no deployment at GitHub: {error.message}{hint}")
    return tuple(notices)


def write(api: Api, ref: str, state: State, entry: Entry) -> int:
    """Show one finished move; gives the deployment's id. Raises GitHubError."""
    place = {"environment": entry.environment, "task": f"deploy:{entry.service}"}
    known = _ours(api, ref, place)
    body = _body(ref, state, entry, place)
    wanted = digest_of(entry)

    def look() -> int | None:
        return next((identity for identity, shown in _ours(api, ref, place) if shown.entry == wanted), None)

    identity = next((number for number, shown in known if shown.entry == wanted), None)
    is_new = identity is None
    if identity is None:
        root = f"/repos/{api.repository}/deployments"
        identity = api.once(lambda: _number(api.write("POST", root, body, needs=NEEDS)), look)
    _set_status(api, identity, _status(state, entry), is_new=is_new)
    if entry.phase == "done":
        _retire(api, [number for number, shown in known if shown.seq < entry.seq])
    return identity


def read(api: Api, ref: str) -> tuple[Shown, ...]:
    """What deployments say of the ledger at `ref`, the newest first. Raises GitHubError."""
    return tuple(shown for _, shown in _ours(api, ref, {}, MOST))


def compare(view: Iterable[Shown], ledger: Sequence[bytes]) -> tuple[Difference, ...]:
    """Where deployments and the ledger's records disagree. Pure.

    Moves before the first one shown are not missed: the view may have been switched on behind them.
    """
    found: list[Difference] = []
    seen: set[int] = set()
    for shown in view:
        seen.add(shown.seq)
        number, end = shown.seq, len(ledger)
        if number > end:
            words = f"entry {number} is a deployment at GitHub, the ledger ends with entry {end}"
            found.append(Difference(number, words))
        elif digests.of(ledger[number - 1]) != shown.entry:
            found.append(Difference(number, f"entry {number} is another one in the deployment than in the ledger"))
    first = min(seen, default=len(ledger) + 1)
    missed = (number for number in range(first, len(ledger) + 1) if number not in seen)
    found += [
        Difference(number, f"entry {number} is no deployment at GitHub", is_gap=True)
        for number in missed
        if _is_finished_move(ledger[number - 1])
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.seq, one.what)))


def _ours(api: Api, ref: str, query: Mapping[str, str], most: int = 100) -> list[tuple[int, Shown]]:
    """Deployments that carry our mark and name this ledger, by id; the newest first."""
    pages = api.pages(f"/repos/{api.repository}/deployments", dict(query), most=most)
    found = [(_number(one), _shown(one.get("payload"), ref)) for one in pages]
    return [(number, shown) for number, shown in found if shown]


def _shown(payload: Any, ref: str) -> Shown | None:
    """What a payload says; None where it is not one of ours. Whoever may write deployments may have written it."""
    said = payload.get(MARK) if isinstance(payload, Mapping) else None
    if not isinstance(said, Mapping) or said.get("ledger") != ref:
        return None
    seq, entry = said.get("seq"), said.get("entry")
    if type(seq) is not int or not 0 < seq < 1 << 31 or not isinstance(entry, str) or not digests.is_valid(entry):
        return None
    service, digest = said.get("service"), said.get("digest")
    is_digest = isinstance(digest, str) and digests.is_valid(digest)
    return Shown(seq, entry, str(service) if isinstance(service, str) else "", str(digest) if is_digest else "")


def _body(ref: str, state: State, entry: Entry, place: Mapping[str, str]) -> dict[str, Any]:
    said = {"ledger": ref, "seq": entry.seq, "entry": digest_of(entry), "service": entry.service, "digest": entry.after}
    return {
        **place,
        "ref": _commit_of(state, entry),
        "payload": {MARK: said},
        "description": _words(state, entry),
        "auto_merge": False,
        "required_contexts": [],  # it has happened already: no check can keep it from being shown
        "transient_environment": False,
    }


def _commit_of(state: State, entry: Entry) -> str:
    release = state.release(entry.service, entry.after)
    return (release.source.commit or release.source.tag) if release else ""


def _words(state: State, entry: Entry) -> str:
    release = state.release(entry.service, entry.after)
    name = release.name if release else entry.after[:19]
    words = f"{entry.kind} of {entry.service} to {name}: {entry.phase}, entry {entry.seq} of the ledger"
    return "".join(character if character.isprintable() else "?" for character in words)[:DESCRIPTION]


def _status(state: State, entry: Entry) -> dict[str, Any]:
    body = {"state": STATES[entry.phase], "description": _words(state, entry), "auto_inactive": False}
    return {**body, "log_url": entry.actor.run} if entry.actor.run.startswith("https://") else body


def _set_status(api: Api, identity: int, body: Mapping[str, Any], *, is_new: bool) -> None:
    """Add a status, unless the deployment has it."""
    place = f"/repos/{api.repository}/deployments/{identity}/statuses"

    def look() -> bool | None:
        return body["state"] in {one.get("state") for one in api.pages(place, most=100)} or None

    if is_new or not look():
        api.once(lambda: bool(api.write("POST", place, body, needs=NEEDS)) or True, look)


def _retire(api: Api, earlier: Sequence[int]) -> None:
    """Say of what ran before that it does not any more: of the last deployment of the place that had succeeded."""
    for identity in earlier[:LOOKED_AT]:
        states = [one.get("state") for one in api.pages(f"/repos/{api.repository}/deployments/{identity}/statuses")]
        if states[:1] == ["success"]:
            _set_status(api, identity, {"state": "inactive", "auto_inactive": False}, is_new=True)
        if "success" in states:
            return


def _is_finished_move(data: bytes) -> bool:
    if b'"phase":' not in data:
        return False
    try:
        entry = decoded(data)
    except InvalidEntryError:
        return False
    return entry.kind in MOVES and entry.phase in STATES


def _number(document: Document) -> int:
    found = document.get("id")
    if not isinstance(found, int):
        raise GitHubError("GitHub's answer names no deployment")
    return found
