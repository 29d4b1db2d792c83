"""The commits that a release stands on. They differ from the commit that was built in nothing but these lines:

1. action.yml runs the released image by its digest, instead of building the Dockerfile;
2. the reusable workflows call the actions of this repository at the first commit, instead of at a tag that moves;
3. the starter workflows call the reusable workflows at the second commit. The tag stands here.

A commit cannot name itself, hence three. They are made of git objects alone: no branch, index or file of the clone
changes, and equal input gives equal hashes, on any machine and at any time.

    python devtools/release/commits.py --version 1.4.0 --commit COMMIT --digest sha256:... [--output FILE]

prints them as JSON. `refs.py` makes them public. Exit codes: 0 made, 5 refused.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from checkout import COMMIT, Checkout, RefusedError, checked_version

REPOSITORY = "acme/go-release-gate"
IMAGE = f"ghcr.io/{REPOSITORY}"
AUTHOR = ("go-release-gate release", "release@go-release-gate.example")
BUILT_HERE = "runs:\n  using: docker\n  image: Dockerfile\n"
WORKFLOWS = re.compile(r"\.github/workflows/[a-z-]+\.yml")
STARTERS = re.compile(r"workflow-templates/[a-z-]+\.yml")
PLACES = (".github/workflows", "workflow-templates", "setup", "credentials", "action.yml")
OWN = re.compile(
    rf"(?m)^(?P<uses>\s*(?:- )?uses: {re.escape(REPOSITORY)}(?P<path>/[\w./-]+)?)@(?P<ref>[^\s#]+)(?:[ \t]+#.*)?$"
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_RUN = re.compile(rf"(?m)^  image: docker://{re.escape(IMAGE)}@(sha256:[0-9a-f]{{64}})$")


@dataclass(frozen=True, slots=True)
class Commits:
    """The commit that was built, and the three on top of it."""

    built: str
    actions: str
    workflows: str
    release: str


def make(checkout: Checkout, version: str, built: str, digest: str) -> Commits:
    """The commits of a release, as objects of this clone. Raises RefusedError: `built` is not as it must be."""
    if not _DIGEST.fullmatch(digest):
        raise RefusedError(f"{digest!r} is no digest: expected sha256: and 64 hexadecimal digits")
    name = f"v{checked_version(version)}"
    actions = _commit(
        checkout, built, f"{name}: the action runs the image {digest}", _with(checkout, built, _by_digest(digest))
    )
    pinned = _pinned(WORKFLOWS, actions, name)
    workflows = _commit(
        checkout, actions, f"{name}: the workflows call the actions of {actions}", _with(checkout, actions, pinned)
    )
    starters = _with(checkout, workflows, _pinned(STARTERS, workflows, name))
    release = _commit(checkout, workflows, f"{name}\n\nThe starter workflows call those of {workflows}.", starters)
    _check(checkout, release)
    return Commits(built, actions, workflows, release)


def digest_at(checkout: Checkout, commit: str) -> str:
    """The digest that action.yml runs at a commit; empty where it builds its own image."""
    found = _RUN.search(checkout.text(commit, "action.yml"))
    return found[1] if found else ""


def own_references(checkout: Checkout, commit: str) -> list[tuple[str, str]]:
    """Every use of this repository in its own workflows, starter workflows and actions: file and ref."""
    files = checkout.texts(commit, *PLACES)
    return [(path, use["ref"]) for path, text in files.items() for use in OWN.finditer(text)]


def _by_digest(digest: str) -> Callable[[str, str], str]:
    def change(path: str, text: str) -> str:
        if path != "action.yml":
            return text
        if text.count(BUILT_HERE) != 1:
            raise RefusedError("action.yml does not build the Dockerfile: release from main, where it does")
        return text.replace(BUILT_HERE, BUILT_HERE.replace("Dockerfile", f"docker://{IMAGE}@{digest}"))

    return change


def _pinned(files: re.Pattern[str], commit: str, name: str) -> Callable[[str, str], str]:
    """Uses of this repository, in files of such names, at a commit. It is no tag's: the comment says what it is of."""
    return lambda path, text: OWN.sub(rf"\g<uses>@{commit}  # of {name}", text) if files.fullmatch(path) else text


def _with(checkout: Checkout, commit: str, change: Callable[[str, str], str]) -> dict[str, str]:
    texts = checkout.texts(commit, *PLACES)
    return {path: change(path, text) for path, text in texts.items() if change(path, text) != text}


def _commit(checkout: Checkout, parent: str, message: str, changed: Mapping[str, str]) -> str:
    """A commit with files changed, each of which the parent has."""
    date = f"{checkout.epoch(parent)} +0000"
    with tempfile.TemporaryDirectory(prefix="release-index-") as folder:
        environ = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        checkout.git("read-tree", parent, environ=environ)
        for path, text in changed.items():
            mode = checkout.git("ls-tree", "--format=%(objectmode)", parent, "--", path)
            blob = checkout.git("hash-object", "-w", "--stdin", given=text.encode())
            checkout.git("update-index", "--cacheinfo", f"{mode},{blob},{path}", environ=environ)
        tree = checkout.git("write-tree", environ=environ)
    people = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", AUTHOR[0]), ("EMAIL", AUTHOR[1]), ("DATE", date))
    }
    return checkout.git(
        "-c", "commit.gpgsign=false", "commit-tree", tree, "-p", parent, "-F", "-",
        given=f"{message}\n".encode(), environ=people,
    )  # fmt: skip


def _check(checkout: Checkout, commit: str) -> None:
    """Nothing of this repository is called by a name that moves, nor at a commit that does not exist."""
    found = own_references(checkout, commit)
    for path, ref in found:
        if not COMMIT.fullmatch(ref):
            raise RefusedError(f"{path} still calls {REPOSITORY}@{ref}; teach {Path(__file__).name} about it")
    for ref in {ref for _, ref in found}:
        checkout.commit(ref)


def main(argv: list[str]) -> int:
    """Make them and print them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--digest", required=True)
    parser.add_argument("--output", type=Path)
    args = parser.parse_args(argv)
    checkout = Checkout(Path.cwd())
    try:
        made = make(checkout, args.version, checkout.commit(args.commit), args.digest)
    except RefusedError as error:
        print(f"commits: {error}", file=sys.stderr)
        return 5
    text = json.dumps(asdict(made), indent=2) + "\n"
    if args.output:
        args.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
