"""Unified diffs that git applies."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.facts.patch import cap, file_diff

TEXT = st.lists(st.sampled_from(["a", "b", "c 1", "", "\r", "é"]), max_size=8).map(
    lambda lines: "\n".join(lines).encode()
)


@settings(max_examples=25, deadline=None)
@given(before=TEXT, after=TEXT)
def test_git_applies_what_is_printed(before: bytes, after: bytes, tmp_path_factory: object) -> None:
    """For any two contents the diff applies with git and gives exactly the second."""
    folder = Path(tmp_path_factory.mktemp("patch"))  # type: ignore[attr-defined]
    (folder / "go.sum").write_bytes(before)
    diff = file_diff("go.sum", before, after)
    if diff:
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"],
            cwd=folder,
            input=diff.encode("utf-8", "surrogateescape"),
            check=True,
        )

    assert (folder / "go.sum").read_bytes() == after


def test_new_file_is_named_as_such(tmp_path: Path) -> None:
    """A go.sum that did not exist is created by the patch."""
    diff = file_diff("a/go.sum", None, b"x v1 h1:y\n")

    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)

    assert (tmp_path / "a/go.sum").read_bytes() == b"x v1 h1:y\n"


def test_cut_at_a_line_and_counted() -> None:
    """A diff that is too long ends at a line's end and says how many lines are left out."""
    text = "".join(f"+line {n}\n" for n in range(10))

    assert cap(text, 20) == "+line 0\n+line 1\n# … 8 more lines\n"
