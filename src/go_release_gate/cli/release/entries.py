"""Entries as people and programs read them, and the outcome of what writes some."""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.cli.release.documents import Done, Written
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.page import Heading, Lines, Page, Part, Table
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.releases import Signer
from go_release_gate.ledger.entry import Entry, Image, Source
from go_release_gate.ledger.state import State

SHORT = 19  # characters of a digest: `sha256:` and twelve more


def written_of(entry: Entry, state: State, signers: Sequence[Signer]) -> Written:
    """An entry as a row; its version is that of the release it is about, its signer who was found to be one."""
    digest = digest_of(entry)
    release = state.release(entry.service, digest)
    version = (entry.source.version or entry.source.tag) if entry.source else ""
    return Written(
        entry.seq,
        entry.kind,
        entry.service,
        entry.environment,
        entry.time,
        entry.actor.name,
        entry.actor.run,
        version or (release.source.version or release.source.tag if release else ""),
        digest,
        entry.before,
        entry.phase,
        entry.health,
        entry.reason,
        entry.expires,
        signed_by(entry, signers),
    )


def signed_by(entry: Entry, signers: Sequence[Signer]) -> str:
    """Who signed an entry, as its verification found; empty: nobody, or no signer is configured."""
    if not entry.signature or not signers:
        return ""
    from go_release_gate.adapters.ledger.signing import principal_of

    return principal_of(signers, entry)


def digest_of(entry: Entry) -> str:
    """The digest that an entry is about; empty: none."""
    return entry.after or entry.digest or (entry.image.digest if entry.image else "")


def entry_table(rows: Sequence[Written]) -> Table:
    """Entries side by side."""
    head = ("entry", "time", "what", "service", "environment", "version", "digest", "by", "reason")
    return Table(head, tuple(_cells(row) for row in rows))


def _cells(row: Written) -> tuple[str, ...]:
    state = row.phase or row.health
    what = f"{row.kind} {state}" if state else row.kind
    time = row.time.strftime("%Y-%m-%d %H:%M")
    return (
        str(row.seq),
        time,
        what,
        row.service,
        row.environment,
        row.version,
        row.digest[:SHORT],
        row.actor,
        row.reason,
    )


def outcome_of(
    desk: Desk,
    action: str,
    service: str,
    written: Sequence[Entry],
    words: str,
    *,
    environment: str = "",
    release: tuple[Image, Source] | None = None,
    previous: str = "",
    seq: int = 0,
    code: int = 0,
    notices: Sequence[str] = (),
    more: Sequence[Part] = (),
) -> Outcome:
    """The outcome of an action that wrote these entries; `words`: what was done, in a word or a sentence."""
    state = desk.book.state(fresh=False)
    rows = tuple(written_of(entry, state, desk.settings.ledger.signers) for entry in written)
    image, source = release or (None, Source())
    number = written[-1].seq if written else seq
    reference = f"{image.locations[0]}@{image.digest}" if image and image.locations else ""
    version = source.version or source.tag
    digest = image.digest if image else (rows[-1].digest if rows else "")
    done = Done(action, service, environment, number, version, digest, previous, reference, words, rows, tuple(notices))
    outputs = {
        "verdict": "fail" if code == 1 else "pass",
        "complete": "true",
        "entry-id": str(number) if number else "",
        "previous-digest": previous,
        "image": reference,
        "digest": digest,
        "version": version,
    }
    return Outcome("release-outcome", done, _page(done, more), code, outputs)


def _page(done: Done, more: Sequence[Part]) -> Page:
    where = f": {done.service}" if done.service else ""
    where += f" in {done.environment}" if done.environment else ""
    number = f"entry {done.seq}: " if done.entries else ""
    facts = [("version", done.version), ("digest", done.digest), ("before", done.previous), ("image", done.image)]
    return Page(
        (
            Heading(f"{number}{done.message}{where}"),
            Table((), tuple((name, value) for name, value in facts if value)),
            *((Lines(tuple(f"note: {one}" for one in done.notices)),) if done.notices else ()),
            *more,
        )
    )
