"""A branch of a git repository elsewhere: read, committed to and pushed from a private copy without a work tree.

Nothing is checked out: no filter, hook or line-ending conversion of the repository runs, and nobody's work tree is
touched. A push names the tip that it was made for (`--force-with-lease`), so that somebody faster is never overwritten.
https://git-scm.com/docs/git-push#Documentation/git-push.txt---force-with-leaseltrefnamegtltexpectgt
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.gitops.document import SIZE_LIMIT

TELLING = ("remote:", "ssh:", "fatal:", "error:", "ERROR:")  # how lines begin that say what is wrong
WHO = "go-release-gate <go-release-gate@localhost>"
BASE = "refs/gate/tip"
MADE = "refs/gate/made"

_FASTER = re.compile(
    r"stale info|fetch first|non-fast-forward|cannot lock ref|incorrect old value|already exists|failed to update ref"
)
_ABSENT = re.compile(r"couldn't find remote ref|could not find remote ref")
_IDENTITY = re.compile(r"[^<>\n\0]+ <[^<>\s]+>")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class GitAccess:
    """How git is run.

    Attributes:
        program: git. environment: the whole environment of its processes, credentials among it.
        scratch: directory for the private copy. now: time of commits. identity: `Name <mail>` of commits.
        timeout: seconds of one fetch or push.
    """

    runner: Runner
    program: Path
    environment: Mapping[str, str]
    scratch: Path
    now: Callable[[], datetime]
    identity: str = WHO
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit: git's mode and its bytes."""

    mode: str
    data: bytes


@dataclass(slots=True)
class Checkout:
    """A repository at an address (never a remote's name: the private copy knows none)."""

    access: GitAccess
    address: str
    _folder: Path | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if not self.address or self.address.startswith("-") or "\n" in self.address:
            raise UsageError("the repository of a gitops target has no address", "set `repository` of the target")

    def default_branch(self) -> str:
        """The branch that the remote's HEAD names. Raises RefusedError: none. UnavailableError: not reachable."""
        answer = self._run("ls-remote", "--symref", "--", self.address, "HEAD", timeout=self.access.timeout)
        if answer.returncode:
            raise self._away("asked for its default branch", answer)
        match = re.match(rb"ref: refs/heads/(\S+)\tHEAD\n", answer.stdout)
        if not match:
            raise RefusedError(f"{self.shown} has no default branch", "set `branch` of the target")
        return match[1].decode("utf-8", "surrogateescape")

    def tip(self, branch: str) -> str:
        """Fetch a branch; the commit at its end, empty where there is no such branch. Raises UnavailableError."""
        words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--force", "--depth=1", "--", self.address)
        answer = self._run(*words, f"refs/heads/{branch}:{BASE}", timeout=self.access.timeout)
        if answer.returncode == 0:
            return self._commit_at(BASE)
        if _ABSENT.search(_text(answer)):
            return ""
        raise self._away(f"fetched ({branch})", answer)

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents that a commit names; they need not be here."""
        head = self._run("cat-file", "commit", commit).stdout.decode("utf-8", "replace").partition("\n\n")[0]
        return tuple(line.removeprefix("parent ") for line in head.splitlines() if line.startswith("parent "))

    def files(self, commit: str, paths: Iterable[str]) -> dict[str, Blob]:
        """The files at a commit. Raises RefusedError for one that is not there, too large, or no ordinary file."""
        wanted = tuple(dict.fromkeys(_safe(path) for path in paths))
        answer = self._run("ls-tree", "-l", "-z", "--full-tree", commit, "--", *wanted)
        rows = (row.partition("\t") for row in answer.stdout.decode("utf-8", "surrogateescape").split("\0") if row)
        entries = {path: head.split() for head, _, path in rows}
        return {path: self._blob(path, entries.get(path, [])) for path in wanted}

    def commit(self, parent: str, files: Mapping[str, Blob], message: str) -> str:
        """A commit behind `parent` in which these files have new bytes; it is in the private copy alone."""
        who = self.access.identity if _IDENTITY.fullmatch(self.access.identity) else WHO
        words = message.encode("utf-8", "replace")
        stream = b"commit %s\ncommitter %s %d +0000\n" % (MADE.encode(), who.encode(), self.access.now().timestamp())
        stream += b"data %d\n%s\nfrom %s\n" % (len(words), words, parent.encode())
        for path, blob in files.items():
            quoted = '"' + _safe(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
            name = quoted.encode("utf-8", "surrogateescape")
            stream += b"M %s inline %s\ndata %d\n%s\n" % (blob.mode.encode(), name, len(blob.data), blob.data)
        answer = self._run("fast-import", "--quiet", "--force", "--done", stdin=stream + b"done\n")
        made = self._commit_at(MADE)
        if answer.returncode or not made:
            raise UnavailableError(f"git cannot make a commit: {_last(answer)}", "check the space for temporary files")
        return made

    def push(self, branch: str, commit: str, tip: str) -> bool:
        """Let the branch end at `commit`, if it still ends at `tip` (empty: is not there); False: it does not.

        Raises:
            RefusedError: the remote's rules or hooks do not let it. UnavailableError: nobody can say what happened.
        """
        ref = f"refs/heads/{branch}"
        words = ("push", "--porcelain", "--no-verify", f"--force-with-lease={ref}:{tip}", "--", self.address)
        answer = self._run(*words, f"{commit}:{ref}", timeout=self.access.timeout)
        if answer.returncode == 0:
            return True
        line = next((one for one in _text(answer).splitlines() if one.startswith("!")), "")
        if _FASTER.search(line):
            return False
        if line:
            raise RefusedError(
                f"{self.shown} refuses the push to {branch}: {line.rpartition(chr(9))[2]}",
                "let this identity push to the branch, or set `deliver: pull-request` for the target",
            )
        raise self._away(f"pushed to ({branch})", answer)

    @property
    def shown(self) -> str:
        """The address without a login in it."""
        from go_release_gate.adapters.git import without_user

        return without_user(self.address)

    def _blob(self, path: str, entry: Sequence[str]) -> Blob:
        if not entry:
            raise RefusedError(f"there is no file {path} in {self.shown}", "check `files` and `branch` of the target")
        mode, kind, name, size = entry[:4]
        if kind != "blob" or not mode.startswith("100"):
            raise RefusedError(
                f"{path} in {self.shown} is no ordinary file, but a {'link' if kind == 'blob' else kind}"
            )
        if int(size) > SIZE_LIMIT:
            raise RefusedError(f"{path} in {self.shown} has {size} bytes; at most {SIZE_LIMIT} are read")
        return Blob(mode, self._run("cat-file", "blob", name).stdout)

    def _commit_at(self, ref: str) -> str:
        found = self._run("rev-parse", "--verify", "--quiet", ref).stdout.decode("ascii", "replace").strip()
        return found if _COMMIT.fullmatch(found) else ""

    def _away(self, what: str, answer: Completed) -> UnavailableError:
        why = "it takes too long" if answer.timed_out else _last(answer).replace(self.address, self.shown)
        return UnavailableError(f"{self.shown} cannot be {what}: {why}", "check the network and the credentials of git")

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="gitops-", dir=self.access.scratch))
            if self._run("init", "--quiet", "--bare", "--template=").returncode:
                raise UnavailableError(f"git cannot write to {self.access.scratch}", "check space and rights")
        return self._folder

    def _run(self, *words: str, stdin: bytes = b"", timeout: float = 60.0) -> Completed:
        place = self._place()
        fixed = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1", "GIT_DIR": str(place)}
        settings = ("gc.auto=0", "maintenance.auto=false", "core.hooksPath=/dev/null")
        argv = [str(self.access.program), *(word for one in settings for word in ("-c", one)), *words]
        environment = {**self.access.environment, **fixed}
        return self.access.runner.run(argv, cwd=place, env=environment, timeout=timeout, stdin=stdin)


def _safe(path: str) -> str:
    """A path below the root of a repository. Raises UsageError for any other."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts) or not path.isprintable():
        raise UsageError(f"{path!r} is no file below the root of a repository", "correct `files` of the target")
    return path


def _text(answer: Completed) -> str:
    return (answer.stdout + b"\n" + answer.stderr).decode("utf-8", "replace")


def _last(answer: Completed) -> str:
    """What git says is wrong: its first such line; behind it stands advice that is the same for everything."""
    lines = [line.strip() for line in _text(answer).splitlines() if line.strip() and not line.startswith("hint:")]
    told = next((line for line in lines if line.startswith(TELLING)), lines[-1] if lines else "")
    return told or "git says nothing"
