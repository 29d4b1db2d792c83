"""Heal damaged entries of the module cache, once: move aside, download again, hash; put back what cannot be renewed.

The download runs in a scratch module whose go.sum holds the repository's own lines for these versions, so that Go
itself checks against them and asks no checksum database.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.facts.anchors import Key
from go_release_gate.facts.cacheentry import Entry, State, judge
from go_release_gate.facts.hashing import Work, hash_one
from go_release_gate.facts.survey import look

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go

_CALL_SIZE = 100
_COMPLAINT = re.compile(r"^go: (?!downloading )(.+)", re.MULTILINE)
_REFUSED = re.compile(r"verifying (\S+?)@(\S+?): checksum mismatch\s+downloaded: +(\S+)")


@dataclass(frozen=True, slots=True)
class Broken:
    """A damaged entry.

    Attributes:
        expected: the hash go.sum gives it. is_mod: only its go.mod file is damaged.
        what: what is damaged, in words.
        sums: lines of go.sum about this version.
    """

    entry: Entry
    expected: str
    what: str
    sums: tuple[str, ...]
    is_mod: bool = False

    @property
    def key(self) -> Key:
        """Path and version."""
        return self.entry.path, self.entry.version

    @property
    def line_key(self) -> Key:
        """Path and version as the line of go.sum names them."""
        return self.entry.path, self.entry.version + ("/go.mod" if self.is_mod else "")

    @property
    def parts(self) -> tuple[str, ...]:
        """Paths that are moved aside."""
        entry = self.entry
        return (entry.mod,) if self.is_mod else (entry.dir, entry.record, entry.zip, entry.partial)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What became of one: healed; or refuted (the fresh download's hash in `found`); or neither, with the reason."""

    broken: Broken
    is_healed: bool = False
    found: str = ""
    reason: str = ""


def heal(broken: Sequence[Broken], *, go: Go, modcache: Path, scratch: Path, timeout: float | None) -> list[Remedy]:
    """Try to renew each entry. What is not healed lies in the cache as it did before.

    Args:
        scratch: an existing private directory; one directory is made and removed in it.
        timeout: seconds one call of Go may take.
    """
    try:
        aside = Path(tempfile.mkdtemp(prefix="aside-", dir=modcache / "cache"))
    except OSError as error:
        return [Remedy(one, reason=f"the cache cannot be written ({_why(error)})") for one in broken]
    remedies: list[Remedy] = []
    try:
        with ExitStack() as stack:
            moved = [one for number, one in enumerate(broken) if _try_move(one, aside / str(number), stack, remedies)]
            refused, reason = _download(moved, go, scratch, timeout)
            remedies += [_examine(one, refused, reason) for one in moved]
    finally:
        remove_tree(aside)
    return remedies


def remove_tree(top: Path) -> None:
    """Remove a tree of a module cache, whose directories are read-only; links are never followed."""
    with suppress(RecursionError):  # nested deeper than any module: it stays behind
        for folder, _, _ in os.walk(top):
            with suppress(OSError):
                Path(folder).chmod(0o700)
        shutil.rmtree(top, ignore_errors=True)


def _try_move(one: Broken, aside: Path, stack: ExitStack, remedies: list[Remedy]) -> bool:
    try:
        stack.enter_context(_moved_aside(one, aside))
    except OSError as error:
        remedies.append(Remedy(one, reason=f"the cache cannot be written ({_why(error)})"))
        return False
    return True


@contextmanager
def _moved_aside(one: Broken, aside: Path) -> Iterator[None]:
    """Move the entry's parts away; at the end put them back unless the entry has become sound."""
    aside.mkdir()
    moved: list[tuple[str, Path, int]] = []
    try:
        with _locked(one.entry):
            for number, part in enumerate(one.parts):
                if os.path.lexists(part):
                    target = aside / str(number)
                    moved.append((part, target, _move(part, target)))
        yield
    finally:
        if not _is_sound(one):
            with _locked(one.entry):
                _put_back(one, moved)


def _move(source: str, target: Path) -> int:
    """Rename, also a read-only directory, which cannot change its parent as it is; its mode is the answer."""
    mode = os.lstat(source).st_mode
    if stat.S_ISDIR(mode):
        Path(source).chmod(stat.S_IMODE(mode) | 0o700)
    Path(source).rename(target)
    return mode


def _put_back(one: Broken, moved: list[tuple[str, Path, int]]) -> None:
    for part in one.parts:
        if any(part == source for source, _, _ in moved):
            _remove(part)
    for source, target, mode in moved:
        target.rename(source)
        if stat.S_ISDIR(mode):
            Path(source).chmod(stat.S_IMODE(mode))


def _remove(path: str) -> None:
    if Path(path).is_dir() and not Path(path).is_symlink():
        remove_tree(Path(path))
    else:
        Path(path).unlink(missing_ok=True)


@contextmanager
def _locked(entry: Entry) -> Iterator[None]:
    """Hold the lock Go takes while it writes this version."""
    try:
        fd = os.open(entry.lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # no lock file: nobody writes; not writable: the move fails with its own message
        yield
        return
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _is_sound(one: Broken) -> bool:
    if one.is_mod:
        return hash_one(Work("mod", one.entry.mod)).hash == one.expected
    return judge(look(one.entry), one.expected).state is State.VERIFIED


def _examine(one: Broken, refused: dict[Key, str], reason: str) -> Remedy:
    if _is_sound(one):
        return Remedy(one, is_healed=True)
    found = refused.get(one.line_key, "")
    return Remedy(one, found=found, reason="" if found else reason or "Go did not download it")


def _download(broken: list[Broken], go: Go, scratch: Path, timeout: float | None) -> tuple[dict[Key, str], str]:
    """Download all; the hashes of downloads that Go refused, and Go's last complaint."""
    home = Path(tempfile.mkdtemp(prefix="heal-", dir=scratch))
    try:
        call = _Call(go, home, timeout)
        for args, is_mod in ((("mod", "download", "-json"), False), (("list", "-m", "-e", "-json"), True)):
            asked = [one for one in broken if one.is_mod is is_mod]
            for at in range(0, len(asked), _CALL_SIZE):
                call.run(args, asked[at : at + _CALL_SIZE])
            for one in asked if len(asked) > 1 else ():  # one refused download has ended a whole call
                if one.line_key not in call.refused and not _is_sound(one):
                    call.run(args, [one])
        return call.refused, call.complaint
    finally:
        shutil.rmtree(home, ignore_errors=True)


class _Call:
    """Calls of Go in the scratch module `home`, and what Go said."""

    def __init__(self, go: Go, home: Path, timeout: float | None) -> None:
        self._go = go
        self._home = home
        self._timeout = timeout
        self.refused: dict[Key, str] = {}
        self.complaint = ""
        home.chmod(0o777)  # Go may run as another user; what lies above is private

    def run(self, args: Sequence[str], asked: Sequence[Broken]) -> None:
        # Go completes go.sum as it downloads: each call starts from the repository's lines alone
        self._write("go.mod", "module example.com/scratch\n")
        self._write("go.sum", "".join(dict.fromkeys(line for one in asked for line in one.sums)))
        names = ["@".join(one.key) for one in asked]
        done = self._go.run([*args, *names], cwd=self._home, timeout=self._timeout, env={"GOWORK": "off"})
        said = _unquoted(done.stdout) + done.stderr.decode("utf-8", "replace")
        self.refused.update(((path, version), found) for path, version, found in _REFUSED.findall(said))
        complaints = _COMPLAINT.findall(said)
        if done.timed_out:
            self.complaint = "Go did not finish in time"
        elif complaints:
            self.complaint = complaints[0]

    def _write(self, name: str, text: str) -> None:
        file = self._home / name
        file.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o666)


def _unquoted(stdout: bytes) -> str:
    """Messages of Go's JSON answers, one `go: …` per line, whatever else the answers hold."""
    errors = re.findall(r'^\s*"(?:Error|Err)": ("(?:[^"\\]|\\.)*")', stdout.decode("utf-8", "replace"), re.MULTILINE)
    return "".join(f"go: {json.loads(error)}\n" for error in errors)


def _why(error: OSError) -> str:
    return os.strerror(error.errno or 0).lower()
