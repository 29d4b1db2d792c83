"""Command lines of go are taken apart as go takes them."""

import pytest

from go_release_gate.gocommand.read import program_version, read_command, with_goflags
from go_release_gate.shell.unknown import Holes


def read(line):
    """The command of a line of plain words."""
    return read_command(line.split())


@pytest.mark.parametrize(
    "program", ["go", "go1.22.3", "/usr/local/go/bin/go", "go1.21rc2", "gotip", "bin/go", "go.exe"]
)
def test_a_program_that_is_go(program):
    """Go is known by its name, with a release or a path of a bin directory."""
    assert read_command([program, "build"]).verb == "build"


@pytest.mark.parametrize("program", ["gofmt", "./go", "golang", "cargo", "go-build", "ci/go", "", "goreleaser", "go2"])
def test_a_program_that_is_none(program):
    """What is only named alike is no go command."""
    assert read_command([program, "build"]) is None


def test_no_words():
    """Nothing calls nothing."""
    assert read_command([]) is None


@pytest.mark.parametrize(
    ("line", "verb", "flags", "arguments"),
    [
        ("go build -o bin/x -trimpath ./cmd/x", "build", {"o": "bin/x", "trimpath": "true"}, ("./cmd/x",)),
        ("go build --tags=a,b --o=x .", "build", {"tags": "a,b", "o": "x"}, (".",)),
        ("go build -race=false -v ./...", "build", {"race": "false", "v": "true"}, ("./...",)),
        ("go build -buildvcs ./...", "build", {"buildvcs": "true"}, ("./...",)),
        ("go build -o x -- -odd", "build", {"o": "x"}, ("-odd",)),
        ("go build ./... -o x", "build", {}, ("./...", "-o", "x")),
        ("go -C sub mod tidy -diff", "mod tidy", {"C": "sub", "diff": "true"}, ()),
        ("go build -C sub -v", "build", {"C": "sub", "v": "true"}, ()),
        ("go mod edit -require a.b/c@v1 go.mod", "mod edit", {"require": "a.b/c@v1"}, ("go.mod",)),
        ("go run -race . -port 80", "run", {"race": "true"}, (".", "-port", "80")),
        ("go test ./... -run X -count=1", "test", {"run": "X", "count": "1"}, ("./...",)),
        ("go test ./... -args -v", "test", {}, ("./...", "-args", "-v")),
        ("go tool -n compile -V", "tool", {"n": "true"}, ("compile", "-V")),
        ("go get -u=patch ./...", "get", {"u": "patch"}, ("./...",)),
        ("go get -u ./...", "get", {"u": "true"}, ("./...",)),
        ("go env -w GOFLAGS=-mod=mod", "env", {"w": "true"}, ("GOFLAGS=-mod=mod",)),
        ("go mod", "mod", {}, ()),
        ("go", "", {}, ()),
        ("go -version", "", {"version": "true"}, ()),
        ("go build -o", "build", {"o": "true"}, ()),
    ],
)
def test_verb_flags_and_arguments(line, verb, flags, arguments):
    """Flags end where go ends them; values stand behind `=` or as the next word."""
    command = read(line)
    assert (command.verb, dict(command.flags), command.arguments) == (verb, flags, arguments)


def test_a_repeated_flag_keeps_all_its_values_in_order():
    """The last one counts, and all of them are there for those that need more."""
    command = read("go build -ldflags=-s -o a -ldflags=-w -o b")
    assert command.flags["ldflags"] == "-w"
    assert command.repeated == ("ldflags", "o")
    assert command.values("ldflags") == ("-s", "-w")


def test_unknown_flags_in_front_of_known_ones():
    """A word nobody knows stands among the flags when more flags or a package follow."""
    hole = Holes().mark("unknown", "$FLAGS")
    command = read_command(["go", "build", hole, "-o", "x", hole, "./cmd"])
    assert (command.flags, command.arguments, command.unread) == ({"o": "x"}, ("./cmd",), (hole, hole))


def test_an_unknown_argument():
    """A word nobody knows at the end is an argument; behind the package of `go run` all are."""
    hole = Holes().mark("unknown", "$PACKAGE")
    assert read_command(["go", "build", "-o", "x", hole]).arguments == (hole,)
    assert read_command(["go", "run", ".", hole, "-v"]).arguments == (".", hole, "-v")


def test_a_verb_nobody_knows():
    """An unknown word where the verb stands gives no verb."""
    hole = Holes().mark("unknown", "$VERB")
    assert read_command(["go", hole]).verb == ""


def test_goflags_are_added_where_the_verb_knows_them():
    """The command line's own value counts more; flags of other verbs are left out."""
    command = with_goflags(read("go build -mod=vendor -ldflags=-w ."), "-mod=mod -count=1 -trimpath '-ldflags=-s -w'")
    assert dict(command.flags) == {"mod": "vendor", "ldflags": "-w", "trimpath": "true"}
    assert command.values("ldflags") == ("-s -w", "-w")


def test_goflags_that_cannot_be_split():
    """A quote that is not closed changes nothing."""
    command = read("go build .")
    assert with_goflags(command, "'-mod=mod").flags == {}


def test_the_release_in_a_program_name():
    """`go1.22.3` says its release, `go` none."""
    assert [program_version(name) for name in ("go1.22.3", "/x/bin/go1.21rc1", "go", "gotip")] == [
        "1.22.3",
        "1.21rc1",
        "",
        "",
    ]
