"""Lines found again in another version of a file."""

from __future__ import annotations

import subprocess

from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.publish.lines import blob_id, map_lines

FILES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"d"]), max_size=30).map(b"".join)


def lines_of(data: bytes) -> list[bytes]:
    """Lines as git counts them."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


@given(FILES, FILES)
def test_a_line_is_found_where_it_says_the_same(judged: bytes, head: bytes) -> None:
    """Whatever the two versions are: found lines are equal, in order, each once, and nothing is found outside."""
    move = map_lines(judged, head)
    old, new = lines_of(judged), lines_of(head)

    found = [(line, move(line)) for line in range(-1, len(old) + 3)]

    assert all(old[line - 1] == new[to - 1] for line, to in found if to is not None)
    targets = [to for _, to in found if to is not None]
    assert targets == sorted(set(targets))
    assert all(1 <= line <= len(old) and 1 <= to <= len(new) for line, to in found if to is not None)


@given(FILES)
def test_an_equal_file_keeps_its_lines(data: bytes) -> None:
    """Where nothing differs every line is its own."""
    move = map_lines(data, data)

    assert [move(line) for line in range(1, len(lines_of(data)) + 1)] == list(range(1, len(lines_of(data)) + 1))


def test_lines_after_an_insertion_move() -> None:
    """What the base added above is not there in the head commit; a changed line has no counterpart."""
    move = map_lines(b"m\nbase\n\nreq a\nreq b\n", b"m\n\nreq a\nreq c\n")

    assert [move(line) for line in range(1, 6)] == [1, None, 2, 3, None]


def test_large_files_that_differ_much_keep_their_ends() -> None:
    """Beyond the size where a full comparison pays, the equal lines at both ends are still found."""
    middle = [[f"{name}{line}\n" for line in range(6000)] for name in "xy"]
    judged, head = ("".join(["top\n", *lines, "end\n"]).encode() for lines in middle)

    move = map_lines(judged, b"new\n".join([head[:4], head[4:]]))

    assert (move(1), move(2), move(6002)) == (1, None, 6003)


def test_the_blob_id_is_gits() -> None:
    """git itself names the content so."""
    data = b"module example.com/shop\r\n\xff"
    done = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)

    assert blob_id(data) == done.stdout.decode().strip()
