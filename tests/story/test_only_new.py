"""Only what is new: findings held against those of a base commit, with real git, real Go and a module proxy."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from story.conftest import Gate, Ran

SETUP = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


def git(root: Path, *words: str) -> str:
    """Run git in `root`."""
    done = subprocess.run(["git", *words], cwd=root, env=SETUP, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(gate: Gate) -> str:
    """Commit everything; the commit's id."""
    if not (gate.repo / ".git").exists():
        git(gate.repo, "init", "-q", "-b", "main")
    git(gate.repo, "add", "-A")
    git(gate.repo, "commit", "-q", "--allow-empty", "-m", "x")
    return git(gate.repo, "rev-parse", "HEAD")


def untidy(gate: Gate, directory: str) -> None:
    """Make a tidy module's go.sum name a version that nobody needs."""
    gate.write({f"{directory}/go.sum": "{sum:example.com/dep@v1.0.0}{sum:example.com/dep@v1.1.0}"})


def tidy(gate: Gate, directory: str) -> None:
    """A tidy module with a path of its own."""
    gate.tidy_module(directory)
    path = gate.repo / directory / "go.mod"
    path.write_text(path.read_text().replace("example.com/m\n", f"example.com/{directory}\n"))


def states(ran: Ran) -> dict[str, str]:
    """Module → state of its finding."""
    return {finding["module"]: finding["state"] for finding in ran.report["findings"]}


@pytest.fixture
def old(gate: Gate) -> str:
    """A base commit: modules a, b and c, of which a is untidy."""
    for directory in ("a", "b", "c"):
        tidy(gate, directory)
    untidy(gate, "a")
    return commit(gate)


def counts(ran: Ran) -> Any:
    """The comparison without its base."""
    return {key: value for key, value in ran.report["comparison"].items() if key != "base"}


def test_an_old_fault_passes(gate: Gate, old: str) -> None:
    """A finding that the base has is shown, marked existing, and does not fail."""
    gate.write({"b/more.go": "package m\n"})
    commit(gate)

    plain = gate.check("--base", old)
    ran = gate.check("--only-new", "--base", old)
    shown = gate.run("check", "--only-new", "--base", old)

    assert (plain.code, plain.report["comparison"]) == (1, None)
    assert (ran.code, ran.report["verdict"], states(ran)) == (0, "pass", {"a": "existing"})
    assert ran.report["comparison"] == {"base": old, "new": 0, "existing": 1, "fixed": 0}
    assert ran.report["summary"]["error"] == 1
    assert f"pass: no new findings, 1 existing in 1 of 3 modules; 0 fixed since {old[:12]}" in shown.out
    assert ": existing error: " in shown.out


def test_only_the_new_fault_fails(gate: Gate, old: str) -> None:
    """Beside an old fault a new one fails, and only it counts; what was mended is counted, committed or not."""
    untidy(gate, "b")
    commit(gate)
    tidy(gate, "a")

    ran = gate.check("--only-new", "--base", old)
    shown = gate.run("check", "--only-new", "--base", old)

    assert (ran.code, states(ran)) == (1, {"b": "new"})
    assert counts(ran) == {"new": 1, "existing": 0, "fixed": 1}
    assert f"fail: 1 new error in 1 of 3 modules; 1 fixed since {old[:12]}" in shown.out


def test_both_kinds_beside_each_other(gate: Gate, old: str) -> None:
    """Existing and new findings are told apart in one report."""
    untidy(gate, "b")
    commit(gate)

    ran = gate.check("--only-new", "--base", old)

    assert (ran.code, states(ran)) == (1, {"a": "existing", "b": "new"})
    assert counts(ran) == {"new": 1, "existing": 1, "fixed": 0}


def test_a_new_fault_in_the_same_module_is_new(gate: Gate, old: str) -> None:
    """What counts is the finding, not its module."""
    gate.write({"a/m.go": 'package m\n\nimport (\n\t_ "example.com/dep"\n\t_ "example.com/other"\n)\n'})
    commit(gate)

    ran = gate.check("--only-new", "--base", old)

    assert ran.code == 1
    assert counts(ran)["new"] >= 1


def test_a_moved_module_is_new(gate: Gate, old: str) -> None:
    """In another directory nothing is known of before."""
    (gate.repo / "a").rename(gate.repo / "z")
    commit(gate)

    ran = gate.check("--only-new", "--base", old)

    assert (ran.code, states(ran)) == (1, {"z": "new"})


def test_the_heads_settings_judge_the_base(gate: Gate, old: str) -> None:
    """A rule made stricter since makes no old fault new: one set of settings judges both."""
    gate.write({"b/go.mod": "module   example.com/b\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n"})
    before = commit(gate)
    gate.write({".go-release-gate.yml": "only-new: true\nseverity:\n  unformatted-module-file: error\n"})
    commit(gate)

    ran = gate.check("--base", before)

    assert {finding["state"] for finding in ran.report["findings"]} == {"existing"}
    assert ran.code == 0


def test_a_shallow_checkout_says_so(gate: Gate, old: str, tmp_path: Path) -> None:
    """Without the base commit everything counts as new, with a notice; the exit code is that of a plain run."""
    gate.write({"b/more.go": "package m\n"})
    commit(gate)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", gate.repo.as_uri(), str(shallow))
    gate.repo = shallow

    ran = gate.check("--only-new", "--base", old)

    assert (ran.code, states(ran), ran.report["comparison"]) == (1, {"a": "new"}, None)
    assert any("all findings count as new" in notice and "fetch-depth" in notice for notice in ran.report["notices"])


def test_an_unknown_revision_is_a_usage_error(gate: Gate, old: str) -> None:
    """With all of history here a revision that nobody knows is a slip, and said so."""
    ran = gate.check("--only-new", "--base", "v9.9.9")

    assert ran.code == 2
    assert "v9.9.9" in ran.err


def test_no_base_at_all(gate: Gate, old: str) -> None:
    """Without any base commit everything counts, and a notice says how to name one."""
    ran = gate.check("--only-new")

    assert (ran.code, states(ran)) == (1, {"a": "new"})
    assert any("--base" in notice for notice in ran.report["notices"])


def test_a_tag_judges_everything(gate: Gate, old: str) -> None:
    """A release is not let off."""
    ran = gate.check("--only-new", "--base", old, "--event", "tag", "--tag", "v1.0.0")

    assert ran.code == 1
    assert ran.report["comparison"] is None
    assert any("a release judges everything" in notice for notice in ran.report["notices"])


def test_a_pull_request_cannot_switch_it_on(gate: Gate, old: str) -> None:
    """Only the base commit's configuration can; the notice says that the change waits."""
    gate.write({".go-release-gate.yml": "only-new: true\n"})
    commit(gate)
    words = ("--event", "pull-request", "--base")

    off = gate.check(*words, old)
    on = gate.check(*words, git(gate.repo, "rev-parse", "HEAD"))

    assert (off.code, off.report["comparison"]) == (1, None)
    assert any("waits for its merge" in notice for notice in off.report["notices"])
    assert (on.code, states(on)) == (0, {"a": "existing"})


def test_what_the_base_could_not_judge_is_new(gate: Gate) -> None:
    """A module that was broken in the base has new findings once it can be judged, and a notice says why."""
    gate.tidy_module("a")
    untidy(gate, "a")
    good = (gate.repo / "a/go.mod").read_text()
    gate.write({"a/go.mod": "module example.com/m\n\nrequire (\n"})
    base = commit(gate)
    gate.write({"a/go.mod": good})
    commit(gate)

    ran = gate.check("--only-new", "--base", base)

    assert ran.code == 1
    assert set(states(ran).values()) == {"new"}
    assert counts(ran)["fixed"] == 1
    assert any("could not be judged: a (malformed-file)" in notice for notice in ran.report["notices"])


def test_the_same_break_is_existing(gate: Gate) -> None:
    """A module that the base breaks in the same way fails nothing; broken in another way it does."""
    gate.tidy_module("b")
    gate.write({"a/go.mod": "module example.com/m\n\nrequire (\n"})
    base = commit(gate)
    same = gate.check("--only-new", "--base", base)
    gate.write({"a/go.mod": "module example.com/m\n\nnonsense v1\n"})
    other = gate.check("--only-new", "--base", base)

    assert (same.code, same.report["complete"], states(same)) == (0, False, {"a": "existing"})
    assert (other.code, states(other)) == (1, {"a": "new"})


def test_a_folder_is_compared_with_its_like(gate: Gate) -> None:
    """A folder judged alone finds itself in the base, with the neighbours it replaces by."""
    gate.write(
        {
            "libs/money/go.mod": "module example.com/money\n\ngo 1.24\n",
            "libs/money/money.go": "package money\n",
            "services/api/go.mod": (
                "module example.com/api\n\ngo 1.24\n\nrequire example.com/money v0.0.0\n\n"
                "replace example.com/money => ../../libs/money\n"
            ),
            "services/api/go.sum": "{sum:example.com/dep@v1.1.0}",
            "services/api/api.go": 'package api\n\nimport _ "example.com/money"\n',
        }
    )
    base = commit(gate)

    ran = gate.check("services/api", "--only-new", "--base", base)

    assert (ran.code, [finding["state"] for finding in ran.report["findings"]]) == (0, ["existing"])
    assert counts(ran) == {"new": 0, "existing": 1, "fixed": 0}


def test_a_wrong_checksum_is_compared_too(gate: Gate) -> None:
    """A line of go.sum that the content contradicts is existing where the base has it, and fixed once it is gone."""
    for directory in ("a", "b"):
        tidy(gate, directory)
    gate.check()
    good = (gate.repo / "a/go.sum").read_text()
    lines = good.splitlines(keepends=True)
    wrong = gate.proxy.sum_text("example.com/other@v1.0.0").splitlines()[0].split()[2]
    gate.write({"a/go.sum": f"{lines[0].rsplit(' ', 1)[0]} {wrong}\n" + "".join(lines[1:])})
    base = commit(gate)
    gate.write({"b/doc.go": "package m\n"})
    commit(gate)

    same = gate.check("--only-new", "--base", base)
    gate.write({"a/go.sum": good})
    mended = gate.check("--only-new", "--base", base)
    gate.write({"b/go.sum": (gate.repo / "a/go.sum").read_text().replace(lines[0].split()[2], wrong)})
    spread = gate.check("--only-new", "--base", base)

    assert (same.code, set(same.rules), counts(same)["new"]) == (0, {"checksum-mismatch"}, 0)
    assert counts(same)["existing"] > 0
    assert (mended.code, counts(mended)["existing"]) == (0, 0)
    assert counts(mended)["fixed"] > 0
    assert (spread.code, states(spread)["b"]) == (1, "new")


def test_what_is_generated_is_generated_in_the_base(gate: Gate) -> None:
    """`prepare` runs for both, so that what only generated code needs is judged alike."""
    tidy(gate, "a")
    untidy(gate, "a")
    source = (gate.repo / "a/m.go").read_text()
    (gate.repo / "a/m.go").rename(gate.repo / "a/m.txt")
    gate.write({".go-release-gate.yml": "prepare: cp a/m.txt a/m.go\n", "a/m.txt": source})
    base = commit(gate)
    gate.write({"a/doc.txt": "x\n"})
    commit(gate)

    ran = gate.check("--only-new", "--base", base)
    gate.write({"a/m.txt": source.replace("example.com/dep", "example.com/other")})
    other = gate.check("--only-new", "--base", base)

    assert (ran.code, counts(ran)) == (0, {"new": 0, "existing": 1, "fixed": 0})
    assert (other.code, counts(other)["new"] > 0) == (1, True)


def test_nothing_of_the_base_is_left_or_run(gate: Gate, old: str, tmp_path: Path) -> None:
    """Filters and hooks that the repository names stay asleep, the tree is as before, no temporary file stays."""
    trace = tmp_path / "trace"
    git(gate.repo, "config", "filter.x.smudge", f"touch {trace}; cat")
    git(gate.repo, "config", "filter.x.clean", "cat")
    gate.write({".gitattributes": "*.go filter=x\n"})
    commit(gate)
    trace.unlink(missing_ok=True)
    before, temporary = gate.tree(), tmp_path / "temporary"
    temporary.mkdir()

    ran = gate.check("--only-new", "--base", old, TMPDIR=str(temporary))

    assert ran.code == 0
    assert gate.tree() == before
    assert not trace.exists()
    assert list(temporary.iterdir()) == []


def test_an_old_fault_in_a_workflow_is_no_new_one(gate: Gate) -> None:
    """What the rules about names and workflows find in the base, too, is existing; what was added beside it is new."""
    tidy(gate, "a")
    job = "jobs:\n  x:\n    runs-on: ubuntu-24.04\n    steps:\n"
    push = f"{job}      - run: docker build -t acme/{{0}} . && docker push acme/{{0}}\n"
    gate.write({".github/workflows/old.yml": "on: pull_request\n" + push.format("old"), "Dockerfile": "FROM scratch\n"})
    base = commit(gate)
    gate.write({".github/workflows/new.yml": "on: pull_request\n" + push.format("new")})
    commit(gate)
    ran = gate.check("--only-new", "--base", base)

    found = {
        finding["location"]["path"]: finding["state"]
        for finding in ran.report["findings"]
        if finding["rule"] == "push-on-pull-request"
    }
    assert found == {".github/workflows/old.yml": "existing", ".github/workflows/new.yml": "new"}
