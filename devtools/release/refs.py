"""The tags of a release: where it stands, vX.Y.Z once and for ever, and vX last.

    python devtools/release/refs.py state --version 1.4.0 --commit COMMIT    what is there already
    python devtools/release/refs.py tag --version 1.4.0 --commit RELEASE     vX.Y.Z; it is never moved
    python devtools/release/refs.py major --version 1.4.0                    vX to vX.Y.Z, if no higher one is there

Each can be killed and run again: the remote is asked for what is true, and one push changes one tag. Names and values
are printed as NAME=VALUE lines. Exit codes: 0 done or done before, 5 refused: the message says what to do.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from checkout import VERSION, Checkout, RefusedError, checked_version
from commits import digest_at

BRANCH = "main"


def state(checkout: Checkout, version: str, built: str, *, is_published: bool = False) -> dict[str, str]:
    """What a run for a version finds.

    `state`: fresh, or tagged, when a run was stopped between tagging and its end; then `digest` is that of the image
    that was released, and everything behind it can be done again. `is_published`: whether GitHub shows the release.

    Raises:
        RefusedError: the version is released, or the commit is not one to release it from.
    """
    name = f"v{checked_version(version)}"
    epoch = str(checkout.epoch(built))
    found = {"state": "fresh", "tag": name, "version": version, "commit": built, "epoch": epoch, "digest": ""}
    _is_releasable(checkout, version, built)
    tags = checkout.remote_tags()
    if name not in tags:
        return found
    checkout.git("fetch", "--quiet", "--no-tags", checkout.remote, f"refs/tags/{name}")
    base = checkout.commit(f"{tags[name]}~3")
    if _is_finished(name, tags, is_published):
        raise RefusedError(f"{name} is released, at {tags[name]}, and never made again: release the next version")
    if base != built:
        raise RefusedError(
            f"{name} stands at {tags[name]}, built from {base}, but its release was not finished: "
            f"press Re-run in the run of that commit, or release the next version; {built} is another"
        )
    return {**found, "state": "tagged", "digest": digest_at(checkout, tags[name])}


def tag(checkout: Checkout, version: str, commit: str) -> str:
    """Put vX.Y.Z on a commit, with what it stands on. Says what was done; raises RefusedError: it is elsewhere."""
    name = f"v{checked_version(version)}"
    there = checkout.remote_tags().get(name, "")
    if not there:
        # An empty lease: the push is refused if somebody was faster.
        lease = f"--force-with-lease=refs/tags/{name}:"
        checkout.git("push", "--quiet", lease, "--", checkout.remote, f"{commit}:refs/tags/{name}")
        there = checkout.remote_tags().get(name, "")
    if there != commit:
        raise RefusedError(
            f"{name} stands at {there or 'nothing'}, not at {commit}, and is never moved: "
            "run the release from the commit it was built from, or release the next version"
        )
    return f"{name} stands at {commit}"


def major(checkout: Checkout, version: str) -> str:
    """Move vX to vX.Y.Z. It goes to the highest release alone: it stays where it is for a lower or a prerelease."""
    name, target = f"v{checked_version(version)}", _major(version)
    tags = checkout.remote_tags()
    if name not in tags:
        raise RefusedError(f"{name} is not there: run `refs.py tag` first")
    highest = _highest(target, tags)
    if highest != name:
        return f"{target} stays: {highest or 'no stable release'} is what it follows"
    if tags.get(target) == tags[name]:
        return f"{target} stands at {name} already"
    checkout.git("fetch", "--quiet", "--no-tags", checkout.remote, f"refs/tags/{name}")
    lease = f"--force-with-lease=refs/tags/{target}:{tags.get(target, '')}"
    checkout.git("push", "--quiet", lease, "--", checkout.remote, f"+{tags[name]}:refs/tags/{target}")
    return f"{target} stands at {name}"


def _is_releasable(checkout: Checkout, version: str, built: str) -> None:
    """Raises RefusedError unless the commit is on the branch, and is of that version in code and changelog."""
    checkout.git("fetch", "--quiet", "--no-tags", checkout.remote, f"refs/heads/{BRANCH}")
    if checkout.git("merge-base", built, "FETCH_HEAD") != built:
        raise RefusedError(f"{built} is not on {BRANCH}: releases are made of what was reviewed")
    told = re.search(r'(?m)^__version__ = "(.*)"$', checkout.text(built, "src/go_release_gate/__init__.py"))
    if not told or told[1] != version:
        raise RefusedError(f"the code says {told and told[1]}, not {version}: change __version__ first")
    heading = re.search(rf"(?m)^## {re.escape(version)} \((.*)\)$", checkout.text(built, "CHANGELOG.md"))
    if not heading or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", heading[1]):
        raise RefusedError(f"CHANGELOG.md has no `## {version} (YYYY-MM-DD)`: date its section first")


def _is_finished(name: str, tags: dict[str, str], is_published: bool) -> bool:
    """Moving vX comes last; where it does not follow this version, publishing does."""
    target = _major(name.removeprefix("v"))
    return tags.get(target) == tags[name] or (is_published and _highest(target, tags) != name)


def _major(version: str) -> str:
    return f"v{version.partition('.')[0]}"


def _highest(target: str, tags: dict[str, str]) -> str:
    """The highest stable release of a major version among tags; empty for none."""
    versions = [name for name in tags if VERSION.fullmatch(name.removeprefix("v")) and "-" not in name]
    own = [name for name in versions if _major(name.removeprefix("v")) == target]
    return max(own, key=lambda name: tuple(map(int, name.removeprefix("v").split("."))), default="")


def main(argv: list[str]) -> int:
    """Do one of the three."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("do", choices=("state", "tag", "major"))
    parser.add_argument("--version", required=True)
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--remote", default="origin")
    parser.add_argument("--published", action="store_true", help="GitHub shows the release already")
    args = parser.parse_args(argv)
    checkout = Checkout(Path.cwd(), args.remote)
    try:
        if args.do == "state":
            found = state(checkout, args.version, checkout.commit(args.commit), is_published=args.published)
            print("\n".join(f"{name}={value}" for name, value in found.items()))
        elif args.do == "tag":
            print(tag(checkout, args.version, checkout.commit(args.commit)))
        else:
            print(major(checkout, args.version))
    except RefusedError as error:
        print(f"refs: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
