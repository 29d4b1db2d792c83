"""-ldflags values are read as go and its linker read them."""

from go_release_gate.gocommand.ldflags import link_flags, read_ldflags
from go_release_gate.gocommand.read import read_command
from go_release_gate.shell.unknown import Holes


def definitions(value):
    """Targets and values of the definitions in a -ldflags value."""
    return [(one.target, one.value) for one in read_ldflags(value).definitions]


def test_definitions_in_all_their_forms():
    """-X takes its argument as next word, behind `=`, with quotes around the whole element, with two dashes."""
    value = "-X a.com/b.C=d -X=e.f=g --X 'main.date=2024 01' \"-X=main.s=t u\" -X main.empty="
    assert definitions(value) == [
        ("a.com/b.C", "d"),
        ("e.f", "g"),
        ("main.date", "2024 01"),
        ("main.s", "t u"),
        ("main.empty", ""),
    ]


def test_a_quote_inside_an_element_is_kept():
    """Quotes count only where an element begins."""
    assert definitions("-X main.a='b c'") == [("main.a", "'b")]


def test_stripping_and_the_external_linker():
    """-s, -w and -extldflags are told."""
    flags = read_ldflags("-s -extldflags '-static -lm' -linkmode external")
    assert (flags.omits_symbols, flags.is_stripped, flags.is_static) == (True, True, True)
    assert flags.external == ("-static", "-lm")
    assert flags.flag("linkmode") == "external"
    assert not read_ldflags("-s=false -w=0").is_stripped
    assert read_ldflags("-w").is_stripped
    assert not read_ldflags("-w").omits_symbols


def test_a_pattern_in_front():
    """`all=` and other patterns are no part of the flags."""
    flags = read_ldflags("all=-s -w")
    assert (flags.pattern, flags.words) == ("all", ("-s", "-w"))


def test_what_go_refuses():
    """A quote that is not closed, a value that neither begins with a dash nor names a pattern."""
    assert read_ldflags("-X 'main.a=b").problem
    assert read_ldflags("s w").problem
    assert read_ldflags("'-s'").problem
    assert not read_ldflags("").problem


def test_the_last_one_that_matches_counts():
    """Several -ldflags are not joined; one for other packages does not count."""
    line = ["go", "build", "-ldflags", "-X main.a=b", "-ldflags=-s", "-ldflags=other.com/x=-w", "./cmd"]
    assert link_flags(read_command(line)).words == ("-s",)
    assert link_flags(read_command([*line[:-1], "-ldflags=all=-w", "./cmd"])).words == ("-w",)
    assert link_flags(read_command(line), lambda _pattern: True).words == ("-w",)


def test_unknown_parts_stay():
    """A value that begins with what nobody knows is no pattern and no problem."""
    hole = Holes().mark("unknown", "$LDFLAGS")
    assert read_ldflags(hole).words == (hole,)
    assert not read_ldflags(hole).problem
    assert definitions(f"-X main.version={hole}") == [("main.version", hole)]
