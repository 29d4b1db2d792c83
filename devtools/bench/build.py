"""Measure `build` of a service that has not changed against `go build` of the same with the same flags; `check` beside.

    python devtools/bench/build.py [--write PAGE]

The runs are made in turn, so that a busy machine is busy for all of them; of each the fastest counts, which is the one
that others disturbed least, and the median stands beside it. Exit code 1: the target (go build + 150 ms) is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parents[1])]
from marks import put  # noqa: E402 - the path must be set first

ROUNDS = 40
ALLOWANCE = 0.150  # seconds
MAIN = 'package main\n\nimport "net/http"\n\nfunc main() { println(http.ListenAndServe(":8080", nil)) }\n'


def main() -> int:
    """Measure, print (or write) the table, and say by the exit code whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="put the table between the marks `build` of this page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder))
    fastest = {name: min(seconds) for name, seconds in found.items()}
    limit = fastest["go build"] + ALLOWANCE
    rows = ["| run | ms | of the limit | median, ms |", "|---|--:|--:|--:|"]
    rows += [
        f"| `{name}` | {took * 1000:.0f} | {f'{took / limit:.2f}' if 'build' in name else ''} "
        f"| {statistics.median(found[name]) * 1000:.0f} |"
        for name, took in fastest.items()
    ]
    rows += [f"| `go build` + 150 ms | {limit * 1000:.0f} | 1.00 | |"]
    print("\n".join(rows))
    if arguments.write:
        put(arguments.write, "build", "\n".join(rows))
    return 0 if fastest["build"] < limit else 1


def measured(folder: Path) -> dict[str, list[float]]:
    """What is run → its seconds."""
    place = repository(folder / "shop")
    raw = ("go", "build", "-trimpath", "-mod=readonly", "-buildvcs=auto", "-o", str(folder / "raw"), ".")
    runs: dict[str, Callable[[], None]] = {
        "python -c pass": lambda: run(place, sys.executable, "-c", "pass"),
        "go build": lambda: run(place, *raw),
        "build": lambda: run(place, sys.executable, "-m", "go_release_gate", "build", "--offline", "-q"),
        "check": lambda: run(place, sys.executable, "-m", "go_release_gate", "check", "--offline", "-q"),
    }
    for one in runs.values():  # fills the caches
        one()
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, one in runs.items():
            started = time.perf_counter()
            one()
            found[name].append(time.perf_counter() - started)
    return found


def repository(place: Path) -> Path:
    """One committed service."""
    place.mkdir()
    (place / "go.mod").write_text("module example.com/shop\n\ngo 1.23\n")
    (place / "main.go").write_text(MAIN)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), (*who, "commit", "-q", "-m", "x")):
        run(place, "git", *words)
    return place


def run(place: Path, *command: str) -> None:
    """Run to the end."""
    left_out = ("GITHUB_", "INPUT_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    environ = {**kept, "PYTHONPATH": str(ROOT / "src"), "GOFLAGS": "", "GOWORK": "off"}
    subprocess.run(command, cwd=place, env=environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
