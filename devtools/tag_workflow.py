"""verify-tag.yml, made of verify.yml: the same job without what shows findings on a pull request.

Who calls a workflow must grant what all of its jobs ask for, whether they run or not. On a tag nothing is shown on a
pull request: what a release calls may only read.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE, TARGET = ".github/workflows/verify.yml", ".github/workflows/verify-tag.yml"
HEAD = """\
# For releases: verify.yml without the permissions that show findings on a pull request. Written by
# `python devtools/generate.py` from verify.yml: change it there.
"""
SILENT = """\
          upload-sarif: "false"
          check-run: "false"
          review: "false"
          comment: never
"""
REPLACED = (
    (
        "# Only reading is needed for the verdict; the two further permissions show the findings on a pull request.\n",
        HEAD,
    ),
    ("name: verify\n\non:", "name: verify-tag\n\non:"),
    ("      checks: write  # the check run with its annotations\n", ""),
    ("      pull-requests: write  # the comments at changed lines, and the one that sums up\n", ""),
    ('          upload-sarif: "false"\n', SILENT),
)


def files() -> dict[str, str]:
    """Path relative to the root → the whole text it should have. Raises ValueError: verify.yml has changed its form."""
    text = (ROOT / SOURCE).read_text("utf-8")
    for old, new in REPLACED:
        if old not in text:
            raise ValueError(f"{SOURCE} lacks what {TARGET} replaces: {old.strip()}")
        text = text.replace(old, new)
    return {TARGET: text}
