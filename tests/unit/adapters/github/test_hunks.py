"""The lines of a file that a pull request shows."""

from __future__ import annotations

import difflib
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.adapters.github.hunks import Hunk, Hunks, parse_patch

LINES = st.lists(
    st.sampled_from(["a", "b", "", "+x", "-x", "@@ -1 +1 @@", "--- a", "+++ b", "\\ No", "c\r", "d\x0ce", "\u2028"]),
    max_size=40,
)


def shown(hunks: Hunks) -> list[int]:
    """Every line in the hunks."""
    return [line for hunk in hunks.hunks for line in range(hunk.first, hunk.last + 1)]


@given(LINES, LINES, st.integers(0, 4))
def test_the_right_side_is_what_a_diff_adds_or_keeps(before: list[str], after: list[str], context: int) -> None:
    """Exactly the lines that a hunk of any unified diff adds or shows as context can carry a comment."""
    groups = difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(context)
    expected = [line + 1 for group in groups for line in range(group[0][3], group[-1][4])]
    diff = list(difflib.unified_diff(before, after, n=context, lineterm=""))[2:]

    assert shown(parse_patch("\n".join(diff))) == expected


@settings(max_examples=25, deadline=None)
@given(LINES, LINES, st.booleans(), st.booleans())
def test_patches_of_git_read_the_same(tmp_path_factory, before, after, has_end, had_end) -> None:  # type: ignore[no-untyped-def]
    """In a patch as git writes it, each line of the right side is the line of the new file that it shows."""
    folder: Path = tmp_path_factory.mktemp("diff")
    old, new = ("\n".join(lines) + "\n" * end for lines, end in ((before, had_end), (after, has_end)))
    (folder / "old").write_bytes(old.encode())
    (folder / "new").write_bytes(new.encode())
    command = ["git", "-c", "core.pager=", "diff", "--no-index", "--no-color", "--text", "old", "new"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    text = done.stdout.decode().removesuffix("\n")
    patch = text[text.index("\n@@ ") + 1 :] if "\n@@ " in text else None
    lines = new.split("\n")
    lines = [line + "\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]

    hunks = parse_patch(patch)

    right = sum(line.startswith(("+", " ")) for line in (patch or "").split("\n"))
    assert [lines[line - 1] for line in shown(hunks)] == [hunks.text(line, line) for line in shown(hunks)]
    assert len(shown(hunks)) == right
    assert all(hunks.in_hunk(line) == (line in shown(hunks)) for line in range(len(lines) + 2))


def test_a_missing_patch_shows_nothing() -> None:
    """GitHub leaves out the patch of large and binary files."""
    assert parse_patch(None) == Hunks()


def test_a_cut_patch_shows_what_it_holds() -> None:
    """The header may promise more lines than there are."""
    assert parse_patch("@@ -1,9 +1,9 @@ module x\n a\n-b\n+c\n d") == Hunks((Hunk(1, ("a\n", "c\n", "d\n")),))


def test_lines_of_two_hunks_are_not_together() -> None:
    """A comment over several lines must stay inside one hunk, even where two touch."""
    hunks = Hunks((Hunk(3, ("c\n", "d\n", "e\n")), Hunk(6, ("f\n", "g\n"))))

    assert hunks.same_hunk(3, 5)
    assert hunks.same_hunk(6, 6)
    assert not hunks.same_hunk(5, 6)
    assert not hunks.same_hunk(4, 3)
    assert not hunks.in_hunk(2)
    assert hunks.text(4, 5) == "d\ne\n"


def test_a_deleted_file_has_no_right_side() -> None:
    """Nothing can be said beside lines that are gone."""
    assert parse_patch("@@ -1,2 +0,0 @@\n-a\n-b") == Hunks()
