"""git, read only: `rev-parse`, `cat-file`, `ls-tree` and `for-each-ref`, which run nothing that a repository names."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.errors import UnavailableError

if TYPE_CHECKING:
    from go_release_gate.facts.tags import Tag

TIMEOUT = 60.0
"""Seconds; each call reads a few objects."""

NO_NETWORK = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"}
"""A partial clone would fetch what is missing, with the helpers of its own configuration."""

TREE_LIMIT = 512 << 20
"""Bytes of one listing; the largest public repositories stay below a tenth of that."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a commit's tree; `size` is None for a submodule, and for content that a partial clone left out."""

    mode: str
    object: str
    size: int | None
    path: str


class Git:
    """The repository at or above `root`; paths are relative to `root`, with `/`.

    Args:
        program: absolute path of git; None: no git on this machine, and every answer is the empty one.
        environment: the whole environment of its processes.
    """

    def __init__(self, runner: Runner, program: Path | None, environment: Mapping[str, str], root: Path) -> None:
        self._runner = runner
        self._program = program if _is_below_a_repository(root) else None
        self._environment = {**environment, **NO_NETWORK}
        self._root = root

    def is_repository(self) -> bool:
        """Whether `root` lies in a work tree that git is ready to read."""
        return self._line("rev-parse", "--is-inside-work-tree") == "true"

    def head_commit(self) -> str:
        """The commit that is checked out; empty when there is none."""
        return self.commit("HEAD")

    def commit(self, revision: str) -> str:
        """The commit that `revision` names; empty when it names none."""
        return self._line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def head(self) -> tuple[str, int | None]:
        """The commit that is checked out and when it was made, in seconds since 1970; empty and None: there is none."""
        said = _text(self._run("cat-file", "--batch", stdin=b"HEAD^{commit}\n"))
        first, _, rest = said.partition("\n")
        name, _, kind = first.partition(" ")
        return (name, _time_of(rest)) if kind.startswith("commit ") else ("", None)

    def lineage(self) -> tuple[str, ...]:
        """The commit that is checked out and its parents, which may be missing here themselves (a shallow checkout
        keeps their names in the commit); empty when there is no commit."""
        head = self.head_commit()
        if not head:
            return ()
        lines = _text(self._run("cat-file", "commit", head)).partition("\n\n")[0].splitlines()
        return (head, *(line.removeprefix("parent ") for line in lines if line.startswith("parent ")))

    def ref(self) -> str:
        """The branch that is checked out, as `refs/heads/…`; empty when HEAD is detached."""
        name = self._line("rev-parse", "--symbolic-full-name", "HEAD")
        return name if name.startswith("refs/") else ""

    def is_shallow(self) -> bool:
        """Whether history was cut, so that commits and tags may be missing."""
        return self._line("rev-parse", "--is-shallow-repository") == "true"

    def tags(self) -> dict[str, str]:
        """Tag name → commit it points at, for every tag that is here."""
        answer = self._run("for-each-ref", "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)", "refs/tags")
        rows = (line.split("\0") for line in _text(answer).splitlines())
        return {row[0]: row[2] or row[1] for row in rows if len(row) == 3}

    def tag_names(self) -> tuple[str, ...]:
        """The names alone, for which no object is read."""
        return tuple(_text(self._run("for-each-ref", "--format=%(refname:strip=2)", "refs/tags")).splitlines())

    def tag_list(self) -> tuple[Tag, ...]:
        """Every tag that is here: commit, light or annotated, when. Signatures are not looked for."""
        from go_release_gate.facts.tags import ANNOTATED, LIGHT, Tag

        rows = self._refs(("refname:strip=2", "objectname", "*objectname", "creatordate:unix"), "refs/tags")
        return tuple(
            Tag(name, peeled or own, ANNOTATED if peeled else LIGHT, int(time) if time.isdigit() else 0)
            for name, own, peeled, time in rows
        )

    def is_signed(self, tag: str) -> bool:
        """Whether a tag carries a signature; nobody looks whose."""
        return any("-----BEGIN " in text for (text,) in self._refs(("contents:signature",), f"refs/tags/{tag}"))

    def branches(self, holding: str = "") -> dict[str, str]:
        """Branch → the commit at its end, of this checkout and, where it has none of that name, of its origin.

        `holding`: only those whose history, as far as it is here, has this commit.
        """
        words = (f"--contains={holding}",) if holding else ()
        rows = self._refs(("refname", "objectname"), *words, "refs/remotes/origin", "refs/heads")
        found: dict[str, str] = {}
        for name, commit in sorted(rows, reverse=True):  # refs/remotes first: the checkout's own branches win
            found[name.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")] = commit
        found.pop("HEAD", None)
        return found

    def refs_at_head(self) -> tuple[str, ...]:
        """Full names of the tags and branches that are at the commit checked out, in the order of their names."""
        return tuple(name for (name,) in self._refs(("refname",), "--points-at=HEAD", "--sort=refname"))

    def time_of(self, revision: str) -> int | None:
        """When a commit was made (committed), in seconds since 1970; None: it is not here."""
        return _time_of(_text(self._run("cat-file", "commit", f"{revision}^{{commit}}")))

    def default_branch(self) -> str:
        """The branch that the remote called origin had checked out when this was cloned; empty: not known."""
        return self._line("rev-parse", "--abbrev-ref", "--quiet", "origin/HEAD").removeprefix("origin/")

    def has_tags_elsewhere(self) -> bool:
        """Whether a tag lies outside what is checked out: in a cut history, that tags were fetched for themselves."""
        return bool(self._refs(("refname",), "--no-merged=HEAD", "--count=1", "refs/tags"))

    def _refs(self, fields: Sequence[str], *words: str) -> list[list[str]]:
        """The fields of every reference that `words` select; a field may have several lines."""
        format_ = "".join(f"%({name})%00" for name in fields)
        answer = self._run("for-each-ref", f"--format={format_}", *words)
        return [row.split("\0") for row in _text(answer).split("\0\n") if row]

    def files(self, revision: str) -> tuple[str, ...]:
        """The paths of the files below `root` at `revision`, links and submodules left out.

        Raises:
            UnavailableError: the revision cannot be read.
        """
        answer = self._run("ls-tree", "-r", "-z", "--end-of-options", self._known(revision))
        rows = (row.partition("\t") for row in _text(answer).split("\0"))
        return tuple(path for head, _, path in rows if head.startswith("100"))

    def objects(self, revision: str) -> dict[str, str]:
        """Path → object id of everything below `root` at `revision`, links and submodules too.

        Raises:
            UnavailableError: the revision cannot be read.
        """
        answer = self._run("ls-tree", "-r", "-z", "--end-of-options", self._known(revision))
        rows = (row.partition("\t") for row in _text(answer).split("\0"))
        return {path: head.split(" ")[2] for head, _, path in rows if path}

    def tree(self, revision: str) -> tuple[TreeEntry, ...]:
        """Everything in the whole repository at `revision`, paths relative to its top.

        Raises:
            UnavailableError: the revision cannot be read.
        """
        words = ("-r", "-z", "--full-tree", "--end-of-options", self._known(revision))
        answer = self._run("ls-tree", "-l", *words, limit=TREE_LIMIT)
        if answer is not None and answer.returncode != 0:  # it asks for the size of content that is missing
            answer = self._run("ls-tree", *words, limit=TREE_LIMIT)
        if answer is None or answer.returncode != 0 or answer.truncated:
            raise UnavailableError(f"the files of {revision!r} cannot be listed")
        rows = (row.partition("\t") for row in _text(answer).split("\0"))
        return tuple(_entry(head.split(), path) for head, _, path in rows if path)

    def prefix(self) -> str:
        """What `root` is called in the repository, with `/` at the end; empty for its top."""
        return _text(self._run("rev-parse", "--show-prefix")).removesuffix("\n")

    def contents(self, entries: Sequence[TreeEntry]) -> list[bytes]:
        """The bytes of files and links as git keeps them: no filter, no conversion, nothing fetched.

        Raises:
            UnavailableError: one of them is not here.
        """
        size = sum((entry.size or 0) + 200 for entry in entries)  # a line about each comes before it
        request = "".join(f"{entry.object}\n" for entry in entries).encode()
        answer = self._run("cat-file", "--batch", stdin=request, limit=size) if entries else None
        data, at, found = memoryview(answer.stdout if answer else b""), 0, []
        for entry in entries:
            head = f"{entry.object} blob {entry.size}\n".encode()
            start, end = at + len(head), at + len(head) + (entry.size or 0)
            if data[at:start] != head or end >= len(data):
                raise UnavailableError(f"the content of {entry.path!r} is not in this checkout")
            found.append(bytes(data[start:end]))
            at = end + 1
        return found

    def file_at(self, revision: str, path: str) -> bytes | None:
        """The bytes of a file at `revision`; None: there is none.

        Raises:
            UnavailableError: the revision itself is not here (a shallow checkout).
        """
        return self.blob(f"{self._known(revision)}:./{path}")

    def staged(self, path: str) -> bytes | None:
        """The bytes of a file as git keeps them, before any conversion of a checkout; None: git does not keep it."""
        return self.blob(f":./{path}")

    def blob(self, name: str) -> bytes | None:
        """The bytes of the object that `name` says; None: no such file."""
        answer = self._run("cat-file", "blob", name)
        return answer.stdout if answer is not None and answer.returncode == 0 else None

    def is_conversion(self, path: str) -> bool:
        """Whether the carriage returns in a work tree's file were put there by the checkout: git's own have none."""
        kept = self.staged(path)
        return kept is not None and b"\r\n" not in kept

    def origin(self) -> str:
        """The address of the remote called origin, without user and password; empty when there is none."""
        config = self._config()
        return origin_of(config) if config else ""

    def leaves_out_tags(self) -> bool:
        """Whether this was cloned without tags (`git clone --no-tags`), so that there may be some elsewhere."""
        config = self._config()
        return config is not None and _of_origin(config, "tagopt") == "--no-tags"

    def _config(self) -> Path | None:
        directory = self._line("rev-parse", "--path-format=absolute", "--git-common-dir")
        return Path(directory) / "config" if directory else None

    def _known(self, revision: str) -> str:
        commit = self.commit(revision)
        if not commit:
            raise UnavailableError(
                f"the revision {revision!r} is not in this checkout",
                "check out with history (actions/checkout: fetch-depth: 0)" if self.is_shallow() else "check its name",
            )
        return commit

    def _line(self, *args: str) -> str:
        return _text(self._run(*args)).strip()

    def _run(self, *args: str, stdin: bytes = b"", limit: int = 64 << 20) -> Completed | None:
        if self._program is None:
            return None
        argv = [str(self._program), "-C", str(self._root), "--no-pager", *args]
        return self._runner.run(
            argv, cwd=self._root, env=self._environment, timeout=TIMEOUT, stdin=stdin, output_limit=limit
        )


def _time_of(commit: str) -> int | None:
    """When a commit was committed, from its text."""
    lines = commit.partition("\n\n")[0].splitlines()
    words = next((line.split() for line in lines if line.startswith("committer ")), [])
    return int(words[-2]) if len(words) > 2 and words[-2].isdigit() else None


def _entry(head: Sequence[str], path: str) -> TreeEntry:
    mode, _, name, *rest = head
    return TreeEntry(mode, name, int(rest[0]) if rest and rest[0].isdigit() else None, path)


def _is_below_a_repository(root: Path) -> bool:
    """Whether git would find anything at all: a look that spares the processes where there is nothing."""
    return any(os.path.lexists(place / ".git") for place in (root, *root.parents))


def origin_of(config: Path) -> str:
    """Read the address of origin from a repository's configuration file; nothing of it is followed or run."""
    return without_user(_of_origin(config, "url"))


def _of_origin(config: Path, option: str) -> str:
    import configparser

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, comment_prefixes=("#", ";"))
    try:
        lines = config.read_text(encoding="utf-8", errors="replace").splitlines()
        parser.read_string("\n".join(line.strip() for line in lines))
        return parser.get('remote "origin"', option, fallback="") or ""
    except (OSError, configparser.Error):
        return ""


def without_user(address: str) -> str:
    """An address without user and password; ssh's short form (`git@host:path`) stays as it is."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(address) if "://" in address else None
    if parts is None or "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _text(answer: Completed | None) -> str:
    if answer is None or answer.returncode != 0:
        return ""
    return answer.stdout.decode("utf-8", "surrogateescape")
