"""The words that an engine is asked with, and what is made of its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from go_release_gate.adapters.docker import BuildRefusedError, Docker, find_docker
from go_release_gate.adapters.process import Completed
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built_images import ImageOrder

ORDER = ImageOrder("app/Dockerfile", "app", labels={"a": "b c"}, arguments={"X": "1"}, platforms=("linux/arm64",))


class Engine:
    """Answers as an engine: `answers` maps the first words of a command to what it says; others fail."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = answers
        self.calls: list[list[str]] = []
        self.env: Mapping[str, str] = {}

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,  # noqa: ARG002 - as the real one
        env: Mapping[str, str],
        timeout: float,  # noqa: ARG002
        stdin: bytes = b"",  # noqa: ARG002
        output_limit: int = 64 << 20,  # noqa: ARG002
    ) -> Completed:
        """Answer, and write the file of --iidfile."""
        words = list(argv[1:])
        self.calls.append(words)
        self.env = env
        if "--iidfile" in words:
            Path(words[words.index("--iidfile") + 1]).write_text("sha256:" + "a" * 64)
        said = next((text for start, text in self.answers.items() if " ".join(words).startswith(start)), None)
        code, error = (0, b"") if said is not None else (1, b"#5 RUN false\nERROR: failed to solve: exit code 1\n\n")
        return Completed(code, (said or "").encode(), error, 0.0)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A PATH with a docker, and what must or must not reach it."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return {"PATH": str(program.parent), "DOCKER_HOST": "tcp://127.0.0.1:1", "GITHUB_TOKEN": "secret"}


def found(environ: dict[str, str], tmp_path: Path, **answers: str) -> tuple[Docker, Engine]:
    """What is found where the engine answers so."""
    engine = Engine({name.replace("_", " "): text for name, text in answers.items()})
    return find_docker(environ, tmp_path / "checkout", engine), engine


def test_a_builder_of_its_own_exports_and_sets_times(environ: dict[str, str], tmp_path: Path) -> None:
    """buildx with a container or a remote BuildKit writes an OCI archive with the commit's times, never pushing."""
    docker, engine = found(
        environ, tmp_path, buildx_inspect="Driver: remote\nBuildKit version: v0.26.3\n", buildx_build=""
    )
    assert docker.limits == ()
    docker.build(ORDER, tmp_path, tmp_path / "out.tar", epoch=7, fresh=True)
    words = engine.calls[-1]
    assert words[:2] == ["buildx", "build"]
    assert f"type=oci,dest={tmp_path / 'out.tar'},rewrite-timestamp=true" in words
    assert {"--platform=linux/arm64", "--provenance=false", "--no-cache", "--label=a=b c", "--build-arg=X=1"} <= {
        *words
    }
    assert words[-1] == str(tmp_path / "app")
    assert not any("push" in word for word in words)
    assert engine.env["SOURCE_DATE_EPOCH"] == "7"
    assert engine.env["DOCKER_HOST"] == "tcp://127.0.0.1:1"
    assert "GITHUB_TOKEN" not in engine.env


@pytest.mark.parametrize(
    ("version", "rewrites", "limits"), [("v0.12.5", False, 1), ("v0.13.0", True, 0), ("v0.0.0+unknown", True, 1)]
)
def test_older_builders_are_told_of(
    environ: dict[str, str], tmp_path: Path, version: str, rewrites: bool, limits: int
) -> None:
    """What sets no times says so; one that tells no version is asked to, and the doubt is said."""
    said = f"Driver: docker-container\nBuildKit version: {version}\n"
    docker, _ = found(environ, tmp_path, buildx_inspect=said)
    assert (docker.rewrites, len(docker.limits)) == (rewrites, limits)


def test_a_plain_engine_builds_and_saves(environ: dict[str, str], tmp_path: Path) -> None:
    """Without a builder that exports, the image is built, saved by its id, and removed."""
    answers = {"buildx_inspect": "Driver: docker\n", "version": "20.10.24\n", "build": "", "save": "", "image": ""}
    docker, engine = found(environ, tmp_path, **answers)
    assert docker.version == "Docker 20.10.24"
    assert len(docker.limits) == 2
    docker.build(ORDER, tmp_path, tmp_path / "out.tar", epoch=None)
    assert [words[0] for words in engine.calls[-3:]] == ["build", "save", "image"]
    assert engine.calls[-2] == ["save", "--output", str(tmp_path / "out.tar"), "sha256:" + "a" * 64]
    assert "SOURCE_DATE_EPOCH" not in engine.env


def test_several_platforms_need_a_builder(environ: dict[str, str], tmp_path: Path) -> None:
    """A plain engine is not asked for what it cannot do."""
    docker, _ = found(environ, tmp_path, version="28.0.0\n")
    order = ImageOrder("Dockerfile", platforms=("linux/amd64", "linux/arm64"))
    with pytest.raises(UnavailableError, match="one platform at a time"):
        docker.build(order, tmp_path, tmp_path / "out.tar", epoch=None)


def test_what_the_engine_refuses_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    """The line with the error, not the last of the log."""
    docker, _ = found(environ, tmp_path, version="28.0.0\n")
    with pytest.raises(BuildRefusedError, match=r"^ERROR: failed to solve: exit code 1$"):
        docker.build(ImageOrder("Dockerfile"), tmp_path, tmp_path / "out.tar", epoch=None)


def test_no_engine_is_unavailable(environ: dict[str, str], tmp_path: Path) -> None:
    """Neither a program nor an answer: nothing is judged instead of passing."""
    with pytest.raises(UnavailableError, match="no Docker engine answers"):
        found(environ, tmp_path)
    with pytest.raises(UnavailableError, match="not on PATH"):
        found({"PATH": ""}, tmp_path)
