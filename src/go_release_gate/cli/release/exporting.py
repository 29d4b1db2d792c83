"""`release export`: every entry with the result of its verification, for auditors: JSON lines or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.entries import digest_of, signed_by
from go_release_gate.cli.release.page import Page
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.releases import Signer
from go_release_gate.ledger.canonical import digest_of as own_digest
from go_release_gate.ledger.canonical import document_of
from go_release_gate.ledger.codec import timestamp
from go_release_gate.ledger.entry import Entry

COLUMNS = (
    "seq", "verified", "time", "kind", "phase", "health", "service", "environment", "version", "tag", "commit",
    "digest", "before", "actor", "run", "reason", "intent", "expires", "signed_by", "signature_method", "entry_digest",
)  # fmt: skip
Signers = Sequence[Signer]
Fault = tuple[int, str]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def perform(desk: Desk) -> Outcome:
    """All entries that can be believed; the first that cannot is named in a last row, and exit 1 says so."""
    chain = desk.book.chain()
    args = desk.args
    chosen = [
        entry
        for entry in chain.entries
        if args.service in (None, entry.service) and args.env in (None, entry.environment)
    ]
    fault = (chain.fault.seq, chain.fault.reason) if chain.fault else None
    signers = desk.settings.ledger.signers
    text = _csv(chosen, signers, fault) if args.format == "csv" else _lines(chosen, signers, fault)
    outputs = {"verdict": "fail" if fault else "pass", "complete": "false" if fault else "true"}
    return Outcome("release-export", {}, Page(), 1 if fault else 0, outputs, raw=text)


def _lines(entries: list[Entry], signers: Signers, fault: Fault | None) -> str:
    rows: list[dict[str, Any]] = [
        {
            "verified": _word(signers),
            "signed_by": signed_by(entry, signers),
            "entry_digest": own_digest(entry),
            "entry": document_of(entry),
        }
        for entry in entries
    ]
    if fault:
        rows.append({"verified": "no", "seq": fault[0], "reason": fault[1]})
    return "".join(json.dumps(row, sort_keys=True).replace("#", "\\u0023") + "\n" for row in rows)


def _word(signers: Signers) -> str:
    """What was verified of an entry."""
    return "signed" if signers else "chained"


def _csv(entries: list[Entry], signers: Signers, fault: Fault | None) -> str:
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in _row(entry, signers)] for entry in entries)
    if fault:
        blank = [""] * (len(COLUMNS) - 2)
        blank[COLUMNS.index("reason") - 2] = fault[1]
        writer.writerow([str(fault[0]), "no", *map(_harmless, blank)])
    return kept.getvalue()


def _row(entry: Entry, signers: Signers) -> list[str]:
    source, signature = entry.source, entry.signature
    return [
        str(entry.seq), _word(signers), timestamp(entry.time), entry.kind, entry.phase, entry.health, entry.service,
        entry.environment, source.version if source else "", source.tag if source else "",
        source.commit if source else "", digest_of(entry), entry.before, entry.actor.name, entry.actor.run,
        entry.reason, str(entry.intent or ""), timestamp(entry.expires) if entry.expires else "",
        signed_by(entry, signers), signature.method if signature else "",
        own_digest(entry),
    ]  # fmt: skip


def _harmless(cell: str) -> str:
    """A spreadsheet takes some beginnings for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    clean = "".join(character if character.isprintable() else " " for character in cell)
    return f"'{clean}" if clean.startswith(_FORMULA) else clean
