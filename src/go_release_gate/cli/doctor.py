"""`doctor`: examine the surroundings a check and the release ledger need, and say what to change. Nothing is written.

A missing right at the ledger does not keep a check from running: it is a note, and `releases` is false.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from go_release_gate.cli import examine
from go_release_gate.cli.examine import Examined, State
from go_release_gate.cli.output import envelope, print_json, print_lines, print_rows, wants_json
from go_release_gate.cli.root import root_of
from go_release_gate.errors import GateError

RELEASES = {True: "the release ledger can be worked with", False: "the release ledger lacks what its notes say"}


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print what was found; 0 when a check can run here, 3 when it cannot."""
    root = root_of(args)
    found = examine_all(root, environ, ca_bundle=args.ca_bundle or "", go_version=args.go_version or "")
    is_fit = all(item.state is not State.TROUBLE for item in found)
    of_releases = _rights(args, environ)
    found += of_releases
    may_release = all(item.state is State.FINE for item in of_releases)
    if wants_json(args):
        content = {"fit": is_fit, "examined": [item.document() for item in found]}
        print_json(envelope("doctor", {**content, "releases": may_release} if of_releases else content))
    else:
        print_rows([(item.state.value, item.name, item.text) for item in found])
        print_lines(["", "a check can run here" if is_fit else "a check cannot run here; see the lines with trouble"])
        if of_releases:
            print_lines([RELEASES[may_release]])
        for item in found:
            if item.hint:
                sys.stdout.write(f"  {item.name}: {item.hint}\n")
    return 0 if is_fit else 3


def _rights(args: argparse.Namespace, environ: Mapping[str, str]) -> list[Examined]:
    """Lines about the release ledger; none where it is not configured."""
    from go_release_gate.cli.release.rights import examined

    return examined(args, environ)


def examine_all(root: Path, environ: Mapping[str, str], *, ca_bundle: str, go_version: str) -> list[Examined]:
    """Every examination, in the order of the report; one that fails tells why and stops no other."""
    try:
        go, toolchain = examine.go(root, environ, go_version)
    except GateError as error:
        go, toolchain = Examined("go", State.TROUBLE, error.message, error.hint), None
    found = [examine.program(sys.version_info[:3]), go, examine.git(root, environ)]
    if toolchain:
        found += [
            examine.cache("module cache", Path(toolchain.modcache)),
            examine.cache("build cache", Path(toolchain.env.get("GOCACHE", ""))),
            *examine.module_network(toolchain.env),
        ]
    found += [examine.proxy(environ), examine.certificates(root, environ, ca_bundle)]
    return [*found, *examine.registries(root, environ), examine.event(environ)]
