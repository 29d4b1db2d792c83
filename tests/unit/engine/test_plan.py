"""The plan: what a change touches, and how the work is spread."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.config.settings import Settings
from go_release_gate.engine.choose import chosen_modules
from go_release_gate.engine.owners import with_owners
from go_release_gate.engine.plan import changed_files, shards, touched
from go_release_gate.errors import UsageError
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.model.finding import Finding, Location, Target
from go_release_gate.model.severity import Confidence, Severity


def module(directory: str, sums: int = 0, replaces: tuple[str, ...] = ()) -> Module:
    return Module(directory, f"example.com/{directory}", b"", b"x\n" * sums, local_replaces=replaces)


LIBRARY, API, WORKER, TOOLS = (
    module("lib"),
    module("api", 300, ("lib",)),
    module("worker", 10, ("api",)),
    module("tools"),
)
REPOSITORY = Repository(Path("/r"), (LIBRARY, API, WORKER, TOOLS))


@pytest.mark.parametrize(
    ("path", "directories"),
    [
        ("lib/x/y.go", ["lib", "api", "worker"]),
        ("api/go.mod", ["api", "worker"]),
        ("tools/a.go", ["tools"]),
        ("README.md", []),
        ("apix/y.go", []),
        ("go.work", ["lib", "api", "worker", "tools"]),
        (".go-release-gate.yml", ["lib", "api", "worker", "tools"]),
    ],
)
def test_a_change_touches_its_module_and_all_that_replace_by_it(path: str, directories: list[str]) -> None:
    """The nearest module above the file, its dependents however indirect; workspace and configuration touch all."""
    assert [one.dir for one in touched(REPOSITORY, [path])] == directories


def test_the_root_module_owns_what_no_other_does() -> None:
    """With a module in the root every file belongs to some module, the deepest."""
    repository = Repository(Path("/r"), (module("."), module("a")))

    assert [one.dir for one in touched(repository, ["docs/x.md", "a/b/c.go"])] == [".", "a"]


def test_changed_files_are_those_that_differ() -> None:
    """Added, removed and edited files, by their object ids."""
    assert changed_files({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"}) == {"b", "c", "d"}


def test_shards_are_balanced_and_lose_nothing() -> None:
    """The largest module gets a job of its own, every module is in exactly one job, none is empty."""
    jobs = shards(REPOSITORY.modules, 2)

    assert [job.modules for job in jobs] == [("api",), ("lib", "tools", "worker")]
    assert jobs[1].entry() == {"name": "2 of 2", "modules": "lib\ntools\nworker"}
    assert [len(shards(REPOSITORY.modules, count)) for count in (0, 1, 3, 9)] == [4, 1, 3, 4]
    assert shards((), 3) == ()


def test_only_modules_that_exist_can_be_chosen() -> None:
    """Spellings of a directory are one; a directory without a module is a usage error."""
    assert chosen_modules(REPOSITORY, ["./api/", "lib"]) == {"api", "lib"}
    assert chosen_modules(REPOSITORY, []) == frozenset()
    with pytest.raises(UsageError, match="no module in 'apy'") as caught:
        chosen_modules(REPOSITORY, ["apy"])
    assert caught.value.hint == "did you mean api?"


def test_the_last_glob_that_matches_names_the_owners() -> None:
    """Owners come from the module's directory, for findings without module from the file's."""
    owners = (("**", "@all"), ("services", "@a"), ("services", "@b"))
    places = [("services/api", "services/api/go.mod"), (None, "services/x/go.work"), (None, "go.work")]
    findings = [
        Finding("r", Severity.NOTE, Confidence.LOW, "m", Target("module", "x"), Location(path), directory)
        for directory, path in places
    ]

    found = with_owners(findings, Settings(owners=owners))
    assert [one.owners for one in found] == [("@a", "@b"), ("@a", "@b"), ("@all",)]
    assert with_owners(findings, Settings()) == findings
    by_path = with_owners(findings, Settings(), lambda path: (path,))
    assert [finding.owners for finding in by_path] == [(finding.location.path,) for finding in findings]
    assert with_owners(findings, Settings(owners=owners), lambda path: (path,)) == found
