"""The go commands of a repository are collected with their place, directory, Go and what starts them."""

from go_release_gate.engine.context import Facts
from go_release_gate.engine.discover import discover
from go_release_gate.engine.dockerfile_reading import collect_dockerfiles
from go_release_gate.engine.go_call_reading import collect_go_calls
from go_release_gate.engine.workflow_reading import read_checkout
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.workflows import Workflows

WORKFLOW = """\
on: push
defaults: {run: {working-directory: svc}}
jobs:
  a:
    runs-on: ubuntu-latest
    strategy: {matrix: {go: ["1.24", "1.25"]}}
    env: {CGO_ENABLED: 0}
    steps:
      - uses: actions/setup-go@v5
        with: {go-version: "${{ matrix.go }}"}
      - run: |
          go vet ./...
          ../scripts/build.sh
        if: github.ref == 'refs/heads/main'
"""
FILES = {
    "go.mod": "module example.com/m\n\ngo 1.21\n",
    "svc/go.mod": "module example.com/m/svc\n\ngo 1.21\n",
    "lib/x.go": "package lib\n",
    "lib/Dockerfile": "FROM golang:1.25.3\nWORKDIR /w\nCOPY . .\nWORKDIR lib\nRUN go build -C ../svc -o /x .\n",
    "svc/Dockerfile": 'FROM golang:1.25\nCOPY . /w\nCOPY run.sh /run.sh\nWORKDIR /w\nENV A=b\nCMD ["/run.sh"]\n',
    "svc/run.sh": "#!/bin/sh\nexec go run .\n",
    ".github/workflows/a.yml": WORKFLOW,
    "scripts/build.sh": '#!/bin/bash\ncd "$(dirname "$0")/.."\ngo1.22.3 build ./... || go build .\n',
    "Makefile": "GO = go\nall: ; $(GO) build $(FLAGS) ./...\n",
    "examples/Makefile": "all: ; go build\n",
    "testdata/x.sh": "go build\n",
}


def collected(tmp_path, files):
    """The calls of a repository, as (path, line, words shown, directory, go, …)."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    facts = Facts(discover(tmp_path))
    found = {Dockerfiles: collect_dockerfiles(facts, None, None), Workflows: read_checkout(tmp_path, "", None, [])[0]}
    facts.others.update({kind: fact for kind, fact in found.items() if fact})
    calls = collect_go_calls(facts, None, None)
    return calls.calls if calls else ()


def test_every_kind_of_file(tmp_path):
    """Steps once for each Go of a matrix, recipes, scripts; examples and test data are left out."""
    calls = collected(tmp_path, FILES)
    assert [(one.path, one.line, one.shown, one.directory, one.go) for one in calls] == [
        (".github/workflows/a.yml", 12, "go vet ./...", "svc", "1.24"),
        (".github/workflows/a.yml", 12, "go vet ./...", "svc", "1.25"),
        ("Makefile", 2, "go build $(FLAGS) ./...", ".", ""),
        ("lib/Dockerfile", 5, "go build -C ../svc -o /x .", "svc", "1.25.3"),
        ("scripts/build.sh", 3, "go1.22.3 build ./...", ".", "1.22.3"),
        ("scripts/build.sh", 3, "go build .", ".", ""),
        ("svc/run.sh", 2, "go run .", "", "1.25"),
        ("svc/run.sh", 2, "go run .", "", ""),
    ]


def test_what_is_known_of_a_call(tmp_path):
    """Environment, conditions, who starts a script, what a container starts."""
    calls = {(one.path, one.shown, one.is_start): one for one in collected(tmp_path, FILES)}
    step = calls[".github/workflows/a.yml", "go vet ./...", False]
    assert (step.is_conditional, step.environment["CGO_ENABLED"], step.scope) == (True, "0", "a/#2")
    script = calls["scripts/build.sh", "go build .", False]
    assert (script.is_conditional, script.ran_by) == (True, (".github/workflows/a.yml",))
    start = calls["svc/run.sh", "go run .", True]
    assert (start.via, start.stage.index, start.dockerfile.path) == ("svc/Dockerfile", 0, "svc/Dockerfile")


def test_nothing_to_collect(tmp_path):
    """A repository without such files has no such fact."""
    assert collected(tmp_path, {"go.mod": FILES["go.mod"]}) == ()


def test_hostile_scripts(tmp_path):
    """Links out of the repository, binary files and endless nesting are no calls and no error."""
    (tmp_path / "a.sh").symlink_to("/etc/passwd")
    nested = "sh -c '" * 50
    files = {"b.sh": "\0\xff go build", "c.sh": f"{nested}go build", "d.mk": "$(" * 999 + "go build"}
    assert {one.path for one in collected(tmp_path, {"go.mod": FILES["go.mod"], **files})} <= {"b.sh", "c.sh"}
