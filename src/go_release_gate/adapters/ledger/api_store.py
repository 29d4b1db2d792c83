"""The ledger grown through GitHub's interface: for repositories that take no push from a workflow, or signed ones only.

Reading is what it is for every ledger, a fetch into the clone (`reader`); entries are added as git objects, and the ref
is set on the condition that it only goes forward. Nobody is named as author, so that GitHub signs the commits of an
app's or a job's token and shows them as verified.
https://docs.github.com/rest/git/refs#update-a-reference,
https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from go_release_gate.adapters.github.api import (
    Api,
    DeniedError,
    LostWriteError,
    MissingError,
    RejectedError,
)
from go_release_gate.adapters.ledger.git_store import FILE, GitStore
from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.store import Records

NEEDS = "contents: write"
TRIES = 3  # of one update whose answer was lost
_FASTER = ("not a fast forward", "already exists", "does not exist")


class ApiStore:
    """A ledger behind GitHub's interface. See ledger.store.Store.

    Args:
        reader: reads the ref, through the same repository's clone.
        connect: makes the interface; asked for each append, as the time for GitHub begins with it.
        ref: the ledger's, in full (`refs/heads/release-ledger`).
    """

    def __init__(self, reader: GitStore, connect: Callable[[], Api], ref: str) -> None:
        self._reader = reader
        self._connect = connect
        self._ref = ref

    def read(self, known: Records | None = None) -> Records:
        """See Store."""
        return self._reader.read(known)

    def keep(self, records: Records) -> None:
        """See Store."""
        self._reader.keep(records)

    def last_known(self) -> Records:
        """The ledger as the clone saw it last, without asking anybody."""
        return self._reader.last_known()

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        """Make a commit for each entry, then move the ref from `tip` to the last one; the clone is told, too."""
        made = self._appended(entries, tip)
        if made:
            with contextlib.suppress(UnavailableError):  # it is written; an emergency goes on from what the clone has
                self._reader.refresh()
                self._reader.keep(Records((), made))
        return made

    def _appended(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        api = self._connect()
        try:
            made = tip
            for data, title in entries:
                made = _committed(api, data, title, made)
            return self._moved(api, made, tip, entries[-1][0])
        except DeniedError as error:
            raise RefusedError(f"GitHub refuses entries at {self._ref}: {error.message}", f"grant `{NEEDS}`") from None
        except RejectedError as error:
            raise RefusedError(f"GitHub refuses entries at {self._ref}: {error.message}", _mend(self._ref)) from None

    def _moved(self, api: Api, made: str, tip: str, last: bytes) -> str | None:
        """Set the ref; None where it is elsewhere. A lost answer is no failure: the ledger says whether it is there."""
        was_lost = False
        for _ in range(TRIES):
            try:
                self._set(api, made, tip)
            except LostWriteError:
                was_lost = True
                continue
            except RejectedError as error:
                return self._refused(api, error, made, tip, last, was_lost=was_lost)
            return made
        if _tip(api, self._ref) == made:
            return made
        raise UnavailableError(f"nobody can say whether {self._ref} took the entry: GitHub's answers are lost")

    def _set(self, api: Api, made: str, tip: str) -> None:
        if tip:
            place = f"/repos/{api.repository}/git/{quote(self._ref)}"
            api.write("PATCH", place, {"sha": made, "force": False}, needs=NEEDS)
        else:
            api.write("POST", f"/repos/{api.repository}/git/refs", {"ref": self._ref, "sha": made}, needs=NEEDS)

    def _refused(
        self, api: Api, error: RejectedError, made: str, tip: str, last: bytes, *, was_lost: bool
    ) -> str | None:
        """What a refusal means: we were there already, somebody else was faster, or it is one. Raises RejectedError."""
        if was_lost and last in self._reader.read().records:
            return made
        is_race = any(word in error.message for word in _FASTER)
        if is_race or _tip(api, self._ref) != tip:
            return None
        raise error


def _committed(api: Api, data: bytes, title: str, parent: str) -> str:
    """A commit of one entry behind `parent`; its bytes are what GitHub says it holds.

    What is made twice after a lost answer is an object that nothing names, which git takes away by itself.
    """
    root = f"/repos/{api.repository}/git"
    file = {"path": FILE, "mode": "100644", "type": "blob", "content": data.decode("utf-8", "replace")}
    tree = api.write("POST", f"{root}/trees", {"tree": [file]}, needs=NEEDS, repeatable=True)
    held = tree.get("tree")
    names = [one.get("sha") for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []
    if names != [_blob(data)]:
        raise UnavailableError("GitHub did not take the entry byte for byte: it was not appended")
    body: dict[str, Any] = {"message": title, "tree": tree.get("sha"), "parents": [parent] if parent else []}
    return str(api.write("POST", f"{root}/commits", body, needs=NEEDS, repeatable=True).get("sha"))


def _blob(data: bytes) -> str:
    """Git's name for these bytes."""
    return hashlib.sha1(b"blob %d\0%s" % (len(data), data), usedforsecurity=False).hexdigest()


def _tip(api: Api, ref: str) -> str:
    """Where the ref is; empty: it is not there."""
    try:
        found = api.get(f"/repos/{api.repository}/git/ref/{quote(ref.removeprefix('refs/'))}").get("object")
    except MissingError:
        return ""
    return str(found.get("sha")) if isinstance(found, Mapping) else ""


def _mend(ref: str) -> str:
    return f"allow this identity to write to {ref} alone (a bypass of its ruleset); run `go-release-gate doctor`"
