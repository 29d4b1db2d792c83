"""Scripts gone through without running them."""

from __future__ import annotations

import pytest

from go_release_gate.shell.script import Script
from go_release_gate.shell.unknown import Holes

KNOWN = {"GITHUB_REF": "refs/tags/v1.2.3", "SHA": "abcdef0123", "NAME": "Acme/Shop", "EMPTY": ""}


def gone_through(text: str) -> tuple[Script, list[list[str]]]:
    """The script and the words of its commands, holes as they are written."""
    script = Script(dict(KNOWN), Holes())
    calls = [[script.holes.shown(word) for word in called.words] for called in script.called(text)]
    return script, calls


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x ${GITHUB_REF#refs/tags/}", ["x", "v1.2.3"]),
        ("x ${GITHUB_REF#refs/*/v}", ["x", "1.2.3"]),
        ("x ${GITHUB_REF##*/}", ["x", "v1.2.3"]),
        ("x ${GITHUB_REF%/*} ${GITHUB_REF%%/*}", ["x", "refs/tags", "refs"]),
        ('x ${GITHUB_REF#"refs/tags/"}', ["x", "v1.2.3"]),
        ("x ${SHA::7} ${SHA:0:3} ${SHA: -2} ${SHA:1:-7}", ["x", "abcdef0", "abc", "23", "bc"]),
        ("x ${NAME,,} ${NAME^^} ${NAME,}", ["x", "acme/shop", "ACME/SHOP", "acme/Shop"]),
        ("x ${NAME/Shop/web} ${NAME//[A]/x}", ["x", "Acme/web", "${NAME//[A]/x}"]),
        (r"x ${NAME//\//-} ${NAME/#Acme/b} ${NAME/%p/q}", ["x", "Acme-Shop", "b/Shop", "Acme/Shoq"]),
        ("x ${EMPTY:-y} ${NAME:-y} ${EMPTY-y}z", ["x", "y", "Acme/Shop", "z"]),
        ("x ${OTHER:-y} $OTHER $1 ${#NAME}", ["x", "${OTHER:-y}", "$OTHER", "$1", "${#NAME}"]),
        ("x 'a $NAME' \"b $NAME\" c\\ d", ["x", "a $NAME", "b Acme/Shop", "c d"]),
        ("A='b c'; x $A \"$A\"", ["x", "b", "c", "b c"]),
        ("x $EMPTY \"\" ''", ["x", "", ""]),
        ("x $(git describe) `date`", ["x", "$(git describe)", "$(date)"]),
        ("x $(echo $NAME | tr A a) $(echo v$SHA)", ["x", "$(echo $NAME | tr A a)", "vabcdef0123"]),
        ("x a\\\n  b # comment\n", ["x", "a", "b"]),
        ("x a#b >/dev/null 2>&1", ["x", "a#b"]),
        ("A=1 B=$NAME x $B", ["x", "$B"]),
        ("export A=1 B=2; x $A$B", ["x", "12"]),
        ("sudo -E time x a", ["x", "a"]),
        ("x $", ["x", "$"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    """Words are expanded as a shell expands them; what only a run can tell stays as it is written."""
    _, calls = gone_through(text)

    assert calls[-1] == words


def test_lines_and_conditions() -> None:
    """Each command has its line, and is conditional inside `if`, loops and behind a test."""
    script = Script(dict(KNOWN), Holes())
    text = "a\nif [ -f x ]; then\n  b\nelse c\nfi\nd && e\ntest -f 1 && f\ng || h\nfor i in 1 2; do j $i; done\nk\n"
    found = {called.words[0]: (called.line, called.is_conditional) for called in script.called(text)}

    assert {name: found[name] for name in "abcdefghjk"} == {
        "a": (0, False),
        "b": (2, True),
        "c": (3, True),
        "d": (5, False),
        "e": (5, False),
        "f": (6, True),
        "g": (7, False),
        "h": (7, True),
        "j": (8, True),
        "k": (9, False),
    }


def test_what_is_set_in_a_condition_is_unknown_behind_it() -> None:
    """Inside it is known, behind it is not."""
    _, calls = gone_through("A=1\nif x; then\n  A=2\n  y $A\nfi\nz $A\n")

    assert calls[1:] == [["y", "2"], ["z", "$A"]]


def test_outputs_and_environment() -> None:
    """Lines written to GITHUB_OUTPUT and GITHUB_ENV are kept, those in conditions as unknown."""
    script, _ = gone_through(
        'echo "tag=${GITHUB_REF##*/}" >> $GITHUB_OUTPUT\n'
        'echo A=b >> "$GITHUB_ENV"\n'
        "echo c=d>>${GITHUB_OUTPUT}\n"
        "echo ::set-output name=old::v$SHA\n"
        "cat >> $GITHUB_OUTPUT <<EOF\ne=$SHA\nf=g\nEOF\n"
        "cat <<'END' >> $GITHUB_OUTPUT\nh=$SHA\nEND\n"
        "if x; then echo i=j >> $GITHUB_OUTPUT; fi\n"
        "echo k=l > other\n"
    )
    shown = {name: script.holes.shown(value) for name, value in script.outputs.items()}

    assert shown == {
        "tag": "v1.2.3",
        "c": "d",
        "old": "vabcdef0123",
        "e": "abcdef0123",
        "f": "g",
        "h": "$SHA",
        "i": "$i",
    }
    assert script.environment == {"A": "b"}


def test_commands_behind_a_here_document_are_read() -> None:
    """The body of a here-document is no command, what follows it is, at its line."""
    script = Script({}, Holes())
    found = [(called.words, called.line) for called in script.called("cat <<-X | y\n\tdocker push a\n\tX\nz\n")]

    assert found == [(("cat",), 0), (("y",), 0), (("z",), 3)]


PREP = """\
VERSION=noop
if [ "$EVENT" = "schedule" ]; then
  VERSION=nightly
elif [[ $GITHUB_REF == refs/tags/* ]]; then
  VERSION=${GITHUB_REF#refs/tags/}
elif [[ $GITHUB_REF == refs/heads/* ]]; then
  VERSION=$(echo ${GITHUB_REF#refs/heads/} | sed -r 's#/+#-#g')
else
  VERSION=pr
fi
x $VERSION
"""


@pytest.mark.parametrize(
    ("event", "ref", "version"),
    [
        ("push", "refs/tags/v1", "v1"),
        ("schedule", "refs/heads/main", "nightly"),
        ("pull_request", "refs/pull/7/merge", "pr"),
        ("push", "refs/heads/main", "$(echo ${GITHUB_REF#refs/heads/} | sed -r 's#/+#-#g')"),
    ],
)
def test_branches_that_can_be_told(event: str, ref: str, version: str) -> None:
    """The branch that a run takes is gone through, the others are not."""
    script = Script({"EVENT": event, "GITHUB_REF": ref}, Holes())
    calls = [tuple(map(script.holes.shown, called.words)) for called in script.called(PREP)]

    assert [" ".join(call) for call in calls if call[0] == "x"] == [f"x {version}"]
    assert not [
        called for called in Script({"EVENT": event, "GITHUB_REF": ref}, Holes()).called(PREP) if called.is_conditional
    ]


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ('[ -n "$NAME" ] && x', "yes"),
        ('[ -z "$NAME" ] && x', "no"),
        ('[ -z "$NAME" ] || x', "yes"),
        ("test a = a || x", "no"),
        ("if ! [ a = b ]; then x; fi", "yes"),
        ("if [ ! a = b ] && [ c != d ]; then x; fi", "yes"),
        ("if [ a = b ] || [ c = c ]; then x; fi", "yes"),
        ("if [ a = b ] && [ -f y ]; then x; fi", "no"),
        ("if [ a = a ] && [ -f y ]; then x; fi", "may"),
        ("if [ a = b ]; then if [ -f y ]; then :; fi; else x; fi", "yes"),
        ("if [ -f y ]; then :; else x; fi", "may"),
        ("if [ -f y ]; then :; elif [ a = b ]; then x; fi", "no"),
        ("if [[ a == b && c == d ]]; then x; fi", "may"),
        ("if [[ $OTHER == b ]]; then x; fi", "may"),
        ("if true; then x; fi", "yes"),
        ("if false; then x; fi", "no"),
        ("if y; then x; fi", "may"),
        ("while true; do x; done", "may"),
        ("[[ $NAME == Acme/* ]] && x", "yes"),
        ("fi; done; then x", "yes"),
        (r"[[ 1.2.3 =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] && x", "yes"),
        (r"[[ edge =~ ^v[0-9]+\.[0-9]+$ ]] && x", "no"),
        ("[[ a =~ (a|b) ]] && x", "may"),
        ("[[ a =~ a+a+a+a+a+ ]] && x", "may"),
        ("[[ a =~ [z-a] ]] && x", "may"),
        ("[ a =~ a ] && x", "may"),
    ],
)
def test_reached(text: str, reached: str) -> None:
    """A command is reached, is not, or may be."""
    found = [called.is_conditional for called in Script(dict(KNOWN), Holes()).called(text) if called.words == ("x",)]

    assert found == {"yes": [False], "no": [], "may": [True]}[reached]
