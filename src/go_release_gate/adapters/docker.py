"""Builds images with the Docker engine, or the BuildKit, that is at hand. Nothing is ever pushed.

Building runs what the Dockerfile says: the caller asks for it on trusted events only.
https://docs.docker.com/reference/cli/docker/buildx/build/, https://docs.docker.com/build/ci/github-actions/reproducible-builds/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.adapters.programs import find
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built_images import ImageOrder

ASK_LIMIT = 60.0  # seconds for a question to the engine
TIME_LIMIT = 3600.0  # seconds for one build
HINT = "start a Docker engine, or set DOCKER_HOST (docker/setup-buildx-action in a workflow)"
_PASSED = (
    "PATH", "HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
    "BUILDX_BUILDER", "BUILDX_CONFIG", "XDG_RUNTIME_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy",
    "https_proxy", "no_proxy",
)  # fmt: skip
_BUILDKIT = re.compile(r"^\s*BuildKit(?: version)?:\s*v?(\d+)\.(\d+)", re.MULTILINE)
_DRIVER = re.compile(r"^Driver:\s*(\S+)", re.MULTILINE)
_REWRITES = (0, 13)  # https://github.com/moby/buildkit/releases/tag/v0.13.0: rewrite-timestamp
_IMAGE = re.compile(r"sha256:[0-9a-f]{64}")


class BuildRefusedError(Exception):
    """The engine refused to build; the message is what it said last."""


@dataclass(frozen=True, slots=True)
class Docker:
    """An engine.

    Attributes:
        exports: whether buildx is there with a builder that writes OCI archives (not that of driver `docker`).
        rewrites: whether that builder sets the times of files in layers. is_unknown: whether it tells no version, as
            one built by hand does. version: of the engine, in words.
    """

    program: Path
    runner: Runner
    variables: Mapping[str, str]
    version: str = ""
    exports: bool = False
    rewrites: bool = False
    is_unknown: bool = False

    @property
    def limits(self) -> tuple[str, ...]:
        """What it cannot do, one sentence each."""
        if self.exports and not self.rewrites:
            return ("this BuildKit is older than 0.13: times of files in layers are those of the build",)
        if self.exports:
            return ("it does not tell its version: one older than 0.13 sets no times in layers",) * self.is_unknown
        return (
            "no buildx with a builder of its own: times of files in layers are those of the build",
            "no buildx with a builder of its own: one platform, no attestations, and a digest only its engine knows",
        )

    def build(self, order: ImageOrder, root: Path, output: Path, *, epoch: int | None, fresh: bool = False) -> None:
        """Build an image of the tree at `root` into the archive `output`.

        Args:
            epoch: SOURCE_DATE_EPOCH. fresh: take nothing from a cache.

        Raises:
            BuildRefusedError: the engine refuses. UnavailableError: it is not there, or does not end in time.
        """
        words = self._words(order, root, fresh)
        if self.exports:
            rewriting = ",rewrite-timestamp=true" if self.rewrites else ""
            target = f"type=oci,dest={output}{rewriting}"
            platforms = [f"--platform={','.join(order.platforms)}"] if order.platforms else []
            words = ["buildx", "build", *platforms, "--provenance=false", "--sbom=false", "--output", target, *words]
            self._build(words, root, epoch)
            return
        if len(order.platforms) > 1:
            raise UnavailableError(
                f"{order.name}: this engine builds one platform at a time, and {len(order.platforms)} are asked for",
                "use buildx with a builder of its own (docker buildx create --use)",
            )
        told = output.with_suffix(".id")
        platforms = [f"--platform={order.platforms[0]}"] if order.platforms else []
        self._build(["build", *platforms, "--iidfile", str(told), *words], root, epoch)
        image = _IMAGE.search(told.read_text(encoding="ascii", errors="replace"))
        if image is None:
            raise UnavailableError(f"{order.name}: the engine did not tell what it built")
        saved = self._run(["save", "--output", str(output), image[0]], root, TIME_LIMIT)
        self._run(["image", "rm", "--no-prune", image[0]], root, ASK_LIMIT)  # it stays where a name holds it
        if saved.returncode != 0:
            raise UnavailableError(f"{order.name}: the image cannot be saved: {_last(saved)}", HINT)

    def _words(self, order: ImageOrder, root: Path, fresh: bool) -> list[str]:
        words = ["--file", str(root / order.dockerfile)]
        words += ["--no-cache"] if fresh else []
        words += [f"--target={order.target}"] if order.target else []
        words += [f"--label={key}={value}" for key, value in order.labels.items()]
        words += [f"--build-arg={key}={value}" for key, value in order.arguments.items()]
        return [*words, str(root / order.context)]

    def _build(self, words: list[str], root: Path, epoch: int | None) -> None:
        stamp = {} if epoch is None else {"SOURCE_DATE_EPOCH": str(epoch)}
        done = self._run(words, root, TIME_LIMIT, {**stamp, "DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain"})
        if done.returncode != 0:
            raise BuildRefusedError(_last(done))

    def _run(self, words: list[str], root: Path, limit: float, further: Mapping[str, str] | None = None) -> Completed:
        env = {**self.variables, **(further or {})}
        done = self.runner.run([str(self.program), *words], cwd=root, env=env, timeout=limit)
        if done.timed_out:
            raise UnavailableError(f"docker {words[0]} did not end within {limit:g} s", HINT)
        return done


def find_docker(parent: Mapping[str, str], root: Path, runner: Runner) -> Docker:
    """The engine that answers. Raises UnavailableError: there is none."""
    program = find("docker", parent, root)
    if program is None:
        raise UnavailableError("no image was built: docker is not on PATH", HINT)
    variables = {name: parent[name] for name in _PASSED if parent.get(name)}

    def ask(*words: str) -> str:
        done = runner.run([str(program), *words], cwd=Path("/"), env=variables, timeout=ASK_LIMIT)
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""

    builder = ask("buildx", "inspect", "--bootstrap")
    driver, kit = _DRIVER.search(builder), _BUILDKIT.search(builder)
    if driver and driver[1] in ("docker-container", "remote", "kubernetes"):
        version = (int(kit[1]), int(kit[2])) if kit else (0, 0)
        is_unknown = version == (0, 0)
        words = "buildx with BuildKit" if is_unknown else f"buildx with BuildKit {version[0]}.{version[1]}"
        rewrites = is_unknown or version >= _REWRITES
        return Docker(program, runner, variables, words, exports=True, rewrites=rewrites, is_unknown=is_unknown)
    version_text = ask("version", "--format", "{{.Server.Version}}").strip()
    if not version_text:
        raise UnavailableError("no image was built: no Docker engine answers", HINT)
    return Docker(program, runner, variables, f"Docker {version_text}")


def _last(done: Completed) -> str:
    """What the engine said last that says something."""
    lines = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
    told = [line for line in lines if re.match(r"\s*(?:ERROR|error|failed|failure)", line)] or lines
    return told[-1].strip()[:400] if told else f"exit code {done.returncode}"
