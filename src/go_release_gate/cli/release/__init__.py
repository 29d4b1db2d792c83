"""`release ACTION`: the command line of the release ledger."""

from __future__ import annotations

import argparse
from collections.abc import Mapping


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Do what `args.action` says and print what came of it. Raises GateError."""
    from go_release_gate.cli.release.doing import run as run_action

    return run_action(args, environ)
