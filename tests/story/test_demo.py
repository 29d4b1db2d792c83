"""The README shows what the program prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = r"\]\((?!https?://|#)([^)#]+)"
README = (ROOT / "README.md").read_text("utf-8")


def steady(text: str) -> str:
    """The text without what may differ from run to run: the Go in use, our version, seconds."""
    return re.sub(r"judged by go\S+ with go-release-gate \S+ in [\d.]+ s", "judged by …", text).strip()


@pytest.mark.network
def test_readme_log_is_the_demo() -> None:
    """The log in the README is the demo's own output, and the demo ends well."""
    shown = README.partition("<!-- begin demo")[2].partition("```console\n")[2].partition("\n```")[0]
    done = subprocess.run(
        [sys.executable, ROOT / "devtools/demo.py", "--color", "never"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )

    assert done.returncode == 0, done.stderr
    assert steady(shown) == steady(done.stdout)


def test_every_page_the_readme_names_exists() -> None:
    """No link of the README, the guides or the contributing page leads nowhere."""
    pages = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
    named = [(page, target) for page in pages for target in re.findall(LINK, page.read_text("utf-8"))]

    assert [(page.name, target) for page, target in named if not (page.parent / target).exists()] == []
