"""What a Go refuses of a command line, by its release; today's Go is asked itself."""

import os
import shutil
import subprocess

import pytest

from go_release_gate.gocommand.flags import flags_of, verbs
from go_release_gate.gocommand.history import NEWEST, goflags_problems, minor_of, problems
from go_release_gate.gocommand.read import read_command
from go_release_gate.shell.unknown import Holes


def found(line, minor):
    """Subjects of the problems of a line."""
    return [one.subject for one in problems(read_command(line.split()), minor)]


@pytest.mark.parametrize(
    ("line", "subject", "since"),
    [
        ("go mod tidy -compat=1.17", "-compat", 17),
        ("go mod tidy -diff", "-diff", 23),
        ("go mod tidy -e", "-e", 16),
        ("go build -trimpath .", "-trimpath", 13),
        ("go build -modcacherw .", "-modcacherw", 14),
        ("go build -buildvcs=false .", "-buildvcs", 18),
        ("go build -pgo=auto .", "-pgo", 20),
        ("go build -cover .", "-cover", 20),
        ("go build -C sub .", "-C", 20),
        ("go build -json .", "-json", 24),
        ("go mod edit -tool=x", "-tool", 24),
        ("go mod edit -godebug=a=b", "-godebug", 23),
        ("go mod edit -ignore=x", "-ignore", 25),
        ("go get -tool x.com/y@v1.0.0", "-tool", 24),
        ("go work sync", "go work sync", 18),
        ("go work vendor", "go work vendor", 22),
        ("go telemetry off", "go telemetry", 23),
        ("go install x.com/y@v1.0.0", "x.com/y@v1.0.0", 16),
        ("go run x.com/y@v1.0.0", "x.com/y@v1.0.0", 17),
        ("go get toolchain@go1.21.3", "toolchain@go1.21.3", 21),
        ("go version -json x", "-json", 25),
        ("go test -fuzz=X .", "-fuzz", 18),
    ],
)
def test_what_a_go_has_not_yet(line, subject, since):
    """The release before refuses it, the one it came with does not."""
    assert subject in found(line, since - 1)
    assert found(line, since) == []


@pytest.mark.parametrize(
    ("line", "subject", "until"),
    [("go get -insecure x.com/y", "-insecure", 17), ("go build -i .", "-i", 20), ("go get -m x.com/y", "-m", 13)],
)
def test_what_a_go_has_no_more(line, subject, until):
    """The release before takes it, the one that dropped it does not."""
    assert found(line, until) == [subject]
    assert found(line, until - 1) == []


@pytest.mark.parametrize(
    "line",
    [
        "go build -nosuch .",
        "go mod tidi",
        "go isntall .",
        "go build x.com/y@v1.0.0",
        "go install x.com/y@none",
        "go install x.com/y@patch",
        "go install x.com/y@v1.0.0 x.com/z@v1.1.0",
        "go build -v -C sub",
        "go mod verify -v",
        "go install -o x .",
        "go build ./... -o x",
        "go vet ./... -x",
        "go mod tidy ./...",
        "go mod verify all",
    ],
)
def test_what_no_go_takes(line):
    """Each is one problem."""
    assert len(found(line, NEWEST)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "go build -o x ./cmd/x",
        "go test -myflag ./...",
        "go vet -printf.funcs=x ./...",
        "go tool pprof -http=:80 x",
        "go run . x.com/y@v1.0.0",
        "go run ./x@y",
        "go install x.com/y@upgrade",
        "go install x.com/y/a@v1.0.0 x.com/y/b@v1.0.0",
        "go get x.com/y@none x.com/z@patch go@1.22",
        "go build -h",
        "go",
        "go list -m x.com/y@latest",
        "go mod download x.com/y@v1.0.0",
        "go clean -i -cache",
        "go help build",
        "go generate -x ./...",
        "go run . -v",
        "go test ./... -v",
        "go build -- -odd",
        "go1.22.3 download",
        "gotip download 12345",
    ],
)
def test_what_today_takes(line):
    """Nothing is said."""
    assert found(line, NEWEST) == []


def test_unknown_parts_are_not_judged():
    """Neither a flag nor a verb that is partly unknown is a problem."""
    hole = Holes().mark("unknown", "$X")
    for words in (["go", hole], ["go", "build", f"-{hole}"], ["go", "install", hole, f"x.com/y@{hole}"]):
        assert not list(problems(read_command(words), NEWEST))


def test_a_newer_go_than_those_known():
    """What the tables do not name may be new there."""
    assert found("go build -shiny .", NEWEST + 1) == []
    assert found("go shine", NEWEST + 1) == []


def test_goflags():
    """Every element must be a flag of some command of that Go."""
    assert [one.subject for one in goflags_problems("-mod=mod -trimpath -tags a", 22)] == ["-tags", "a"]
    assert [one.subject for one in goflags_problems("-buildvcs=false", 17)] == ["-buildvcs"]
    assert [one.subject for one in goflags_problems("'-ldflags=-s -w' -count=1 -nosuch", 26)] == ["-nosuch"]
    assert [one.subject for one in goflags_problems("'-x", 26)] == ["GOFLAGS"]


def test_the_minor_number():
    """It is that of 1.N, with patch or candidate."""
    assert [minor_of(go) for go in ("1.22", "1.22.3", "1.23rc1", "", "2.0", "1")] == [22, 22, 23, None, None, None]


@pytest.mark.skipif(shutil.which("go") is None, reason="asks go")
@pytest.mark.parametrize(
    "verb", ["build", "install", "get", "list", "mod tidy", "mod edit", "mod vendor", "tool", "env"]
)
def test_today_s_flags_are_those_go_takes(verb, tmp_path):
    """For each flag of the table go says that it is defined, and that those of other verbs are not."""
    minor = minor_of(run("env", "GOVERSION", directory=tmp_path).strip().removeprefix("go"))
    if minor is None or minor > NEWEST:
        pytest.skip("a Go that the tables do not know")
    (tmp_path / "go.mod").write_text("module example.com/m\ngo 1.21\n")
    others = {"diff", "require", "deps", "vendor", "w", "trimpath", "mod", "modfile", "json"}
    names = {name for name, flag in flags_of(verb).items() if flag.is_in(minor)} | others
    for name in sorted(names - {"C"}):
        flag = flags_of(verb).get(name)
        is_taken = flag is not None and flag.is_in(minor)
        value = [] if flag is None or flag.is_boolean else ["1"]
        answer = run(*verb.split(), f"-{name}", *value, "-no-such-flag", directory=tmp_path)
        assert (f"not defined: -{name}\n" not in answer) is is_taken, (name, answer)


@pytest.mark.skipif(shutil.which("go") is None, reason="asks go")
@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("build . -x", "leading dash"),
        ("vet . -x", "leading dash"),
        ("mod tidy ./...", "no arguments"),
        ("mod verify all", "no arguments"),
        ("mod vendor x", "no arguments"),
        ("mod graph x", "no arguments"),
        ("build x.com/y@v1.0.0", "can only use path@version"),
        ("test -race -C . .", "must be first flag"),
        ("get -insecure x.com/y", "no longer supported"),
        ("get -m x.com/y", "no longer supported"),
    ],
)
def test_go_refuses_what_is_told_to_be_refused(line, answer, tmp_path):
    """Today's Go says no to each, and so do the tables."""
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    assert answer in run(*line.split(), directory=tmp_path)
    assert found(f"go {line}", NEWEST)


@pytest.mark.skipif(shutil.which("go") is None, reason="asks go")
def test_every_verb_is_one_of_go(tmp_path):
    """Go has a page of help for each verb."""
    for verb in verbs():
        if verb != "help":
            assert "unknown help topic" not in run("help", *verb.split(), directory=tmp_path), verb


def run(*words, directory):
    """What go answers, on both streams; it reaches no network."""
    environment = {**os.environ, "GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    done = subprocess.run(
        ["go", *words], cwd=directory, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr
