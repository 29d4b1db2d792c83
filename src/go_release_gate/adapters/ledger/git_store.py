"""The ledger in a git repository: a ref of its own, one commit for each entry, grown by compare-and-swap pushes.

Every commit holds one file, `entry.json`, and has the commit before as its only parent. A push names the tip that it
was made for (`--force-with-lease`), so the remote refuses it when somebody else was faster.
https://git-scm.com/docs/git-push#Documentation/git-push.txt---force-with-leaseltrefnamegtltexpectgt
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from go_release_gate.adapters.ledger.begun import Begun
from go_release_gate.adapters.ledger.seen import Seen, loss_of
from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.canonical import SIZE_LIMIT
from go_release_gate.ledger.store import Loss, Records

FILE = "entry.json"
LOCAL = "refs/go-release-gate/ledger"
TIMEOUT = 120.0  # seconds of one fetch or push
LOCAL_TRIES = 20
SURE = 3  # fetches until a history that does not lead on is believed to be one
READ_LIMIT = 1 << 30  # bytes of the whole ledger
TELLING = ("remote:", "ssh:", "fatal:", "error:", "ERROR:")  # how lines begin that say what is wrong
WHO = "go-release-gate <go-release-gate@localhost>"

_FASTER = re.compile(
    r"stale info|fetch first|non-fast-forward|cannot lock ref|incorrect old value|reference already exists"
    r"|failed to update ref|needs force|already exists"
)
_ABSENT = re.compile(r"couldn't find remote ref|could not find remote ref")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the ledger lies: the repository here that holds copies of it, its remote (name or address), the ref."""

    repository: Path
    remote: str
    ref: str


class GitStore:
    """A ledger behind a git remote. See ledger.store.Store.

    Args:
        program: git. environment: the whole environment of its processes, credentials among it.
    """

    def __init__(self, runner: Runner, program: Path, environment: Mapping[str, str], place: Place) -> None:
        self._runner = runner
        self._program = program
        self._environment = {**environment, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        self._place = place
        digits = "".join(character for character in place.ref if character.isalnum())
        self._local = f"{LOCAL}-{digits}"
        self._seen = Seen(self._run, digits)
        self._begun: Begun | None = None
        self._found = ("", "")  # by the last fetch: where the ledger is, and where this clone saw it last

    def begin(self) -> None:
        """Begin the fetch of the first `read`, which waits for it: what is done meanwhile takes no time of its own."""
        self._begun = Begun(self._fetched)

    def end(self, terminate: Callable[[], None]) -> None:
        """Nobody reads any more: what was begun in vain is ended by `terminate`, and waited for."""
        begun, self._begun = self._begun, None
        if begun:
            terminate()
            with contextlib.suppress(UnavailableError):
                begun.ended()

    def read(self, known: Records | None = None) -> Records:
        """Fetch the ref and read what is new behind `known`."""
        begun, self._begun = self._begun, None
        tip = begun.ended() if begun else self._fetched()
        if known and known.tip and not known.loss and not self._seen.leads(known.tip, tip):
            tip = self._fetched()  # one answer may have come late
        behind = known.tip if known and known.tip and not known.loss and self._seen.leads(known.tip, tip) else ""
        lost = self._seen.lost or (known.tip if known and not known.loss and not behind else "")
        if known and known.tip == tip and not lost and not known.loss:
            return known
        found = self._history(behind, tip, known.records if known and behind else ())
        return self._missing(lost, found) if lost else found

    def keep(self, records: Records) -> None:
        """Go forward to what was read last, and believed. What is not believed may be taken away again by whoever
        mends the ledger."""
        tip, seen = self._found
        if records.tip == tip and not self._seen.lost and tip not in ("", seen):
            self._seen.forward(tip, seen)

    def accept(self, why: str) -> str:
        """Take what the remote has for the ledger, although it is not what this clone saw before.

        Args:
            why: one line, for the reflog. Gives the ref that keeps what was seen; empty: nothing was missing.
        """
        return self._seen.accept(self._fetched(), why)

    def entry_at(self, commit: str) -> bytes:
        """The bytes of the entry in a commit, as the clone has them; empty: it has none."""
        answer = self._run("cat-file", "blob", f"{commit}:{FILE}")
        return answer.stdout if answer.returncode == 0 else b""

    def last_known(self) -> Records:
        """The ledger as this clone saw it last, without asking anybody; empty where it never saw it."""
        refs = self._refs(self._local, self._seen.ref)
        tips = [refs.get(self._local, "")]
        if self._place.ref.startswith("refs/heads/"):
            branch = self._place.ref.removeprefix("refs/heads/")
            tips.append(self._tip(f"refs/remotes/{self._place.remote}/{branch}"))
        seen = [tip for tip in tips if tip]
        if not seen:
            return Records(())
        tip = seen[-1] if self._seen.leads(seen[0], seen[-1]) else seen[0]
        before = refs.get(self._seen.ref, "")
        found = self._history("", tip)
        return self._missing(before, found) if before and not self._seen.leads(before, tip) else found

    def refresh(self) -> None:
        """Let the clone have what the remote has, for `last_known`. Raises UnavailableError."""
        self._fetched()

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        """Make the commits and push them, on the condition that the remote still is at `tip`."""
        made = self._committed(entries, tip)
        place = self._place
        answer = self._run(
            "push",
            "--porcelain",
            "--no-verify",
            "--atomic",
            f"--force-with-lease={place.ref}:{tip}",
            "--",  # what stands behind is no option, whatever the configuration calls its remote
            place.remote,
            f"{made}:{place.ref}",
            timeout=TIMEOUT,
        )
        if answer.returncode == 0:
            self._run("update-ref", self._local, made)
            self._seen.forward(made, tip)
            return made
        said = _text(answer)
        if _FASTER.search(said):
            return None
        line = next((line for line in said.splitlines() if line.startswith("!")), "")
        if line:
            raise RefusedError(
                f"the remote {place.remote} refuses entries at {place.ref}: {_reason(line)}",
                "allow this identity to push to that ref alone (a bypass of its ruleset); run `go-release-gate doctor`",
            )
        raise UnavailableError(f"{place.remote} cannot be reached to append: {_last(said)}", "run it again")

    def _fetched(self) -> str:
        """Where the ledger is. What does not lead on from what was seen is asked for again: another process of this
        clone may have been told something newer, and this answer have come late."""
        for _ in range(SURE):
            self._found = tip, seen = self._fetched_once()
            if self._seen.follow(tip, seen):
                break
        return tip

    def _fetched_once(self) -> tuple[str, str]:
        """Where the ledger is, and where this clone saw it last."""
        place = self._place
        words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--force", "--", place.remote)
        for _ in range(LOCAL_TRIES):
            answer = self._run(*words, f"{place.ref}:{self._local}", timeout=TIMEOUT)
            if answer.returncode == 0:
                refs = self._refs(self._local, self._seen.ref)
                return refs.get(self._local, ""), refs.get(self._seen.ref, "")
            if b"cannot lock ref" not in answer.stderr:  # another process of this machine fetches into this clone
                break
        said = _text(answer)
        if _ABSENT.search(said):
            return "", self._tip(self._seen.ref)
        raise UnavailableError(
            f"the ledger {place.ref} cannot be fetched from {place.remote}: {_last(said)}",
            "check the network and the credentials of git",
        )

    def _tip(self, ref: str) -> str:
        return self._run("rev-parse", "--verify", "--quiet", ref).stdout.decode("ascii", "replace").strip()

    def _missing(self, lost: str, found: Records) -> Records:
        """What was found, which does not lead on from the commit `lost` that was seen before."""
        return replace(found, loss=loss_of(self._history("", lost), found))

    def _refs(self, *names: str) -> dict[str, str]:
        """Where refs are; those that are not there are left out."""
        answer = self._run("for-each-ref", "--format=%(refname) %(objectname)", *names)
        rows = (line.split() for line in answer.stdout.decode("ascii", "replace").splitlines())
        return {row[0]: row[1] for row in rows if len(row) == 2}

    def _history(self, since: str, tip: str, before: tuple[bytes, ...] = ()) -> Records:
        """What is behind `since` (empty: all), added to what was `before`; up to a commit that is none of an entry."""
        commits, odd = self._commits(since, tip) if tip else ([], "")
        found = tuple(self._contents(commits))
        if len(found) < len(commits):
            odd = f"its commit {commits[len(found)][:12]} has no readable {FILE}"
        return Records((*before, *found), tip, Loss(len(before) + len(found) + 1, odd) if odd else None)

    def _commits(self, since: str, tip: str) -> tuple[list[str], str]:
        """The commits behind `since`, oldest first, up to a merge, which is no ledger's: why they end there."""
        range_ = f"{since}..{tip}" if since else tip
        answer = self._run("rev-list", "--reverse", "--parents", "--first-parent", range_)
        rows = [line.split() for line in answer.stdout.decode("ascii", "replace").splitlines()]
        if answer.returncode or (rows and not since and len(rows[0]) > 1):
            raise RefusedError(
                f"{self._place.ref} is no ledger, or was cut: its history is not whole",
                "fetch it whole, or name another ref in `ledger.ref`",
            )
        merge = next((number for number, row in enumerate(rows) if len(row) > 2), len(rows))
        odd = f"its commit {rows[merge][0][:12]} is a merge" if merge < len(rows) else ""
        return [row[0] for row in rows[:merge]], odd

    def _contents(self, commits: Sequence[str]) -> Iterator[bytes]:
        """What the commits hold, up to one that holds no entry."""
        asked = "".join(f"{name}:{FILE}\n" for name in commits).encode()
        answer = self._run("cat-file", "--batch", stdin=asked, limit=READ_LIMIT)
        data, position = answer.stdout, 0
        for _ in commits:
            end = data.find(b"\n", position)
            head = data[position:end].split() if end >= 0 else []
            if len(head) != 3 or head[1] != b"blob" or int(head[2]) > SIZE_LIMIT:
                return
            yield data[end + 1 : end + 1 + int(head[2])]
            position = end + 2 + int(head[2])

    def _committed(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str:
        """One fast-import makes every commit, and prints the last one's name; the ref it needs is gone with it."""
        branch = b"refs/go-release-gate/writing-%d-%s" % (os.getpid(), secrets.token_hex(4).encode())
        stream = bytearray()
        for number, (data, words) in enumerate(entries, 1):
            message = words.encode("utf-8", "replace")
            stream += b"commit %s\nmark :%d\ncommitter %s now\n" % (branch, number, WHO.encode())
            stream += b"data %d\n%s\n" % (len(message), message)
            if number == 1 and tip:
                stream += b"from %s\n" % tip.encode()
            stream += b"deleteall\nM 100644 inline %s\ndata %d\n%s\n" % (FILE.encode(), len(data), data)
        stream += b"get-mark :%d\nreset %s\nfrom %s\ndone\n" % (len(entries), branch, b"0" * (len(tip) or 40))
        answer = self._run("fast-import", "--quiet", "--force", "--date-format=now", "--done", stdin=bytes(stream))
        made = answer.stdout.decode("ascii", "replace").strip()
        if answer.returncode or not re.fullmatch(r"[0-9a-f]{40,64}", made):
            raise UnavailableError(f"git cannot write here: {_last(_text(answer))}", "check space and rights of .git")
        return made

    def _run(self, *words: str, stdin: bytes = b"", timeout: float = TIMEOUT, limit: int = 64 << 20) -> Completed:
        argv = [str(self._program), "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.hooksPath=/dev/null"]
        return self._runner.run(
            [*argv, *words],
            cwd=self._place.repository,
            env=self._environment,
            timeout=timeout,
            stdin=stdin,
            output_limit=limit,
        )


def _text(answer: Completed) -> str:
    return (answer.stdout + b"\n" + answer.stderr).decode("utf-8", "replace")


def _reason(line: str) -> str:
    return line.rpartition("\t")[2] or line


def _last(said: str) -> str:
    """What git says is wrong: its first such line; behind it stands advice that is the same for everything."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("hint:")]
    told = next((line for line in lines if line.startswith(TELLING)), lines[-1] if lines else "")
    return told or "git says nothing"
