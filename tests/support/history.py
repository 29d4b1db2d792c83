"""Git histories for tests: ladders of releases with branches, tags of every kind, moved tags and shallow clones.

commit one            a commit; dates rise by a minute
branch release/1.x    a branch at HEAD, checked out
checkout main         a branch or tag is checked out
tag v1.0.0            a light tag at HEAD; `tag v1.0.0 at main` elsewhere
annotated v1.1.0      an annotated tag
signed v1.2.0         an annotated tag that carries the form of a signature
move v1.0.0           the tag points to HEAD from now on
origin                what is there now becomes the origin's: remote branches are made
drop main             a branch is removed here (its remote one stays)
shallow               what is checked out becomes a clone of depth 1 without tags; `shallow tags` with them
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

START = 1_750_000_000
ARMOUR = "-----BEGIN PGP SIGNATURE-----\n\nnobody\n-----END PGP SIGNATURE-----\n"


class History:
    """A git repository at `root` that grows by lines."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = START
        self.git("init", "-q", "-b", "main")

    def build(self, text: str) -> History:
        """Do what the lines say, in their order; everything that lies in the tree is part of the first commit."""
        for line in text.splitlines():
            if words := line.partition("#")[0].split():
                getattr(self, words[0])(*words[1:])
        return self

    def commit(self, *words: str) -> str:
        """Commit the whole tree; gives the commit."""
        self.clock += 60
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", " ".join(words) or "more")
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        """Begin a branch at HEAD."""
        self.git("checkout", "-q", "-b", name)

    def checkout(self, name: str) -> None:
        """Check out what `name` says."""
        self.git("checkout", "-q", name)

    def tag(self, name: str, _at: str = "at", place: str = "HEAD") -> None:
        """A light tag."""
        self.git("tag", name, place)

    def move(self, name: str, _at: str = "at", place: str = "HEAD") -> None:
        """The tag of that name points elsewhere from now on."""
        self.git("tag", "-f", name, place)

    def annotated(self, name: str, _at: str = "at", place: str = "HEAD") -> None:
        """An annotated tag."""
        self.clock += 60
        self.git("tag", "-a", "-m", name, name, place)

    def signed(self, name: str, _at: str = "at", place: str = "HEAD") -> None:
        """A tag object with a signature at its end, as git writes one."""
        self.clock += 60
        who = f"a <a@example.com> {self.clock} +0000"
        commit = self.git("rev-parse", f"{place}^{{commit}}")
        text = f"object {commit}\ntype commit\ntag {name}\ntagger {who}\n\n{name}\n{ARMOUR}"
        self.git("update-ref", f"refs/tags/{name}", self.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=text))

    def origin(self) -> None:
        """Every branch here is one of origin, too."""
        for row in self.git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads").splitlines():
            name, commit = row.split()
            self.git("update-ref", f"refs/remotes/origin/{name}", commit)

    def drop(self, name: str) -> None:
        """Remove a branch of this checkout."""
        self.git("branch", "-q", "-D", name)

    def shallow(self, tags: str = "") -> None:
        """Put a clone of depth 1 in the repository's place, with the tag or branch that is checked out, as CI does."""
        name = self.git("describe", "--tags", "--exact-match", fallback="") or self.git("branch", "--show-current")
        whole = self.root.with_name(f"{self.root.name}.whole")
        shutil.move(self.root, whole)
        self.root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", f"file://{whole}")
        kind = "tags" if name in History.names(whole) else "heads"
        here = f"refs/tags/{name}" if kind == "tags" else f"refs/remotes/origin/{name}"
        more = ["+refs/tags/*:refs/tags/*"] if tags else []
        self.git("fetch", "-q", "--no-tags", "--depth=1", "origin", f"+refs/{kind}/{name}:{here}", *more)
        self.git("checkout", "-q", here)

    @staticmethod
    def names(root: Path) -> list[str]:
        """The tags of a repository."""
        done = subprocess.run(["git", "tag"], cwd=root, check=True, capture_output=True, text=True)
        return done.stdout.split()

    def git(self, *words: str, stdin: str = "", fallback: str | None = None) -> str:
        """What git says, at the clock's time and without anybody's settings."""
        date = f"{self.clock} +0000"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1",
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "a"),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "a@example.com"),
            **dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), date),
        }
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=env, input=stdin, capture_output=True, text=True, check=False
        )
        if done.returncode and fallback is not None:
            return fallback
        assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()
