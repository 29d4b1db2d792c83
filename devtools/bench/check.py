"""Measure `check` beside the raw commands and a peer's loop, in one run on the same caches.

    python devtools/bench/check.py [--rounds N] [--write PAGE] REPOSITORY…

Every way gets the same modules (those `check` judges), the same module and build cache, and is run in turn
(A B C D, A B C D …). Only the ratios are conclusions. Rounds before the counted ones fill the caches.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1])]
from marks import put  # noqa: E402 - the path must be set first

SOURCE = Path(__file__).parents[2] / "src"
ENOUGH, LONG_S = 5, 30.0  # short ways are repeated five times, long ones as often as asked
WAYS = ("gate", "raw loop", "raw loop, parallel", "go-tidy-check's loop (tidy alone)")


def main() -> int:
    """Time every way over every repository and print (or write) the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warmup", type=int, default=1, help="rounds that are not counted (0: the caches are full)")
    parser.add_argument("--write", type=Path, help="put the tables between the marks `figures` of this page")
    arguments = parser.parse_args()
    rows = [measure(repository.resolve(), arguments.rounds, arguments.warmup) for repository in arguments.repositories]
    text = table(rows) + "\n" + startup(max(arguments.rounds, 5))
    print(text)
    if arguments.write:
        put(arguments.write, "figures", text)
    return 0


@dataclass(frozen=True, slots=True)
class Row:
    """One repository: how many modules, median seconds of each way, our peak memory in MB."""

    name: str
    modules: int
    seconds: dict[str, float]
    memory: float


def measure(repository: Path, rounds: int, warmup: int) -> Row:
    """Time all ways on one repository in turn; the first `warmup` rounds are not counted."""
    report = gate_report(repository)
    directories = [module["dir"] for module in report["modules"]]
    ways: dict[str, Callable[[], None]] = {
        "gate": lambda: gate(repository),
        "raw loop": lambda: raw(repository, directories, 1),
        "raw loop, parallel": lambda: raw(repository, directories, os.cpu_count() or 1),
        "go-tidy-check's loop (tidy alone)": lambda: peer(repository, directories),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    begun = time.monotonic()
    for turn in range(max(rounds, ENOUGH) + warmup):
        if turn >= rounds + warmup and time.monotonic() - begun > LONG_S:
            break
        for name, way in ways.items():
            started = time.monotonic()
            way()
            if turn >= warmup:
                seconds[name].append(time.monotonic() - started)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return Row(repository.name, len(directories), medians, peak_memory(repository))


def gate_report(repository: Path) -> Any:
    """The gate's JSON report on a repository."""
    done = subprocess.run(gate_command(repository), capture_output=True, env=environment(), check=False)
    return json.loads(done.stdout)


def gate_command(repository: Path) -> list[str]:
    """The command line of one check."""
    return [sys.executable, "-m", "go_release_gate", "check", str(repository), "--format", "json"]


def gate(repository: Path) -> None:
    """One check, its report thrown away."""
    subprocess.run(
        gate_command(repository), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), check=False
    )


def raw(repository: Path, directories: list[str], jobs: int) -> None:
    """`go mod tidy -diff; go mod verify` in every module, `jobs` at once."""
    subprocess.run(
        ["xargs", "-0", "-n1", f"-P{jobs}", "sh", "-c", 'cd "$0" && go mod tidy -diff; go mod verify'],
        input="\0".join(directories).encode(),
        cwd=repository,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        check=False,
    )


def peer(repository: Path, directories: list[str]) -> None:
    """What go-tidy-check does: `go mod tidy` in every module in place, then `git diff` (no verify at all)."""
    with copied(repository) as copy:
        for directory in directories:
            quiet(["go", "mod", "tidy", "-C", directory], copy)
        quiet(["git", "diff", "--exit-code"], copy)


def quiet(argv: list[str], directory: Path) -> None:
    """Run a command and throw its output away."""
    subprocess.run(
        argv, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), check=False
    )


_COPIES: dict[Path, Path] = {}


@contextmanager
def copied(repository: Path) -> Iterator[Path]:
    """A copy the peer may write to; made once and restored before each use, both before its clock matters little."""
    if repository not in _COPIES:
        target = Path(tempfile.mkdtemp(prefix="bench-")) / repository.name
        shutil.copytree(repository, target, symlinks=True)
        _COPIES[repository] = target
    yield _COPIES[repository]
    quiet(["git", "checkout", "-q", "."], _COPIES[repository])


def environment() -> dict[str, str]:
    """The same environment for every way: filled caches and no network, no workspace, this checkout's source."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "GOWORK": "off", "GOPROXY": "off", "PYTHONPATH": str(SOURCE)}


def peak_memory(repository: Path) -> float:
    """Highest sum of resident memory of our own (Python) processes during one check, in MB."""
    process = subprocess.Popen(
        gate_command(repository), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    )
    peak = 0.0
    ended = threading.Event()

    def wait() -> None:
        process.wait()
        ended.set()

    threading.Thread(target=wait).start()
    while not ended.wait(0.05):
        peak = max(peak, sum(resident(pid) for pid in family(process.pid)))
    return peak


def family(root: int) -> list[int]:
    """`root` and its Python descendants."""
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        try:
            if "python" in str(Path(f"/proc/{pid}/exe").readlink()):
                found.append(pid)
            for task in Path(f"/proc/{pid}/task").iterdir():
                queue += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def resident(pid: int) -> float:
    """Proportional resident memory of a process in MB (shared pages are counted once over the family)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def table(rows: list[Row]) -> str:
    """Markdown: seconds of ours, and how many times ours each other way takes."""
    lines = [
        "| repository | modules | gate, s | " + " | ".join(WAYS[1:]) + " | our memory, MB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        ours = row.seconds["gate"]
        ratios = " | ".join(f"{row.seconds[way] / ours:.1f} times" for way in WAYS[1:])
        lines.append(f"| {row.name} | {row.modules} | {ours:.2f} | {ratios} | {row.memory:.0f} |")
    return "\n".join(lines) + "\n"


def startup(rounds: int) -> str:
    """Markdown: our start beside the bare interpreter's."""
    bare = median_of([sys.executable, "-c", "pass"], rounds)
    lines = [
        "| start | ms | times the bare interpreter |",
        "|---|--:|--:|",
        f"| `python -c pass` | {bare * 1000:.0f} | 1.0 |",
    ]
    for words in (["--version"], ["check", "--no-such-option"]):
        seconds = median_of([sys.executable, "-m", "go_release_gate", *words], rounds)
        lines.append(f"| `go-release-gate {' '.join(words)}` | {seconds * 1000:.0f} | {seconds / bare:.1f} |")
    return "\n".join(lines) + "\n"


def median_of(argv: list[str], rounds: int) -> float:
    """Median seconds of a command."""
    values = []
    for _ in range(rounds):
        started = time.monotonic()
        subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), check=False)
        values.append(time.monotonic() - started)
    return statistics.median(values)


if __name__ == "__main__":
    sys.exit(main())
