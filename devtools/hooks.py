""".pre-commit-hooks.yaml: the gate as a hook, in the three ways people install hooks."""

from __future__ import annotations

LANGUAGES = (
    ("go-release-gate", "python", "go-release-gate check", "in an environment of its own; needs Go"),
    ("go-release-gate-system", "system", "go-release-gate check", "the go-release-gate on PATH"),
)


def files() -> dict[str, str]:
    """Path → text."""
    return {".pre-commit-hooks.yaml": _head() + "".join(map(_hook, LANGUAGES))}


def _head() -> str:
    return "# Written by python devtools/generate.py from devtools/hooks.py: change it there.\n"


def _hook(item: tuple[str, str, str, str]) -> str:
    """Judging is module-wide, so the hook gets no file names and runs once."""
    identifier, language, entry, about = item
    return f"""- id: {identifier}
  name: {identifier}
  description: Judge every Go module of the repository ({about})
  language: {language}
  entry: {entry}
  files: (^|/)(go\\.(mod|sum|work|work\\.sum)|modules\\.txt)$|\\.go$
  pass_filenames: false
  require_serial: true
  minimum_pre_commit_version: "3.2.0"
"""
