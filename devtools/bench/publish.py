"""Count what one run asks of GitHub and how long it takes, against the fake of the tests.

    python devtools/bench/publish.py [--write PAGE]

A process of its own for each row: loading PyGithub is part of what publishing costs. Waiting between writes (one a
second, as GitHub asks for) is real.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parents[1])]
from marks import put  # noqa: E402 - the path must be set first

FINDINGS = (0, 2, 60, 500)
PROGRAM = """
import sys, time
sys.path[:0] = ["tests", "src"]
from fakes.github import GitHub
from support.pullrequest import World, faulty, mended
from go_release_gate.adapters.github.client import Client, Timing
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.wire import Wire

count = int(sys.argv[1])
report = faulty(count) if count else mended()
with GitHub() as github:
    world = World(github)

    def connect():
        return Client(Wire(Connection(github.api_url, "acme/shop", github.token)), "acme/shop", Timing())

    world.connect = connect
    figures = []
    for attempt in ("1", "2"):
        asked, started = len(github.requests), time.perf_counter()
        world.publish(report, attempt)
        figures += [len(github.requests) - asked, time.perf_counter() - started]
print(*figures)
"""


def main() -> int:
    """Measure each number of findings and print (or write) the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="put the table between the marks `publishing` of this page")
    arguments = parser.parse_args()
    rows = [
        "| findings | requests | seconds | requests of a repeated run | seconds |",
        "|--:|--:|--:|--:|--:|",
        *(row(count) for count in FINDINGS),
    ]
    text = "\n".join(rows)
    print(text)
    if arguments.write:
        put(arguments.write, "publishing", text)
    return 0


def row(count: int) -> str:
    """One line of the table."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(count)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    first, seconds, again, seconds_again = map(float, done.stdout.split())
    return f"| {count} | {first:.0f} | {seconds:.1f} | {again:.0f} | {seconds_again:.1f} |"


if __name__ == "__main__":
    sys.exit(main())
