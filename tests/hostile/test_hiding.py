"""A pull request cannot take a module out of the judgement."""

from __future__ import annotations

import pytest

from hostile.conftest import Fork


@pytest.mark.parametrize(
    "files",
    [
        {".gitmodules": '[submodule "x"]\n\tpath = services/api\n\turl = https://example.com/x\n'},
        {"services/cache/download/x/.keep": ""},
        {"services/cache/download/x/.keep": "", "services/cache/lock": "", "services/x@v1.0.0/.keep": ""},
    ],
    ids=["gitmodules", "cache", "whole-cache"],
)
def test_laid_files_hide_no_module(fork: Fork, files: dict[str, str]) -> None:
    """Neither .gitmodules nor the folders of a module cache beside it make a committed module somebody else's."""
    fork.tidy_module()
    fork.bad_module("services/api")
    fork.commit()
    fork.write(files)
    ran = fork.judged()
    assert (ran.code, [module["dir"] for module in ran.report["modules"]]) == (1, [".", "services/api"])


def test_long_directories_do_not_share_an_answer(fork: Fork) -> None:
    """Modules whose directories end alike, however long, are each judged by their own files."""
    names = [f"g{number:02d}/deep/{'n' * 70}" for number in range(24)]
    for number, name in enumerate(names):
        (fork.bad_module if number % 2 else fork.tidy_module)(name)
    fork.commit()
    ran = fork.judged("--jobs", "8")
    answers = [ran.module(name)["tidy"]["outcome"] for name in names]
    assert answers == ["pass", "fail"] * 12


@pytest.mark.parametrize("option", [("--select", "untidy-module"), ("--ignore", "broken-module")])
def test_a_module_nobody_judged_is_no_pass(fork: Fork, option: tuple[str, str]) -> None:
    """Where the rule that would report a broken module does not run, breaking it is no way to a pass."""
    fork.tidy_module()
    fork.write({"m.go": 'package m\n\nimport _ "example.com/dep/nothing"\n'})
    fork.commit()
    ran = fork.judged(*option)
    assert (ran.code, ran.report["verdict"]) == (3, "unavailable")
