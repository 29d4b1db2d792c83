"""Directories of a build stage are followed back to the repository."""

import pytest

from go_release_gate.dockerfile.context import repository_directory, repository_file, working_directory
from go_release_gate.dockerfile.read import read_dockerfile

WHOLE = "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build\n"


def directory(text, path, context=".", stage=-1):
    """Where `path` comes from at the end of the stage's last instruction."""
    dockerfile = read_dockerfile("Dockerfile", text)
    return repository_directory(dockerfile, dockerfile.stages[stage], None, path, context)


@pytest.mark.parametrize(
    ("text", "path", "context", "wanted"),
    [
        (WHOLE, "/src", ".", "."),
        (WHOLE, "/src/cmd/api", "services/x", "services/x/cmd/api"),
        (WHOLE, "/other", ".", ""),
        (WHOLE, "/src", "", ""),
        ("FROM golang\nCOPY services/api /api/\nWORKDIR /api", "/api", ".", "services/api"),
        ("FROM golang\nWORKDIR /w\nCOPY go.mod go.sum ./", "/w", "svc", "svc"),
        ("FROM golang\nWORKDIR /w\nCOPY api/go.mod ./", "/w", ".", "api"),
        ("FROM golang\nWORKDIR /w\nCOPY . .\nCOPY gen /w/gen", "/w/gen/x", ".", "gen/x"),
        ('FROM golang\nCOPY ["a dir", "/w/"]', "/w", ".", "a dir"),
        ("FROM golang AS a\nWORKDIR /w\nCOPY app .\nFROM golang\nCOPY --from=a /w /x", "/x", ".", "app"),
        ("FROM golang AS a\nWORKDIR /w\nCOPY app .\nFROM a\nWORKDIR cmd", "/w/cmd", ".", "app/cmd"),
        ("FROM golang\nARG D\nCOPY $D /w", "/w", ".", ""),
        ("FROM golang\nADD https://example.com/x /w", "/w", ".", ""),
        ("FROM golang\nCOPY ../x /w", "/w", ".", ""),
    ],
)
def test_where_a_directory_comes_from(text, path, context, wanted):
    """COPY, WORKDIR, parents and other stages are followed; what is not certain is not known."""
    assert directory(text, path, context) == wanted


def test_what_is_copied_later_does_not_count():
    """The instruction sees what stands before it, and its own bind mounts."""
    text = "FROM golang\nWORKDIR /w\nRUN --mount=type=bind,source=api,target=. go build\nCOPY web /w\n"
    dockerfile = read_dockerfile("Dockerfile", text)
    stage = dockerfile.stages[0]
    assert repository_directory(dockerfile, stage, stage.instructions[1], "/w") == "api"
    assert repository_directory(dockerfile, stage, None, "/w") == "web"
    assert working_directory(dockerfile, stage, stage.instructions[0]) == "/go"
    assert working_directory(dockerfile, stage) == "/w"


def test_where_a_file_comes_from():
    """A file copied by name, with another name, and one that lies in a copied directory."""
    text = "FROM golang\nCOPY scripts/entry.sh /run.sh\nCOPY . /src\nCOPY a.sh b.sh /bin/\n"
    dockerfile = read_dockerfile("Dockerfile", text)
    stage = dockerfile.stages[0]
    paths = ("/run.sh", "/src/x/y.sh", "/bin/b.sh", "/bin/c.sh", "/etc/x.sh")
    found = [repository_file(dockerfile, stage, None, path, "svc") for path in paths]
    assert found == ["svc/scripts/entry.sh", "svc/x/y.sh", "svc/b.sh", "svc/c.sh", ""]
