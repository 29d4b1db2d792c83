"""Hold the gate's verdicts against the raw commands on public repositories, and count the reasons it knows.

    python devtools/bench/public.py [--write PAGE] REPOSITORY…

For every module the gate judges: `go mod tidy -diff` in the checkout, and whether `go mod tidy` on a copy rewrites a
file, against the gate's answer. Then the same repository with every go.sum emptied and every `// indirect`
requirement dropped: of the lines that tidy would add, how many have a known reason.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1])]
from marks import put  # noqa: E402 - the path must be set first

SOURCE = Path(__file__).parents[2] / "src"


@dataclass(frozen=True, slots=True)
class Row:
    """One repository's figures."""

    name: str
    modules: int
    passed: int
    failed: int
    unavailable: int
    seconds: float
    disagreements: list[str]
    known: int
    lines: int


def main() -> int:
    """Judge every repository named; 1 when a verdict disagrees with the raw commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--write", type=Path, help="put the table between the marks `figures` of this page")
    arguments = parser.parse_args()
    rows = [judge(repository.resolve()) for repository in arguments.repositories]
    text = table(rows)
    print(text)
    for row in rows:
        for line in row.disagreements:
            print(f"{row.name}: {line}", file=sys.stderr)
    if arguments.write:
        put(arguments.write, "figures", text)
    return int(any(row.disagreements for row in rows))


def judge(repository: Path) -> Row:
    """Everything about one repository."""
    started = time.monotonic()
    report = gate(repository)
    seconds = time.monotonic() - started
    outcomes = [module["tidy"]["outcome"] for module in report["modules"]]
    with tempfile.TemporaryDirectory(prefix="public-") as folder:
        copy = Path(folder) / repository.name
        shutil.copytree(repository, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        disagreements = [line for module in report["modules"] for line in disagreement(module, repository, copy)]
        known, lines = reasons(copy, report)
    return Row(
        repository.name,
        len(outcomes),
        outcomes.count("pass"),
        outcomes.count("fail"),
        outcomes.count("unavailable"),
        seconds,
        disagreements,
        known,
        lines,
    )


def disagreement(module: Any, repository: Path, copy: Path) -> list[str]:
    """What the raw commands say otherwise about one module."""
    diff = go(["mod", "tidy", "-diff"], repository / module["dir"])
    here = copy / module["dir"]
    before = files(here)
    in_place = go(["mod", "tidy"], here)
    rewritten = files(here) != before
    restore(here, before)
    if (diff.returncode and not diff.stdout) or in_place.returncode:
        expected = "unavailable"
    else:
        expected = "fail" if diff.returncode or rewritten else "pass"
    answer = module["tidy"]["outcome"]
    return [] if answer == expected else [f"{module['dir']}: raw {expected}, gate {answer}"]


def files(directory: Path) -> tuple[bytes | None, bytes | None]:
    """Bytes of go.mod and go.sum; an empty go.sum counts as none."""
    total = [(directory / name) for name in ("go.mod", "go.sum")]
    mod, checksums = (path.read_bytes() if path.exists() else None for path in total)
    return mod, checksums or None


def restore(directory: Path, before: tuple[bytes | None, bytes | None]) -> None:
    """Put the two files back, so that the next module sees its neighbour as it was."""
    for name, data in zip(("go.mod", "go.sum"), before, strict=True):
        if data is None:
            (directory / name).unlink(missing_ok=True)
        else:
            (directory / name).write_bytes(data)


def reasons(copy: Path, report: Any) -> tuple[int, int]:
    """(known, all) reasons for lines that tidy would add to modules stripped of sums and indirect requirements."""
    for module in report["modules"]:
        directory = copy / module["dir"]
        (directory / "go.sum").unlink(missing_ok=True)
        text = (directory / "go.mod").read_text(encoding="utf-8")
        (directory / "go.mod").write_text(
            re.sub(r"(?m)^(?:require)?\s+\S+ v\S+ // indirect$\n?", "", text), encoding="utf-8"
        )
    said = subprocess.run(command(copy, "text"), capture_output=True, env=environment(), check=False).stdout.decode()
    unknown = re.search(r"no reason known for (\d+) of (\d+)", said)
    again = gate(copy)
    lines = sum(
        len(re.findall(r"^[-+](?![-+])\s*\S", module["tidy"]["diff"], re.MULTILINE)) for module in again["modules"]
    )
    return (int(unknown[2]) - int(unknown[1]), int(unknown[2])) if unknown else (lines, lines)


def gate(repository: Path) -> Any:
    """The gate's JSON report."""
    return json.loads(
        subprocess.run(command(repository, "json"), capture_output=True, env=environment(), check=False).stdout
    )


def command(repository: Path, form: str) -> list[str]:
    """One check."""
    return [sys.executable, "-m", "go_release_gate", "check", str(repository), "--format", form, "--color", "never"]


def go(words: list[str], directory: Path) -> subprocess.CompletedProcess[bytes]:
    """A raw call of Go."""
    return subprocess.run(["go", *words], cwd=directory, env=environment(), capture_output=True, check=False)


def environment() -> dict[str, str]:
    """No workspace, this checkout's source."""
    return {**os.environ, "GOWORK": "off", "PYTHONPATH": str(SOURCE)}


def table(rows: list[Row]) -> str:
    """Markdown table."""
    lines = [
        "| repository | modules | pass | fail | unavailable | equal to the raw commands | check, s | reasons known |",
        "|---|--:|--:|--:|--:|---|--:|--:|",
    ]
    for row in rows:
        equal = "all" if not row.disagreements else f"all but {len(row.disagreements)}"
        share = f"{row.known} of {row.lines} ({100 * row.known / max(row.lines, 1):.1f} %)"
        lines.append(
            f"| {row.name} | {row.modules} | {row.passed} | {row.failed} | {row.unavailable} | {equal} | "
            f"{row.seconds:.1f} | {share} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
