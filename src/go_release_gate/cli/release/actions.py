"""What `release` can do: one line for each action, with examples. Loaded at the start: nothing else belongs here."""

from __future__ import annotations

from dataclasses import dataclass

Examples = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One action: `module` below cli.release has `perform(desk) -> Outcome`; `positions`: words behind it."""

    name: str
    summary: str
    module: str
    examples: Examples = ()
    positions: tuple[tuple[str, str], ...] = ()


ACTIONS: tuple[Action, ...] = (
    Action(
        "record",
        "write down a release: an image by digest, and the commit it was made from",
        "recording",
        (("--service api --image ghcr.io/acme/api:1.4.2 --tag v1.4.2", "once, after the push"),),
    ),
    Action(
        "list",
        "show the history, newest first",
        "listing",
        (("--service api --env production", "of one service in one environment"),),
    ),
    Action("status", "show what runs where, and what a rollback would choose", "status", (("", "everywhere"),)),
    Action(
        "diff",
        "show what lies between two releases: commits, dependencies, image",
        "diffing",
        (
            ("1.4.1 1.4.2 --service api", "two versions"),
            ("staging production --service api", "what runs in two environments"),
        ),
        (("A", "version, git tag, digest or environment"), ("B", "the same, to compare with")),
    ),
    Action(
        "promote",
        "run a recorded release in an environment",
        "moving",
        (
            ("--service api --env production --to 1.4.2", "shows what would happen, and asks"),
            ("--service api --env production --dry-run --output plan.json", "plan now ..."),
            ("--plan plan.json --yes", "... and apply just that later"),
        ),
    ),
    Action(
        "rollback",
        "go back to the last release that proved good there, and hold automation back",
        "moving",
        (
            ("--service api --env production", "to the last good one; shows the screen, and asks"),
            ("--service api --env production --to -2 --yes --reason 500s", "two good ones back, without asking"),
            ("--service api --env production --dry-run", "exactly what would be done; nothing is"),
        ),
    ),
    Action(
        "verdict",
        "judge the health of what runs, or write down what others have judged",
        "noting",
        (
            ("--service api --env production", "ask the configured probes"),
            ("--service api --env production --health pass --evidence p99=212ms", "found elsewhere"),
        ),
    ),
    Action(
        "hold",
        "keep promotions of a service out of an environment",
        "noting",
        (("--service api --env production --reason 'frozen for the sale' --expires 3d", "until somebody lifts it"),),
    ),
    Action("unhold", "lift a hold", "noting", (("--service api --env production --reason 'fixed in 1.4.3'", ""),)),
    Action(
        "quarantine",
        "bar a release from ever being gone to",
        "noting",
        (("--service api --to 1.4.2 --reason CVE-2026-1", ""),),
    ),
    Action("resume", "carry on a move that was interrupted", "moving", (("--service api --env production", ""),)),
    Action(
        "abandon",
        "give up a move that was interrupted",
        "moving",
        (("--service api --env production --reason 'the cluster is gone'", ""),),
    ),
    Action(
        "prune",
        "delete image content that nothing can go back to; a dry run unless --yes",
        "pruning",
        (("--service api", "what would go, and why the rest stays"),),
    ),
    Action(
        "request",
        "make the signed request by which a workflow elsewhere rolls back or holds; it is printed, not sent",
        "asking",
        (
            (
                "--service api --env production --reason 500s | gh api repos/acme/shop/dispatches --input -",
                "a rollback to the last good one",
            ),
            ("--service api --env production --hold --output request.json", "a hold"),
        ),
    ),
    Action(
        "verify",
        "check the whole ledger, and compare its views with it",
        "checking",
        (("--offline", "the chain alone"),),
    ),
    Action(
        "export",
        "write every entry with the result of its verification",
        "exporting",
        (("--format csv --output audit.csv", "for an auditor"),),
    ),
)


def find_action(name: str) -> Action:
    """The action called `name`. Raises KeyError."""
    return {one.name: one for one in ACTIONS}[name]
