"""Rules over modules, on facts written by hand: the corners that fixtures with a real Go do not reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.facts.repository import Skipped, Workspace
from go_release_gate.facts.retractions import Notice, Retractions
from go_release_gate.facts.tidy import Change, Reason, Tidy
from go_release_gate.facts.toolchain import Toolchain
from go_release_gate.facts.vendor import Vendor, VendorDifference
from go_release_gate.facts.verify import Contradiction, Mismatch, SumSite, Verification, Verify
from go_release_gate.gomod.modfile import Replace
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.registry import rule as rule_of
from support.modulefacts import module, repository, workspace

WHY = Reason("imported", "imported by main.go", Location("main.go", 3))


def drafts(identifier: str, *facts: object) -> list[Draft]:
    """What the rule yields for these facts."""
    rule = rule_of(identifier)
    assert isinstance(rule, Rule)
    return list(rule.run(*facts))


def sum_changes(count: int) -> tuple[Change, ...]:
    """So many lines that go.sum lacks."""
    names = [f"example.com/m{number:02}@v1.0.0" for number in range(count)]
    return tuple(Change("go.sum", "add", name, name, 1 + i, WHY) for i, name in enumerate(names))


def test_untidy_points_at_the_reason() -> None:
    """The reason of a changed line is beside the finding, with its place."""
    change = Change("go.mod", "add", "\trequire example.com/a v1.0.0", "example.com/a@v1.0.0", 7, WHY)
    tidy = Tidy(Outcome.FAIL, "untidy", b"module y\n", None, (change,))
    (draft,) = drafts("untidy-module", module("services/my api"), tidy)
    assert draft.location == Location("services/my api/go.mod", 7)
    assert draft.message == "go.mod lacks `require example.com/a v1.0.0`: imported by main.go"
    assert draft.related[0].location == WHY.location
    assert draft.command == "go -C 'services/my api' mod tidy"


def test_untidy_key_has_no_line_number() -> None:
    """The same change two lines further down is the same finding tomorrow."""
    keys = set()
    for line in (7, 9):
        change = Change("go.mod", "drop", "example.com/a v1.0.0", "example.com/a@v1.0.0", line, WHY)
        (draft,) = drafts("untidy-module", module(), Tidy(Outcome.FAIL, "untidy", changes=(change,)))
        keys.add(draft.key)
    assert len(keys) == 1


def test_drift_of_the_sums_is_bounded() -> None:
    """Twelve missing lines are one finding that names ten and counts the rest, in message and list."""
    tidy = Tidy(Outcome.FAIL, "untidy", b"module x\n", b"", sum_changes(12))
    (draft,) = drafts("untidy-module", module(sums={}), tidy)
    assert "lacks 12 lines" in draft.message
    assert draft.message.endswith("and 2 more")
    assert len(draft.related) == 11
    assert draft.related[-1].message == "and 2 more"


def test_untidy_without_known_lines_is_still_a_finding() -> None:
    """A change that no list of lines describes is one finding with the whole fix, never silence."""
    (draft,) = drafts("untidy-module", module(), Tidy(Outcome.FAIL, "untidy", b"module y\n"))
    assert draft.location.line == 1
    assert draft.fix is not None
    assert draft.fix.safe


@pytest.mark.parametrize("kind", ["form", None])
def test_untidy_is_silent_about_form(kind: str | None) -> None:
    """What differs in form alone is never called untidy."""
    assert drafts("untidy-module", module(), Tidy(Outcome.FAIL, kind, b"module y\n")) == []


def test_form_is_silent_about_untidy_modules() -> None:
    """An untidy module is not also accused of its form."""
    tidy = Tidy(Outcome.FAIL, "untidy", b"module y\n", form=(("go.mod", "spacing", 1),))
    assert drafts("unformatted-module-file", module(), tidy) == []


@pytest.mark.parametrize("kind", [kind for kind in ErrorClass if not kind.is_repository_fault])
def test_trouble_of_the_surroundings_is_no_finding(kind: ErrorClass) -> None:
    """Network, credentials, toolchain, time: the module is unavailable, and nobody is blamed for it."""
    tidy = Tidy(Outcome.UNAVAILABLE, error=ModuleError(kind, "away"))
    for identifier in ("broken-module", "checksum-mismatch"):
        rule = rule_of(identifier)
        assert rule is not None
        facts = {"Module": module(), "Tidy": tidy}
        assert list(rule.run(*[facts.get(fact.__name__) for fact in rule.facts])) == []


def test_one_fault_seen_by_several_facts_is_one_finding() -> None:
    """Tidy and vendor stumble over the same missing package: it is said once, with the hint."""
    error = ModuleError(ErrorClass.MISSING_PACKAGE, "no such package", "generate it", path="main.go", line=3)
    unavailable = Outcome.UNAVAILABLE
    (draft,) = drafts("broken-module", module(), Tidy(unavailable, error=error), None, Vendor(unavailable, error=error))
    assert draft.location == Location("main.go", 3)
    assert draft.related[0].message == "generate it"


def test_a_fault_with_a_rule_of_its_own_is_left_to_it() -> None:
    """A checksum error is checksum-mismatch's whether or not it names its rule, and never broken-module's."""
    for name in ("broken-module", "checksum-mismatch"):
        tidy = Tidy(Outcome.UNAVAILABLE, error=ModuleError(ErrorClass.CHECKSUM, "differs", rule=name))
        assert drafts("broken-module", module(), tidy, None, None) == []
        assert len(drafts("checksum-mismatch", module(), tidy, None, None, None)) == 1


def test_a_mismatch_that_tidy_saw_too_is_said_once() -> None:
    """Verify knows the line: tidy's error about the same version adds nothing."""
    tidy = Tidy(Outcome.UNAVAILABLE, error=ModuleError(ErrorClass.CHECKSUM, "example.com/a@v1.0.0: differs"))
    verify = Verify(Outcome.FAIL, mismatches=(Mismatch("example.com/a", "v1.0.0", 4, "h1:a=", "h1:b="),))
    (draft,) = drafts("checksum-mismatch", module(sums={}), tidy, verify, None, None)
    assert draft.location == Location("go.sum", 4)


def contradiction(*sites: SumSite) -> Verification:
    """go.sum files that contradict each other about example.com/x."""
    return Verification(contradictions=(Contradiction("example.com/x", "v1.0.0", sites),))


def test_contradiction_is_reported_where_it_deviates() -> None:
    """Of three modules only the one that deviates from the first is blamed, with the place of the first."""
    whole = contradiction(SumSite("c", 1, "h1:2="), SumSite("a", 4, "h1:1="), SumSite("b", 1, "h1:1="))
    found = [drafts("checksum-mismatch", module(name), None, None, None, whole) for name in "abc"]
    assert [len(one) for one in found] == [0, 0, 1]
    assert found[2][0].related[0].location == Location("a/go.sum", 4)


def test_a_sum_file_may_contradict_itself() -> None:
    """Two lines of one go.sum that give one version two hashes are a contradiction too."""
    whole = contradiction(SumSite(".", 1, "h1:1="), SumSite(".", 2, "h1:2="))
    (draft,) = drafts("checksum-mismatch", module(), None, None, None, whole)
    assert (draft.location, draft.related[0].location) == (Location("go.sum", 2), Location("go.sum", 1))


def test_a_contradiction_that_the_content_settled_is_said_once() -> None:
    """Where verify has found which of two hashes is wrong, the contradiction adds nothing."""
    whole = contradiction(SumSite(".", 1, "h1:1="), SumSite("a", 1, "h1:2="))
    verify = Verify(Outcome.FAIL, mismatches=(Mismatch("example.com/x", "v1.0.0", 1, "h1:2=", "h1:1="),))
    (draft,) = drafts("checksum-mismatch", module("a"), None, verify, None, whole)
    assert draft.message.startswith("content of")


@pytest.mark.parametrize(
    ("go", "toolchain", "current", "lines"),
    [
        ("1.26", "", "go1.26.8", []),
        ("1.27", "", "go1.26.8", [3]),
        ("1.26.9", "go1.27.0", "go1.26.8", [3]),
        ("1.26rc1", "", "go1.26beta2", [3]),
        ("1.26rc1", "", "go1.26.0", []),
        ("1.25", "go1.26.8", "go1.26.8", []),
        ("1.25", "go1.27rc1", "go1.26.8", [4]),
        ("1.25", "default", "go1.26.8", []),
        ("1.25", "go1.25.1-custom", "go1.26.8 X:boringcrypto", []),
        ("1.99", "", "devel +abcdef", []),
    ],
)
def test_go_versions_are_ordered_as_go_orders_them(go: str, toolchain: str, current: str, lines: list[int]) -> None:
    """Beta before candidate before release; a custom name by its version; a development build is not compared."""
    found = drafts("directive-newer-than-go", module(go=go, toolchain=toolchain), Toolchain(current, "/cache"))
    assert [draft.location.line for draft in found] == lines


def test_many_edited_vendor_files_are_one_finding() -> None:
    """Thirty files of a reformatted vendor tree are one finding with ten names."""
    edited = tuple(VendorDifference(f"vendor/example.com/a/{number:02}.go", "edited", 2) for number in range(30))
    (draft,) = drafts("modified-vendor", module(), Vendor(Outcome.FAIL, edited=edited), None)
    assert draft.message.startswith("30 vendored files")
    assert draft.related[-1].message == "and 20 more"


def test_missing_vendor_files_are_placed_where_a_file_is() -> None:
    """A finding never points at a file that is not there."""
    missing = VendorDifference("vendor/example.com/a/a.go", "missing")
    (stale,) = drafts("stale-vendor", module(), Vendor(Outcome.FAIL, stale=(missing,)), None)
    (edited,) = drafts("modified-vendor", module(), Vendor(Outcome.FAIL, edited=(missing,)), None)
    assert stale.location == Location("go.mod", 1)
    assert edited.location == Location("vendor/modules.txt", 1)


@pytest.mark.parametrize("reason", ["excluded", "submodule", "nested-repository", "symlink"])
def test_a_member_that_was_not_looked_at_is_not_missing(reason: str) -> None:
    """Of a directory that discovery passed over nobody can say that it holds no module."""
    found = replace(repository(workspaces=(workspace(".", "third/party"),)), skipped=(Skipped("third", reason),))
    assert drafts("workspace-missing-member", found) == []
    assert len(drafts("workspace-missing-member", replace(found, skipped=()))) == 1


@pytest.mark.parametrize("directory", ["testdata/a", "a/vendor/b", "_old", "x/.tools"])
def test_directories_go_passes_over_need_no_workspace(directory: str) -> None:
    """Modules that `./...` never reaches are not expected in go.work."""
    found = repository(module(directory), workspaces=(workspace("."),))
    assert drafts("workspace-unlisted-module", found) == []


def test_unlisted_module_command_is_relative_to_its_workspace() -> None:
    """The command runs where go.work lies and names the module from there."""
    found = repository(module("tools/lint"), workspaces=(workspace("tools", "tools/fmt"),))
    (draft,) = drafts("workspace-unlisted-module", found)
    assert draft.command == "go -C tools work use ./lint"


def test_unfetchable_twins_in_one_workspace_matter() -> None:
    """Two modules called main are a note, unless one workspace lists both: Go refuses that."""
    twins = (module("a", "main"), module("b", "main"))
    (apart,) = drafts("duplicate-module-path", repository(*twins))
    (together,) = drafts("duplicate-module-path", repository(*twins, workspaces=(workspace(".", "a", "b"),)))
    assert (apart.severity, together.severity) == (Severity.NOTE, None)


def test_modules_without_a_path_are_no_twins() -> None:
    """Two malformed go.mod files have no path in common."""
    assert drafts("duplicate-module-path", repository(module("a", ""), module("b", ""))) == []


def test_outside_replacement_names_its_version() -> None:
    """A directive for one version is dropped by its full name; one inside the repository is left alone."""
    replaces = (
        Replace("example.com/a", "v1.0.0", "../../a", "", 7),
        Replace("example.com/b", "", "./b", "", 8),
    )
    (draft,) = drafts("replace-outside-repository", module(replaces=replaces, outside=("../../a",)), None)
    assert draft.location.line == 7
    assert draft.command == "go mod edit -dropreplace=example.com/a@v1.0.0"


def test_retraction_of_another_version_is_no_finding() -> None:
    """Only the very version that is required counts, and a deprecated module is not a retracted version."""
    notices = {
        ("example.com/a", "v1.0.1"): Notice("example.com/a", "v1.0.1", ("broken",)),
        ("example.com/b", "v1.0.0"): Notice("example.com/b", "v1.0.0", (), "use another"),
    }
    required = module(requires={"example.com/a": "v1.0.0", "example.com/b": "v1.0.0"})
    assert drafts("retracted-version", required, Retractions(Outcome.FAIL, notices)) == []


def test_names_that_no_shell_shows_have_no_command() -> None:
    """A directory with a newline in its name gets no command that could run something else."""
    change = Change("go.mod", "drop", "x", "x@v1", 3, WHY)
    (draft,) = drafts("untidy-module", module("a\nrm -rf b"), Tidy(Outcome.FAIL, "untidy", changes=(change,)))
    assert draft.command == ""


def test_the_other_place_is_beside_the_finding() -> None:
    """Of two modules with one path, and of a damaged archive, the reader sees where the other one is."""
    (twin,) = drafts("duplicate-module-path", repository(module("a"), module("b")))
    assert twin.related[0].location == Location("a/go.mod", 1)
    assert (twin.module, twin.target) == ("b", Target("module", "b"))
    (unlisted,) = drafts("workspace-unlisted-module", repository(module("a"), workspaces=(workspace("."),)))
    assert unlisted.related[0].location == Location("a/go.mod", 1)
    assert (unlisted.module, unlisted.target) == ("a", Target("module", "a"))


def test_findings_about_a_workspace_have_it_as_target() -> None:
    """A finding of go.work is about the workspace, not about one module."""
    (missing,) = drafts("workspace-missing-member", repository(workspaces=(workspace("tools", "gone"),)))
    unreadable = Workspace(".", None, error=ModuleError(ErrorClass.MALFORMED_FILE, "no go.work", "mend it", line=3))
    (broken,) = drafts("workspace-missing-member", repository(workspaces=(unreadable,)))
    assert missing.target == Target("workspace", "tools")
    assert broken.target == Target("workspace", ".")
    assert broken.related[0].message == "mend it"


def test_many_edited_files_have_one_place_and_command() -> None:
    """The summary of many edited files points at the first of them and names the command."""
    edited = tuple(VendorDifference(f"a/vendor/example.com/x/{number:02}.go", "edited", 7) for number in range(21))
    (draft,) = drafts("modified-vendor", module("a"), Vendor(Outcome.FAIL, edited=edited), None)
    assert (draft.location, draft.key) == (Location("a/vendor/example.com/x/00.go", 7), "vendor")
    assert draft.command == "go -C a mod vendor"


def test_every_unpinned_line_is_named_and_nothing_else() -> None:
    """All lines that name no version are found, though the module's error names one; directories have no version."""
    replaces = (
        Replace("example.com/c", "", "example.com/fork", "latest", 8),
        Replace("example.com/d", "", "./d", "", 9),
        Replace("example.com/e", "", "example.com/e", "v1.2.3", 10),
    )
    one = module(requires={"example.com/a": "main", "example.com/b": "v1.0.0"}, replaces=replaces)
    error = ModuleError(ErrorClass.UNPINNED_VERSION, "example.com/a …", path="go.mod", line=5)
    found = drafts("unpinned-version", one, Tidy(Outcome.UNAVAILABLE, error=error))
    assert [draft.location.line for draft in found] == [5, 8]
    assert [draft.key for draft in found] == ["example.com/a main", "example.com/fork latest"]


def test_an_unpinned_version_in_an_unreadable_file_is_the_error() -> None:
    """Where go.mod could not be read further, the module's own error is the finding."""
    error = ModuleError(ErrorClass.UNPINNED_VERSION, "no version", path="go.mod", line=5)
    (draft,) = drafts("unpinned-version", replace(module(error=error), mod=None), None)
    assert (draft.location.line, draft.message) == (5, "no version")


def test_stale_vendor_lists_its_files() -> None:
    """The files are beside the finding, modules.txt first, those that are missing without a place."""
    files = (
        VendorDifference("vendor/example.com/a/a.go", "missing"),
        VendorDifference("vendor/modules.txt", "edited", 3),
    )
    (draft,) = drafts("stale-vendor", module(), Vendor(Outcome.FAIL, stale=files), None)
    assert [related.location for related in draft.related] == [Location("vendor/modules.txt", 3), None]
    assert draft.location == Location("vendor/modules.txt", 3)


def test_form_counts_each_word_once_at_its_first_line() -> None:
    """Several problems of one file are one finding, each kind said once, at the first line that shows one."""
    form = (("go.sum", "lines out of order", 9), ("go.sum", "CRLF line endings", 4), ("go.sum", "CRLF line endings", 5))
    (draft,) = drafts("unformatted-module-file", module(sums={}), Tidy(Outcome.FAIL, "form", form=form))
    assert draft.location == Location("go.sum", 4)
    assert draft.message.endswith("form: lines out of order, CRLF line endings")


def test_an_error_points_at_the_line_it_names_in_words() -> None:
    """A replace directive, a requirement, a checksum: the line is found although the error does not know it."""
    one = module(
        requires={"example.com/a": "v1.0.0"},
        replaces=(Replace("example.com/b", "", "./b", "", 9),),
        sums={"example.com/a@v1.0.0": "h1:x=", "example.com/a@v1.0.0/go.mod": "h1:y="},
    )
    said = {
        "replacement directory ./b does not exist": ("go.mod", 9),
        "example.com/a@v1.0.0: unknown revision": ("go.mod", 5),
        "example.com/a@v1.0.0-rc.1: unknown revision": ("go.mod", 1),
        "no such package": ("go.mod", 1),
    }
    for message, (path, line) in said.items():
        tidy = Tidy(Outcome.UNAVAILABLE, error=ModuleError(ErrorClass.MISSING_PACKAGE, message))
        (draft,) = drafts("broken-module", one, tidy, None, None)
        assert draft.location == Location(path, line), message
    error = ModuleError(ErrorClass.CHECKSUM, "example.com/a@v1.0.0/go.mod: differs", path="go.sum")
    (draft,) = drafts("checksum-mismatch", one, Tidy(Outcome.UNAVAILABLE, error=error), None, None, None)
    assert draft.location == Location("go.sum", 2)


@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("a", "GOWORK=off go -C a mod vendor"),
        (".", "GOWORK=off go -C a mod vendor"),
        ("b", "go -C a mod vendor"),
    ],
)
def test_vendoring_below_a_workspace_is_done_without_it(place: str, command: str) -> None:
    """`go mod vendor` refuses to run while a go.work is in force, whether it lists the module or not."""
    edited = (VendorDifference("a/vendor/x.go", "edited", 1),)
    world = repository(module("a"), workspaces=(workspace(place),))
    (draft,) = drafts("modified-vendor", module("a"), Vendor(Outcome.FAIL, edited=edited), world)
    assert draft.command == command
