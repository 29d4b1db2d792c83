"""The verb `tags` in a checkout, without an event: which ref is meant, which commit, and when it was made."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from go_release_gate.cli import options, tags
from go_release_gate.errors import UsageError
from support.history import START, History

LADDER = "commit one\ntag v1.0.0\ncommit two\ntag v1.1.0\nbranch feature/x\ncommit three\n"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """main with two releases, and a branch in front of it that is checked out."""
    root = tmp_path / "shop"
    root.mkdir()
    return History(root).build(LADDER)


def named(root: Path, *flags: str, **environ: str) -> tags.Named:
    """What `tags FLAGS` says in the checkout; only git is on the way."""
    around = {"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": "0", "INPUT_IMAGES": "acme/shop", **environ}
    args = options.parse(options.find_verb("tags"), flags, around)
    assert args is not None
    args.path = str(root)
    return tags.perform(args, around)


def ref_of(history: History, *flags: str, **environ: str) -> str:
    """The ref that is meant."""
    return named(history.root, *flags, **environ).context.ref


def test_branch_that_is_checked_out(history: History) -> None:
    """Without an event it is a push of the branch here, at its commit; title and branch come from the checkout."""
    done = named(history.root)
    assert (done.context.event, done.context.ref) == ("push", "refs/heads/feature/x")
    assert done.context.sha == history.git("rev-parse", "HEAD")
    assert done.answer.tags == ("acme/shop:feature-x",)
    assert "org.opencontainers.image.title=shop" in done.answer.labels


@pytest.mark.parametrize(
    ("lines", "ref"),
    [
        ("checkout v1.0.0", "refs/tags/v1.0.0"),
        ("tag a at main\ntag b at main\ncheckout v1.1.0", "refs/tags/v1.1.0"),
        ("branch y\ncommit four\ncommit five\ncheckout y~1", "refs/heads/y"),
        ("commit four\norigin\ncheckout feature/x~0", "refs/heads/feature/x"),
    ],
)
def test_detached_commit_has_a_name(history: History, lines: str, ref: str) -> None:
    """A tag at the commit wins, the last by name; then a branch at it; then one that holds it."""
    assert ref_of(history.build(lines)) == ref


def test_pull_request_that_is_checked_out(history: History) -> None:
    """The ref that actions/checkout makes for a pull request is the pull request's."""
    history.git("update-ref", "refs/remotes/pull/7/merge", "HEAD")
    history.git("checkout", "-q", "--detach")
    history.git("branch", "-D", "feature/x")
    assert ref_of(history) == "refs/pull/7/merge"


def test_remote_branch_that_is_checked_out(history: History) -> None:
    """A commit that only the remote's branch names is that branch's; the remote's HEAD is no branch."""
    history.build("origin")
    history.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    history.git("checkout", "-q", "--detach")
    history.git("branch", "-D", "feature/x")
    assert ref_of(history) == "refs/heads/feature/x"


def test_commit_that_nothing_names(history: History) -> None:
    """A commit on no branch and without a tag is refused with what to do."""
    history.git("checkout", "-q", "--detach")
    history.build("commit lost")
    with pytest.raises(UsageError, match="no tag and no branch"):
        named(history.root)


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("v1.0.0", "refs/tags/v1.0.0"),
        ("main", "refs/heads/main"),
        ("both", "refs/tags/both"),
        ("tags/v1.0.0", "refs/tags/v1.0.0"),
        ("v9.0.0", "refs/tags/v9.0.0"),
    ],
)
def test_short_names_are_tags_then_branches(history: History, name: str, ref: str) -> None:
    """A name is a tag here, else a branch here, else a tag to be; the commit is the ref's where it is here."""
    history.build("tag both at v1.0.0\ncheckout main\nbranch both\ncheckout feature/x")
    done = named(history.root, f"--ref={name}")
    assert done.context.ref == ref
    known = name if name != "v9.0.0" else "HEAD"
    assert done.context.sha == history.git("rev-parse", "tags/both" if name == "both" else known)


def test_named_ref_has_its_own_commit(history: History) -> None:
    """The commit is the named ref's, in full or short, not the event's."""
    around = {"GITHUB_REF": "refs/heads/main", "GITHUB_SHA": "a" * 40}
    commit = history.git("rev-parse", "v1.0.0")
    for name in ("refs/tags/v1.0.0", "v1.0.0", "tags/v1.0.0"):
        assert named(history.root, f"--ref={name}", **around).context.sha == commit
    assert named(history.root, "--ref=v1.0.0", GITHUB_REF_NAME="v1.0.0").context.sha == commit
    assert named(history.root, "--ref=v9.0.0", **around).context.sha == "a" * 40


def test_own_ref_without_a_commit_is_a_push_of_head(history: History) -> None:
    """Where the variables name a ref alone, the commit is what is checked out and the event a push."""
    context = named(history.root, "--ref=refs/heads/main", GITHUB_REF="refs/heads/main").context
    assert (context.event, context.sha) == ("push", history.git("rev-parse", "HEAD"))
    by_name = {"GITHUB_REF": "refs/pull/7/merge", "GITHUB_REF_NAME": "7/merge"}
    assert ref_of(history, "--ref=7/merge", **by_name) == "refs/pull/7/merge"


def test_context_git_overrules_the_event(history: History) -> None:
    """With `context: git` ref and commit are the checkout's, whatever the event says."""
    event = {"GITHUB_REF": "refs/heads/main", "GITHUB_SHA": "a" * 40, "GITHUB_EVENT_NAME": "schedule"}
    assert ref_of(history, **event) == "refs/heads/main"
    done = named(history.root, "--context=git", **event)
    assert (done.context.event, done.context.ref) == ("schedule", "refs/heads/feature/x")
    assert done.context.sha == history.git("rev-parse", "HEAD")


@pytest.mark.parametrize("flags", [("--context=git",), ()])
def test_commit_date_is_the_commits(history: History, flags: tuple[str, ...]) -> None:
    """The date of a commit comes from the checkout: with `context: git`, and where the event does not tell."""
    sha = history.git("rev-parse", "HEAD")
    date = named(
        history.root,
        "--tags=type=raw,value={{commit_date 'X'}}",
        *flags,
        GITHUB_REF="refs/heads/main",
        GITHUB_SHA=sha,
        GITHUB_REPOSITORY="acme/shop",
    ).answer.version
    assert date == str(START + 180)


def test_checkout_is_asked_before_the_event_where_it_is_the_source(history: History) -> None:
    """With `context: git` the date is the checkout's, also where the event has one."""
    sha = history.git("rev-parse", "HEAD")
    event = history.root.parent / "event.json"
    event.write_text(json.dumps({"head_commit": {"id": sha, "timestamp": "2020-01-01T00:00:00Z"}}))
    flags = ("--tags=type=raw,value={{commit_date 'X'}}",)
    around = {"GITHUB_EVENT_PATH": str(event), "GITHUB_REF": "refs/heads/main", "GITHUB_SHA": sha}
    assert named(history.root, *flags, **around).answer.version == "1577836800"
    assert named(history.root, *flags, "--context=git", **around).answer.version == str(START + 180)


def test_address_for_ssh_is_no_label(history: History) -> None:
    """An address that no browser opens stays out of the labels; the title is the folder's name."""
    history.git("config", "remote.origin.url", "git@git.example.com:acme/web.git")
    labels = named(history.root).answer.labels
    assert "org.opencontainers.image.url=" in labels
    assert "org.opencontainers.image.title=shop" in labels


def test_default_branch_and_address_of_a_clone(history: History) -> None:
    """Without an event, `edge` is the branch of the remote's HEAD, and the address is the remote's."""
    history.build("origin\ncheckout main")
    history.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    history.git("config", "remote.origin.url", "https://user:secret@git.example.com/acme/web.git")
    done = named(history.root, "--tags=type=edge\ntype=raw,value=d,enable={{is_default_branch}}")
    assert done.answer.tag_names == ("edge", "d")
    assert "org.opencontainers.image.url=https://git.example.com/acme/web" in done.answer.labels
    assert "org.opencontainers.image.title=web" in done.answer.labels
