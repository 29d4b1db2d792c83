"""Scripts and Makefiles are gone through with the directory each command runs in."""

import pytest

from go_release_gate.gocommand.makefile import read_makefile
from go_release_gate.gocommand.walk import Walk
from go_release_gate.gocommand.wrappers import inner
from go_release_gate.shell.unknown import Holes


def places(text, directory="."):
    """Words and directory of each command of a script in `scripts/`."""
    return [(" ".join(one.words), one.directory) for one in Walk(Holes(), "scripts").ran(text, {}, directory)]


@pytest.mark.parametrize(
    ("script", "directory"),
    [
        ("cd a && cd b/.. && go vet", "a"),
        ("(cd a && true); go vet", "."),
        ("(cd a; go vet)", "a"),
        ('cd "$(dirname "$0")/.." && go vet', "."),
        ('DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\ncd "$DIR/tools"\ngo vet', "scripts/tools"),
        ("cd $(git rev-parse --show-toplevel)/x; go vet", "x"),
        ('cd "$GITHUB_WORKSPACE"; go vet', "."),
        ("cd $SOMEWHERE; go vet", ""),
        ("cd /tmp; go vet", ""),
        ("cd ../..; go vet", ""),
        ("if x; then cd a; fi; go vet", ""),
        ("sh -c 'cd a && go vet'", "a"),
    ],
)
def test_the_directory_of_a_command(script, directory):
    """`cd` is followed where it is certain; subshells end; anything else is not known."""
    assert ("go vet", directory) in places(script)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("env -u X A=b go vet", "go vet"),
        ("sudo -u me timeout -k 1 30 go vet", "go vet"),
        ("xargs -n 1 go vet", "go vet"),
        ("A=b nice -n 5 go vet", "go vet"),
        ("gosu app go vet", "go vet"),
        ("go vet", "go vet"),
        ("env", ""),
    ],
)
def test_what_stands_in_front(line, words):
    """Programs that run what follows them are passed."""
    assert " ".join(inner(line.split()).words) == words


def test_shells_and_scripts():
    """The text behind `-c`, the file a shell reads, the file that is started by its path."""
    assert inner(["bash", "-euo", "pipefail", "-c", "go vet", "x"]).script == "go vet"
    assert inner(["sh", "-x", "build.sh"]).file == "build.sh"
    assert inner(["./build.sh", "-v"]).file == "./build.sh"
    assert inner(["source", "lib.sh"]).file == "lib.sh"
    assert inner(["env", "A=b", "go"]).environment == {"A": "b"}


MAKEFILE = """\
GO ?= go
FLAGS = -v $(MORE)
MORE := -x
export GOFLAGS = -mod=mod
ifdef DEBUG
MORE2 = a
endif
build: deps ; $(GO) vet
\t@$(GO) build $(FLAGS) \\
\t  -o $@ ./cmd
\t-cd sub && ${GO} test $$HOME $(shell ls) $(MORE2)
define X
\tgo never
endef
# go never
"""


def test_recipes_with_their_variables():
    """Simple variables are put in place, what only make knows stays unknown, lines are those of the file."""
    holes = Holes()
    makefile = read_makefile(MAKEFILE, holes)
    shown = [(one.line, " ".join(holes.shown(one.text).replace("\\", " ").split())) for one in makefile.recipes]
    assert shown == [
        (8, "go vet"),
        (9, "go build -v -x -o $@ ./cmd"),
        (11, "cd sub && go test $HOME $(shell ls) $(MORE2)"),
    ]
    assert makefile.exported == {"GOFLAGS": "-mod=mod"}
