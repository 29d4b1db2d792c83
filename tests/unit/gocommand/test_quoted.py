"""Words of flag values, taken apart and put together as Go does."""

import pytest

from go_release_gate.gocommand.ldflags import flags_text, read_ldflags
from go_release_gate.gocommand.quoted import joined, split


@pytest.mark.parametrize(
    "words",
    [("-s", "-w"), ("-X", "main.a=b c"), ("it's",), ("'",), ('"a b"',), ('say "hi" now',), ("", "a"), ("a\nb", "\t")],
)
def test_what_is_joined_is_split_again(words: tuple[str, ...]) -> None:
    """No word falls apart, none is lost."""
    assert split(joined(words)) == words


def test_what_no_quotes_hold_is_left_out() -> None:
    """Go knows no escapes: a word with spaces and both kinds of quotes cannot be written."""
    assert joined(["-s", "a 'b' \"c\""]) == "-s"


def test_flags_never_begin_with_a_quote() -> None:
    """Go refuses such a value; flag and value stand apart instead, and both are left out where nothing can hold one."""
    text = flags_text([("X", "main.a=b c"), ("s", "true"), ("X", "main.q=' \""), ("buildid", "")])
    assert text == '-X "main.a=b c" -s=true -buildid ""'
    read = read_ldflags(text)
    assert (read.problem, [one.text for one in read.definitions]) == ("", ["main.a=b c"])
    assert read.flags == (("s", "true"), ("buildid", ""))
