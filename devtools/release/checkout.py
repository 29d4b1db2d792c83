"""git, as the release asks it: one repository, no configuration of whoever runs it, no prompt."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

VERSION = re.compile(r"(?P<major>0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?P<pre>-[0-9A-Za-z.-]+)?")
COMMIT = re.compile(r"[0-9a-f]{40}")


class RefusedError(Exception):
    """Something is not as a release needs it; the message says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A clone of the project; `remote` is the repository that releases stand in."""

    root: Path
    remote: str = "origin"

    def git(self, *arguments: str, given: bytes = b"", environ: Mapping[str, str] | None = None) -> str:
        """What git prints, without the last line feed. Raises RefusedError with git's own words."""
        return self._run(arguments, given, environ or {}).decode().removesuffix("\n")

    def archive(self, commit: str, *paths: str) -> tarfile.TarFile:
        """The files of a commit, or those at and below some paths, as git has them."""
        return tarfile.open(fileobj=io.BytesIO(self._run(("archive", "--format=tar", commit, "--", *paths), b"", {})))

    def commit(self, revision: str) -> str:
        """The full hash of a commit that this clone has."""
        return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def text(self, commit: str, path: str) -> str:
        """A file at a commit."""
        return self.git("cat-file", "blob", f"{commit}:{path}") + "\n"

    def texts(self, commit: str, *paths: str) -> dict[str, str]:
        """The YAML files of a commit at and below some paths, each of which it has."""
        with self.archive(commit, *paths) as files:
            found = [member for member in files if member.isfile() and member.name.endswith(".yml")]
            return {member.name: files.extractfile(member).read().decode() for member in found}  # type: ignore[union-attr]

    def epoch(self, commit: str) -> int:
        """Seconds since 1970 at which a commit was made: SOURCE_DATE_EPOCH of all that is built from it."""
        return int(self.git("show", "--no-patch", "--format=%ct", commit))

    def remote_tags(self) -> dict[str, str]:
        """Tag → commit, as the remote has them now."""
        found: dict[str, str] = {}
        for line in self.git("ls-remote", "--tags", "--", self.remote).splitlines():
            commit, _, ref = line.partition("\t")
            found[ref.removeprefix("refs/tags/").removesuffix("^{}")] = commit  # a peeled line comes last
        return found

    def _run(self, arguments: Sequence[str], given: bytes, environ: Mapping[str, str]) -> bytes:
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", **environ},
        )
        if done.returncode:
            raise RefusedError(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout


def checked_version(text: str) -> str:
    """`text`, if it is a version without a leading v. Raises RefusedError."""
    if not VERSION.fullmatch(text):
        raise RefusedError(f"{text!r} is no version: expected one such as 1.4.0 or 1.5.0-rc.1, without a v")
    return text
