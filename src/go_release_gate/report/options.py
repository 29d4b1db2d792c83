"""How a report is to be rendered; every form takes the same options and heeds those that concern it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Wishes of the reader.

    Attributes:
        colour: whether ANSI colours are wanted.
        diff: whether the patch is to be shown.
        verbose: every module, every skipped directory, every detail.
        quiet: the findings and the verdict alone.
        timings: how long each phase took.
        annotations: whether the log carries annotations; not where a check run shows them already.
        shown: fingerprints of findings that stand at their lines already, in a review; the log has no annotation there.
        reported_by: who made the report, where it was not us (`the pull request's run`): nothing in it is believed.
        token: a random word for stop-commands around foreign text in a workflow's log; empty outside one.
    """

    colour: bool = False
    diff: bool = False
    verbose: bool = False
    quiet: bool = False
    timings: bool = False
    annotations: bool = True
    shown: frozenset[str] = frozenset()
    reported_by: str = ""
    token: str = ""
