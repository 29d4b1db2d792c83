"""`config`: check the configuration file; with `--effective` show every setting in force and where it comes from."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from go_release_gate.cli.output import envelope, print_json, print_lines, print_rows, wants_json
from go_release_gate.cli.root import root_of
from go_release_gate.cli.settings import Judged, judged_settings
from go_release_gate.config.load import flat


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print and return 0; a file that cannot be used raises ConfigError (exit 2)."""
    judged = judged_settings(args, environ, root_of(args))
    if wants_json(args):
        print_json(envelope("config", {"settings": settings_of(judged), "notices": list(judged.notices)}))
        return 0
    for notice in judged.notices:
        sys.stderr.write(f"{notice}\n")
    if args.effective:
        print_rows([("setting", "value", "origin"), *map(_row, settings_of(judged))])
    else:
        print_lines([_summary(judged)])
    return 0


def settings_of(judged: Judged) -> list[dict[str, Any]]:
    """Every setting in force: key, value, origin."""
    origins = judged.origins or {}
    return [
        {"key": key, "value": value, "origin": origins.get(key, "default")}
        for key, value in flat(judged.settings).items()
    ]


def _row(setting: Mapping[str, Any]) -> tuple[str, str, str]:
    value = setting["value"]
    text = value if isinstance(value, str) else json.dumps(value)
    return setting["key"], text or "-", setting["origin"]


def _summary(judged: Judged) -> str:
    given = [item for item in settings_of(judged) if item["origin"] != "default"]
    if not judged.settings.digest:
        return "no configuration file; the defaults hold (`config --effective` shows them)"
    return f"the configuration is valid; {len(given)} settings differ from the defaults or are given by name"
