"""devtools/openapi.py: the cut of GitHub's description is whole, and making it again gives the same bytes."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CUT = ROOT / "tests/fakes/github/openapi.json.gz"


def test_the_cut_of_the_cut_is_the_cut(tmp_path: Path) -> None:
    """Everything that is referred to is there: cutting again loses nothing, finds nothing missing, adds no time."""
    source = tmp_path / "api.github.com.json"
    source.write_bytes(gzip.decompress(CUT.read_bytes()))
    call = "import sys, pathlib, openapi; openapi.TARGET = pathlib.Path(sys.argv[2]); openapi.main(sys.argv[1])"
    command = [sys.executable, "-c", call, str(source), str(tmp_path / "again.gz")]
    subprocess.run(command, cwd=ROOT / "devtools", check=True, capture_output=True)
    assert gzip.decompress((tmp_path / "again.gz").read_bytes()) == source.read_bytes()
    assert (tmp_path / "again.gz").read_bytes()[4:8] == b"\0\0\0\0"


def test_the_cut_is_small() -> None:
    """It lies in the repository, so it stays below 80 KB."""
    assert CUT.stat().st_size < 80_000
