"""Tidiness through the real command: equal to the raw commands, never stale, never in the tree."""

from __future__ import annotations

import os
import shutil
import subprocess

from story.conftest import Gate


def raw_diff(gate: Gate) -> int:
    """Exit code of `go mod tidy -diff` in the repository itself."""
    return subprocess.run(
        ["go", "mod", "tidy", "-diff"],
        cwd=gate.repo,
        env={**gate.env, "GOWORK": "off"},
        capture_output=True,
        check=False,
    ).returncode


def test_tidy_module_passes_and_tree_is_untouched(gate: Gate) -> None:
    """A tidy module passes with exit 0 and every byte of the tree is as before."""
    gate.tidy_module()
    before = gate.tree()

    ran = gate.check()

    assert (ran.code, ran.report["verdict"], ran.report["complete"]) == (0, "pass", True)
    assert gate.module_answer(ran) == ("pass", "pass", "not-applicable")
    assert gate.tree() == before


def test_restored_build_cache_cannot_answer(gate: Gate) -> None:
    """The sequence in which Go's own `tidy -diff` says clean fails the gate: same times, same size, other import."""
    gate.tidy_module()
    source = gate.repo / "m.go"
    old = 1_600_000_000
    for path in (gate.repo, *gate.repo.iterdir()):
        os.utime(path, (old, old))
    assert raw_diff(gate) == 0
    gate.check()
    source.write_text(source.read_text().replace("example.com/dep", "example.com/xep"))
    for path in (source, gate.repo):
        os.utime(path, (old, old))

    stale = raw_diff(gate)
    ran = gate.check()

    assert stale == 0, "Go no longer answers from its index here: this test has lost its subject"
    assert ran.code != 0
    assert gate.module_answer(ran)[0] != "pass"


def test_new_go_sum_counts(gate: Gate) -> None:
    """A go.sum that tidy would newly create is a finding although git would not show it."""
    gate.tidy_module()
    (gate.repo / "go.sum").unlink()

    ran = gate.check()

    assert (ran.code, ran.rules) == (1, ["untidy-module"])
    assert not (gate.repo / "go.sum").exists()


def test_every_module_is_judged_after_one_fails(gate: Gate) -> None:
    """A broken module hides nothing about its neighbours."""
    gate.tidy_module("a")
    gate.tidy_module("c")
    gate.write({"b/go.mod": "module example.com/b\n\ngo 1.24\n\nrequire (\n", "c/go.sum": ""})

    ran = gate.check()

    answers = {module["dir"]: module["tidy"]["outcome"] for module in ran.report["modules"]}
    assert answers == {"a": "pass", "b": "unavailable", "c": "fail"}
    assert ran.module("b")["error"]["class"] == "malformed-file"


def test_fix_cascades_in_dependency_order(gate: Gate) -> None:
    """A module whose new requirement makes its dependents untidy is mended first, and they with it, in one go."""
    gate.write(
        {
            "lib/go.mod": "module example.com/lib\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n",
            "lib/lib.go": 'package lib\n\nimport (\n\t_ "example.com/dep"\n\t_ "example.com/other"\n)\n',
            "app/go.mod": (
                "module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\n"
                "require example.com/dep v1.0.0 // indirect\n\nreplace example.com/lib => ../lib\n"
            ),
            "app/go.sum": "{sum:example.com/dep@v1.0.0}",
            "app/app.go": 'package app\n\nimport _ "example.com/lib"\n',
        }
    )

    fixed = gate.run("check", "--fix")
    again = gate.check()
    twice = gate.tree()
    gate.run("check", "--fix")

    assert fixed.code == 0, fixed.out + fixed.err
    assert again.report["verdict"] == "pass"
    assert gate.tree() == twice
    for directory in ("lib", "app"):
        raw = subprocess.run(["go", "mod", "tidy", "-diff"], cwd=gate.repo / directory, env=gate.env, check=False)
        assert raw.returncode == 0


def test_patch_applies_and_equals_fix(gate: Gate) -> None:
    """The patch of --diff, applied with git, leaves the same tree as --fix."""
    gate.tidy_module()
    gate.write({"go.sum": "{sum:example.com/dep@v1.1.0}"})
    shutil.copytree(gate.repo, gate.repo.parent / "other")

    shown = gate.run("check", "--diff")
    gate.run("check", "--fix")
    other = gate.repo.parent / "other"
    subprocess.run(["git", "apply", "-"], cwd=other, input=shown.out.encode(), check=True)

    assert (other / "go.sum").read_bytes() == (gate.repo / "go.sum").read_bytes()


def test_checkout_conversion_is_no_finding(gate: Gate) -> None:
    """CRLF that only the checkout made passes; CRLF that is committed is a finding of form."""
    gate.tidy_module()
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "core.autocrlf=false"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], cwd=gate.repo, check=True, capture_output=True)
    for name in ("go.mod", "go.sum"):
        path = gate.repo / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    converted = gate.check()
    subprocess.run([*git, "commit", "-qam", "crlf"], cwd=gate.repo, check=True)
    committed = gate.check()

    assert (converted.code, converted.rules) == (0, [])
    assert set(committed.rules) == {"unformatted-module-file"}
    assert committed.module()["tidy"]["kind"] == "form"


def test_why_names_import_and_requirer(gate: Gate) -> None:
    """`why` gives the importing line of a module that is used, and exit 2 for one that nobody has."""
    gate.tidy_module()
    gate.check()

    known = gate.run("why", "example.com/dep")
    unknown = gate.run("why", "example.com/nobody")

    assert known.code == 0
    assert "m.go:3" in known.out
    assert "v1.0.0" in known.out
    assert unknown.code == 2


def test_fix_renews_a_stale_vendor_tree(gate: Gate) -> None:
    """A vendor tree of another version is renewed with go.mod, also when files must go; edited files are left alone."""
    gate.tidy_module()
    env = {**gate.env, "GOWORK": "off"}
    subprocess.run(["go", "mod", "vendor"], cwd=gate.repo, env=env, check=True, capture_output=True)
    gate.write(
        {
            "go.mod": "module example.com/m\n\ngo 1.24\n\nrequire example.com/dep v1.1.0\n",
            "go.sum": "{sum:example.com/dep@v1.1.0}",
            "vendor/example.com/gone/gone.go": "package gone\n",
        }
    )
    stale = gate.check()

    fixed = gate.run("check", "--fix")
    again = gate.check()

    assert "stale-vendor" in stale.rules
    assert fixed.code == 0, fixed.out + fixed.err
    assert again.module()["vendor"]["outcome"] == "pass"
    assert not (gate.repo / "vendor/example.com/gone").exists()


def test_what_does_not_count_is_not_mended(gate: Gate) -> None:
    """A suppressed or ignored finding stays as it is under --fix."""
    gate.tidy_module()
    gate.write({"go.sum": "{sum:example.com/dep@v1.1.0}"})
    before = gate.tree()

    gate.run("check", "--fix", "--ignore", "untidy-module")

    assert gate.tree() == before


def test_a_folder_of_a_repository_may_replace_by_its_neighbour(gate: Gate) -> None:
    """A folder judged alone finds no fault in a replace that stays inside the git work tree around it."""
    gate.write(
        {
            "libs/money/go.mod": "module example.com/money\n\ngo 1.24\n",
            "libs/money/money.go": "package money\n",
            "services/api/go.mod": (
                "module example.com/api\n\ngo 1.24\n\nrequire example.com/money v0.0.0\n\n"
                "replace example.com/money => ../../libs/money\n"
            ),
            "services/api/api.go": 'package api\n\nimport _ "example.com/money"\n',
        }
    )
    alone = gate.check("services/api")
    subprocess.run(["git", "init", "-q"], cwd=gate.repo, check=True)

    inside = gate.check("services/api")

    assert alone.rules == ["replace-outside-repository"]
    assert inside.rules == []
