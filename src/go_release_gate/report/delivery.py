"""The words of a move that arrives by git: message of its commit, title and body of its pull request."""

from __future__ import annotations

from collections.abc import Callable

from go_release_gate.adapters.targets.gitops import Words
from go_release_gate.ledger.move import Move
from go_release_gate.report.neutral import code_span, markdown_text, message_text, table_cell

SUBJECT_LIMIT = 72
LIMIT = 500


def delivery_words(say_entry: Callable[[Move], str] = lambda move: f"entry {move.entry}") -> Callable[[Move], Words]:
    """What says it; `say_entry` names a move's entry of the ledger (with an address, where there is one)."""

    def words(move: Move) -> Words:
        title = f"release: {move.service} {move.version or move.after[:19]} in {move.environment}"
        told = _told(move, say_entry(move) if move.entry else "")
        lines = [message_text(title, SUBJECT_LIMIT), ""]
        lines += [message_text(move.reason, LIMIT), ""] if move.reason else []
        lines += [f"Release-{name}: {message_text(text, LIMIT)}" for name, text in told.items() if text]
        return Words("\n".join(lines) + "\n", message_text(title, 200), _body(move, told))

    return words


def _told(move: Move, entry: str) -> dict[str, str]:
    return {
        "Service": move.service,
        "Environment": move.environment,
        "Version": move.version,
        "Digest": move.after,
        "Before": move.before,
        "Actor": move.actor,
        "Entry": entry,
    }


def _body(move: Move, told: dict[str, str]) -> str:
    rows = [f"| {name.lower()} | {table_cell(code_span(text, LIMIT))} |" for name, text in told.items() if text]
    reason = [markdown_text(move.reason, LIMIT), ""] if move.reason else []
    after = "Merging this moves the environment; `go-release-gate release resume` then closes the ledger's entry."
    return "\n".join([*reason, "| | |", "|---|---|", *rows, "", after])
