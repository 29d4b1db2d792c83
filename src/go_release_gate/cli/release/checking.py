"""`release verify`: the chain, its signatures and its signers' rights, offline but for fetching it; then its views."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.cli.release.asked import refuse_together
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.page import Heading, Lines, Page, Table
from go_release_gate.cli.release.views import compared
from go_release_gate.cli.release.wiring import Desk, forget
from go_release_gate.report.neutral import log_text

OFFLINE = "this is what the clone saw last: whether the remote has cut, rewritten or deleted it, --offline cannot tell"


@dataclass(frozen=True, slots=True)
class Verified:
    """The result. `fault_seq`: the first entry that must not be believed, 0: there is none. `views`: disagreements."""

    entries: int
    head: str
    is_signed: bool
    fault_seq: int
    fault: str
    views: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def perform(desk: Desk) -> Outcome:
    """Verify; exit 1 where an entry must not be believed, or a view disagrees."""
    refuse_together(desk, "accept-rewrite", "offline")
    accepted = _accepted(desk, desk.args.accept_rewrite) if desk.args.accept_rewrite else ()
    chain = desk.book.chain()
    views, notices = ((), ()) if desk.args.offline or chain.fault else compared(desk)
    notices = (*accepted, *notices, *((OFFLINE,) if desk.args.offline else ()))
    fault = chain.fault
    report = Verified(
        len(chain.entries),
        chain.head,
        bool(desk.settings.ledger.signers),
        fault.seq if fault else 0,
        fault.reason if fault else "",
        views,
        notices if desk.settings.ledger.signers else (*notices, "no signer is configured: signatures were not judged"),
    )
    code = 1 if fault or views else 0
    outputs = {"verdict": "fail" if code else "pass", "complete": "true", "entry-id": str(len(chain.entries) or "")}
    return Outcome("release-verify", report, _page(report), code, outputs)


def _accepted(desk: Desk, why: str) -> tuple[str, ...]:
    """Go on from what the ledger is now, in this clone and for this user; what is to be said of it."""
    forget(desk)
    kept = desk.ledger.accept(log_text(why))
    if not kept:
        return ("the ledger goes on from what this clone has seen: nothing was to be accepted",)
    return (f"accepted in this clone: {log_text(why)}; what it saw before is kept as {kept}",)


def _page(report: Verified) -> Page:
    word = "fail" if report.fault_seq or report.views else "pass"
    facts = [
        ("verdict", word),
        ("entries believed", str(report.entries)),
        ("head", report.head or ("none" if report.fault_seq else "the ledger is empty")),
    ]
    lines = [f"entry {report.fault_seq} must not be believed: {report.fault}"] if report.fault_seq else []
    if report.fault_seq:
        lines.append("nothing behind it counts, and nothing is decided on this ledger until it is mended")
    lines += [f"a view disagrees: {one}" for one in report.views]
    lines += [f"note: {one}" for one in report.notices]
    return Page((Heading("release ledger"), Table((), tuple(facts)), Lines(tuple(lines))))
