"""The inputs of `release`. Each action reads those that mean something to it; `release` as a whole knows all."""

from __future__ import annotations

from go_release_gate.config.input import Input, Kind

RELEASE_ACTIONS = (
    "record", "list", "status", "diff", "promote", "rollback", "verdict", "hold", "unhold", "quarantine", "resume",
    "abandon", "prune", "request", "verify", "export",
)  # fmt: skip


def verbs_of(*actions: str) -> tuple[str, ...]:
    """The names that inputs know actions by, the verb as a whole first."""
    return ("release", *(f"release {action}" for action in actions))


_ALL = verbs_of(*RELEASE_ACTIONS)
_MOVES = ("promote", "rollback")
_CARRYING = (*_MOVES, "resume", "abandon")
_NOTES = ("verdict", "hold", "unhold", "quarantine")
_WRITING = ("record", *_CARRYING, *_NOTES, "prune")

RELEASE_INPUTS: tuple[Input, ...] = (
    Input(
        "action",
        "With `verb: release`: what to do with the release ledger.",
        Kind.CHOICE,
        choices=RELEASE_ACTIONS,
        verbs=("action",),
    ),
    Input(
        "service",
        "Service of the configuration; where it has one alone, that one.",
        verbs=_ALL,
        metavar="NAME",
        in_action=False,
    ),
    Input(
        "env",
        "With `verb: release`: the environment, as the configuration calls it.",
        verbs=verbs_of("list", "status", *_CARRYING, "verdict", "hold", "unhold", "request", "export"),
        metavar="NAME",
    ),
    Input(
        "image",
        "The image: a reference with tag or digest. A tag is resolved once, and the digest counts.",
        verbs=verbs_of("record", "promote"),
        metavar="REF",
        in_action=False,
    ),
    Input(
        "to",
        "With `verb: release`: the release to move to, by version, git tag or digest; of a rollback also `-2` (the "
        "second good one back) or `last-good`; of verdict and quarantine the release that is meant.",
        fallback="promote: the newest that may run there; rollback: last-good; verdict: what runs",
        verbs=verbs_of(*_MOVES, "verdict", "quarantine", "request"),
        metavar="VERSION|DIGEST|-N|last-good",
    ),
    Input(
        "reason",
        "With `verb: release`: why, as the ledger keeps it.",
        verbs=verbs_of(*_WRITING, "request"),
        metavar="TEXT",
    ),
    Input(
        "dry-run",
        "With `verb: release`: say exactly what would be done, and write nothing anywhere.",
        Kind.BOOLEAN,
        fallback="false; of prune true",
        verbs=verbs_of("record", *_MOVES, "prune"),
    ),
    Input(
        "plan",
        "With `verb: release`: apply the plan in FILE, which `--dry-run --output FILE` has made, if all is still as "
        "it says.",
        verbs=verbs_of(*_MOVES),
        metavar="FILE",
    ),
    Input(
        "request",
        "With `verb: release`: carry out the signed request in FILE, or in the `event` that started the workflow; it "
        "says service, environment, release and reason.",
        verbs=verbs_of("rollback", "hold"),
        metavar="FILE|event",
    ),
    Input(
        "key",
        "Id of the request key to sign for, as `ledger.request-keys` has it; where there is one alone, that one.",
        verbs=verbs_of("request"),
        metavar="ID",
        in_action=False,
    ),
    Input(
        "hold",
        "Ask for a hold; otherwise for a rollback.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=verbs_of("request"),
        in_action=False,
    ),
    Input(
        "yes",
        "Do it without asking. Needed where nobody can be asked; a workflow's step says it by being there.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=verbs_of(*_MOVES, "prune"),
        short="y",
        in_action=False,
    ),
    Input(
        "field",
        "With `verb: release`: a field that entries carry, such as ticket=OPS-1; repeatable, one per line.",
        Kind.LINES,
        verbs=verbs_of("record", *_MOVES),
        metavar="NAME=VALUE",
    ),
    Input(
        "accept-drift",
        "With `verb: release`: move although a target shows something else than the ledger, for this REASON.",
        verbs=verbs_of(*_MOVES),
        metavar="REASON",
    ),
    Input(
        "accept-expired",
        "With `verb: release`: go back further than the rollback point allows.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=verbs_of("rollback"),
    ),
    Input(
        "emergency",
        "With `verb: release`: where the ledger cannot be reached, work on as this clone knows it, in a journal that "
        "the next writer brings to it.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=verbs_of("rollback", "resume", "abandon"),
    ),
    Input(
        "tag",
        "Git tag of the release.",
        fallback="the tag whose version the image's tag names, else none",
        verbs=verbs_of("record"),
        metavar="TAG",
        in_action=False,
    ),
    Input(
        "snapshot",
        "With `verb: release`: reference of a configuration or data snapshot that belongs to the release.",
        verbs=verbs_of("record"),
        metavar="REF",
    ),
    Input(
        "health",
        "With `verb: release`: the verdict, where it was found by other means than the configured probes.",
        Kind.CHOICE,
        choices=("pass", "fail", "inconclusive"),
        verbs=verbs_of("verdict"),
    ),
    Input(
        "evidence",
        "With `verb: release`: what a verdict rests on, such as p99=212ms; repeatable, one per line.",
        Kind.LINES,
        verbs=verbs_of("verdict"),
        metavar="NAME=VALUE",
    ),
    Input(
        "expires",
        "With `verb: release`: when a hold ends by itself: a time from now (90m, 12h, 3d), or a date or time in UTC.",
        fallback="never",
        verbs=verbs_of("hold"),
        metavar="WHEN",
    ),
    Input(
        "limit",
        "How many entries to list.",
        Kind.NUMBER,
        fallback="20; 0 is all",
        verbs=verbs_of("list"),
        metavar="N",
        in_action=False,
    ),
    Input(
        "offline",
        "Use no network: the ledger as this clone saw it last, no target and no registry.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=verbs_of("status", "diff", "verify"),
        in_action=False,
    ),
    Input(
        "accept-rewrite",
        "Where the ledger was cut or rewritten since this clone saw it last, and somebody has looked into it: take it "
        "as it is now, for this REASON. What was seen is kept under a ref of this clone.",
        verbs=verbs_of("verify"),
        metavar="REASON",
        in_action=False,
    ),
    Input(
        "format",
        "Form of the output.",
        Kind.CHOICE,
        choices=("text", "json"),
        fallback="text",
        verbs=verbs_of(*(one for one in RELEASE_ACTIONS if one not in ("export", "request"))),
        in_action=False,
    ),
    Input(
        "format",
        "Form of the export: one JSON object per line, or a table for spreadsheets.",
        Kind.CHOICE,
        choices=("jsonl", "csv"),
        fallback="jsonl",
        verbs=("release export",),
        in_action=False,
    ),
    Input(
        "output",
        "Write the output to FILE; of a dry run, the plan.",
        verbs=_ALL,
        metavar="FILE",
        in_action=False,
    ),
    Input("config", "Configuration file.", verbs=_ALL, metavar="FILE", in_action=False),
    Input(
        "repository",
        "Checkout of the repository that holds the configuration and, unless it says otherwise, the ledger.",
        fallback="here",
        verbs=_ALL,
        metavar="PATH",
        in_action=False,
    ),
    Input("path", "Checkout of the repository.", verbs=_ALL, in_action=False),
    Input(
        "ca-bundle",
        "PEM file with further certificate authorities, for git, GitHub and registries alike.",
        verbs=_ALL,
        metavar="FILE",
        in_action=False,
    ),
    Input(
        "signing-key",
        "With `verb: release`: the key that entries are signed with: an OpenSSH private key, ID:SECRET lines of "
        "shared keys, of which the first signs, or the fingerprint of one of gpg's keys (default: gpg's own).",
        Kind.SECRET,
        verbs=_ALL,
    ),
    Input("signing-password", "Password of the signing key.", Kind.SECRET, verbs=_ALL),
    Input("metrics-token", "Bearer token for Prometheus.", Kind.SECRET, verbs=verbs_of("verdict")),
)
