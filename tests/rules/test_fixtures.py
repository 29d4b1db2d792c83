"""One test for every fixture of every rule: a repository in, the whole gate over it, the expected findings out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from go_release_gate.adapters.hadolint import Hadolint, find_hadolint
from go_release_gate.adapters.registry.client import Manifest
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.adapters.toolbox import Toolbox, ToolboxRequest, open_toolbox
from go_release_gate.adapters.workflow_linters import WorkflowLinters, find_workflow_linters
from go_release_gate.config.load import FILE_NAME
from go_release_gate.config.policy import read_policy
from go_release_gate.config.settings import Settings
from go_release_gate.engine.context import Edges
from go_release_gate.engine.run import Request, check
from go_release_gate.facts.built import BuiltPrograms
from go_release_gate.facts.built_images import BuiltImages
from go_release_gate.facts.tested import RanTests
from go_release_gate.model.edits import apply_edits
from go_release_gate.model.finding import Edit, Finding
from go_release_gate.model.report import CheckReport, ModuleAnswer, Subject
from go_release_gate.model.severity import Event
from go_release_gate.oci.reference import Reference
from go_release_gate.rules.registry import RULES
from support.history import History
from support.imagecase import judge_text
from support.moduleproxy import ModuleProxy
from support.rulecase import Case, Want, edit_cache, filled, modules_of, read_case, write_tree

HERE = Path(__file__).parent
FIXTURES = sorted(HERE.glob("*/*.txtar"))
_OF_BUILDS = frozenset({BuiltImages, BuiltPrograms, RanTests})  # facts of finished builds: no text can give them
CASES = "cases"  # fixtures of outcomes that belong to no rule
RULE_SEVERITIES = {rule.id: rule.severity for rule in RULES}
GO = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, check=True, text=True).stdout.split()[0]


@dataclass(slots=True)
class Ground:
    """A fixture laid out on disk: the repository, the proxy beside it."""

    case: Case
    root: Path
    proxy: ModuleProxy

    def text(self, content: str) -> str:
        """Content of the fixture with its placeholders filled in."""
        return filled(content, self.proxy, GO)


@pytest.fixture(scope="module")
def build_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One build cache for all fixtures: what a restored cache of another run must never decide."""
    return tmp_path_factory.mktemp("build")


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture(path: Path, tmp_path: Path, build_cache: Path) -> None:
    """The gate finds what the fixture says and nothing else, leaves the tree as it was, and its fix mends."""
    ground = lay_out(read_case(path), tmp_path)
    before = snapshot(ground.root)
    report = judge(ground, build_cache)
    assert snapshot(ground.root) == before, "the gate changed the tree"
    rule = path.parent.name
    compare_findings(ground, report, rule if path.stem.startswith("bad-") else "")
    compare_commands(ground, report, rule)
    compare_outcomes(ground, report)
    prove_fix(ground, report, rule, build_cache)


def test_every_rule_has_fixtures() -> None:
    """One sound repository and two faulty ones at least for each rule, and no folder without a rule.

    A rule that judges nothing but finished builds has its tests beside the builds: a fixture is files alone.
    """
    judging_files = [rule for rule in RULES if any(not _OF_BUILDS.issuperset(one.needs) for one in rule.aspects)]
    for rule in judging_files:
        names = [path.stem for path in FIXTURES if path.parent.name == rule.id]
        assert sum(name.startswith("ok-") for name in names) >= 1, rule.id
        assert sum(name.startswith("bad-") for name in names) >= 2, rule.id
    assert {path.parent.name for path in FIXTURES} == {rule.id for rule in judging_files} | {CASES}


def test_every_fix_has_a_fixture() -> None:
    """A rule that promises a safe fix shows at least one file as the fix leaves it."""
    for rule in RULES:
        cases = [read_case(path) for path in FIXTURES if path.parent.name == rule.id]
        assert any("fixed" in case.extra for case in cases) == (rule.fix == "safe"), rule.id


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture_states_its_claim(path: Path) -> None:
    """A fixture says in words what it shows; a faulty one wants a finding of its rule, a sound one none of it."""
    case = read_case(path)
    assert case.claim.endswith(".")
    wanted = {want.rule for want in case.wants}
    if path.parent.name != CASES:
        assert (path.parent.name in wanted) is path.stem.startswith("bad-")


def lay_out(case: Case, tmp_path: Path) -> Ground:
    """Write the fixture's repository, its proxy and what lies around them."""
    ground = Ground(case, tmp_path / "repo", ModuleProxy(tmp_path / "world", modules_of(case)))
    ground.root.mkdir()
    write_tree(case.tree, ground.root, ground.proxy, GO)
    write_tree(case.extra.get("outside", {}), tmp_path / "outside", ground.proxy, GO)
    settings = case.settings
    for name in settings.get("crlf", "").split():
        file = ground.root / name
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    for name in settings.get("no-final-newline", "").split():
        file = ground.root / name
        file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    if settings.get("git"):
        commit_all(ground)
    if history := ground.case.sections.get("git"):
        History(ground.root).build(history)
    write_tree(case.extra.get("dirty", {}), ground.root, ground.proxy, GO)
    prepare_cache(ground)
    return ground


def commit_all(ground: Ground) -> None:
    """Make the repository a git repository with one commit of everything."""
    who = ["-c", "user.name=Fixture", "-c", "user.email=fixture@example.com"]
    for args in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "fixture"]):
        subprocess.run(["git", *args], cwd=ground.root, env=ground.proxy.env(), check=True)


def prepare_cache(ground: Ground) -> None:
    """Fill the module cache, damage it, and take versions away, as the fixture's settings say."""
    settings, proxy = ground.case.settings, ground.proxy
    if wanted := settings.get("fill", "").split():
        subprocess.run(["go", "mod", "download", *wanted], cwd=proxy.home, env=proxy.env(), check=True)
    edit_cache(ground.case, proxy)
    for key in settings.get("withdraw", "").split():
        proxy.withdraw(key)


def judge(ground: Ground, build_cache: Path) -> CheckReport:
    """Run the whole gate over the repository."""
    given = ground.case.settings
    event = Event(given.get("event", "branch"))
    settings = replace(
        read_policy(_configuration(ground), FILE_NAME, event, RULE_SEVERITIES).settings,
        event=event,
        tag=given.get("tag", ""),
        select=tuple(given.get("select", "").split()),
        offline="offline" in given,
        trusted="untrusted" not in given,
        jobs=2,
    )
    sections = ground.case.sections
    if "image" in sections:
        return judge_text(sections["image"], sections.get("expected"), sections.get("scan"), settings)
    env = {name: ground.text(value) for name, value in ground.case.env().items()}
    parent = ground.proxy.env(**{"GOCACHE": str(build_cache), **env})
    with edges_for(ground, parent, settings) as edges:
        return check(Request(ground.root, settings, Subject(event=settings.event)), edges)


@contextmanager
def edges_for(ground: Ground, parent: dict[str, str], settings: Settings) -> Iterator[Edges]:
    """The gate's own edges, as the command line puts them together; only waiting is left out."""
    request = ToolboxRequest(ground.root, settings.go, trusted=settings.trusted)
    is_converted = "converted" in ground.case.settings
    with open_toolbox(parent, request) as tools:
        yield Edges(
            tools.go,
            tools.scratch,
            lambda _path: is_converted,
            sleep=lambda _s: None,
            owner=tools.owner,
            git=tools.git if "git" in ground.case.sections else None,
            hadolint=_hadolint(tools, ground.root) if "dockerfile-lint" in settings.select else None,
            workflow_linters=_linters(tools, ground.root) if "workflow-lint" in settings.select else None,
            registries=(lambda: Shelf(ground)) if "registry" in ground.case.sections else None,  # type: ignore[arg-type, return-value]
        )


def _linters(tools: Toolbox, root: Path) -> Callable[[], WorkflowLinters | None]:
    """zizmor beside this program alone, for the same reason."""
    return lambda: find_workflow_linters({}, root, tools.runner, tools.scratch)


def _hadolint(tools: Toolbox, root: Path) -> Callable[[], Hadolint | None]:
    """Lint only where a fixture asks for it: another machine has another hadolint, or none."""
    return lambda: find_hadolint({}, root, tools.runner, tools.scratch)


def _configuration(ground: Ground) -> bytes | None:
    file = ground.root / FILE_NAME
    return file.read_bytes() if file.exists() else None


@dataclass(frozen=True)
class Shelf:
    """A registry that holds what the fixture says."""

    ground: Ground

    def look(self, reference: Reference) -> Manifest:
        """The manifest at a reference."""
        digest = self.ground.case.published().get(str(reference))
        if digest is None:
            raise AbsentError(f"{reference} is unknown")
        return Manifest(self.ground.text(digest), "application/vnd.oci.image.manifest.v1+json")

    def within(self, _seconds: float) -> None:
        """Time is no matter here."""

    def troubles(self) -> tuple[str, ...]:
        """No login is needed."""
        return ()


def compare_findings(ground: Ground, report: CheckReport, rule: str) -> None:
    """Each wanted finding is there once, in the place and words wanted; any other is of a rule in `also`."""
    left = list(report.findings)
    for want in ground.case.wants:
        found = next((finding for finding in left if is_wanted(want, finding)), None)
        assert found, f"missing: {want}\nfound: {told(report.findings)}"
        left.remove(found)
    strangers = [finding for finding in left if finding.rule not in ground.case.words("also")]
    assert not strangers, f"not wanted: {told(strangers)}"
    allowed = {rule, *ground.case.words("also")}
    assert not rule or {finding.rule for finding in report.findings} <= allowed, told(report.findings)


def compare_commands(ground: Ground, report: CheckReport, rule: str) -> None:
    """The rule's findings name the stated commands and no other, and each has an identity of its own."""
    findings = [finding for finding in report.findings if finding.rule == rule]
    expected = [line for line in ground.case.sections.get("run", "").splitlines() if line]
    if "run" in ground.case.sections:
        assert sorted({finding.command for finding in findings if finding.command}) == sorted(expected)
    assert all(finding.key for finding in findings), told(findings)
    assert len({finding.fingerprint for finding in findings}) == len(findings), told(findings)


def is_wanted(want: Want, finding: Finding) -> bool:
    """Whether a finding is the one wanted."""
    place = (finding.location.path, finding.location.line or 0, finding.rule)
    return (
        place == (want.path, want.line, want.rule)
        and want.severity in {"", finding.severity.value}
        and want.fits(finding.message)
    )


def told(findings: Iterable[Finding]) -> str:
    """Findings as want lines."""
    lines = (f"{f.location.path}:{f.location.line}: {f.rule}: {f.severity}: {f.message}" for f in findings)
    return "\n  ".join(("", *lines))


def compare_outcomes(ground: Ground, report: CheckReport) -> None:
    """Each stated answer of a module, and of the run as a whole, is the one given."""
    modules = {module.dir: module for module in report.modules}
    for name, expected in ground.case.outcomes().items():
        given = answers_of_module(modules[name]) if name else answers_of_run(report)
        error = modules[name].error if name else None
        assert {question: given[question] for question in expected} == expected, f"{name or 'run'}: {error}"


def answers_of_module(module: ModuleAnswer) -> dict[str, str]:
    """What the report says of a module, as words."""
    return {
        "tidy": str(module.tidy.outcome),
        "kind": str(module.tidy.kind),
        "verify": str(module.verify.outcome),
        "vendor": str(module.vendor),
        "error": str(module.error.kind) if module.error else "none",
        "modules": str(module.verify.modules),
        "verified": str(module.verify.verified),
        "absent": str(module.verify.absent),
        "healed": str(len(module.verify.healed)),
    }


def answers_of_run(report: CheckReport) -> dict[str, str]:
    """What the report says of the run, as words."""
    return {
        "exit": str(report.verdict.exit_code),
        "complete": str(report.complete).lower(),
        "skipped": ",".join(f"{directory}:{reason}" for directory, reason in report.skipped),
    }


def prove_fix(ground: Ground, report: CheckReport, rule: str, build_cache: Path) -> None:
    """The safe edits of the rule's findings silence it, applied twice they equal once, and leave the stated files."""
    expected = ground.case.extra.get("fixed", {})
    if not apply_fixes(ground.root, report, rule):
        assert not expected, "a fixed file is expected, but no finding has a fix"
        return
    for name, content in expected.items():
        assert (ground.root / name).read_text(encoding="utf-8") == ground.text(content), name
    once = judge(ground, build_cache)
    assert rule not in {finding.rule for finding in once.findings}, told(once.findings)
    assert not apply_fixes(ground.root, once, rule), "the second application of the fix changed something"


def apply_fixes(root: Path, report: CheckReport, rule: str) -> bool:
    """Apply the safe fixes of a rule's findings; whether there were any."""
    edits: dict[str, set[Edit]] = {}
    for finding in report.findings:
        if finding.rule == rule and finding.fix and finding.fix.safe:
            for edit in finding.fix.edits:
                edits.setdefault(edit.path, set()).add(edit)
    for name, changes in edits.items():
        file = root / name
        file.write_bytes(apply_edits(file.read_bytes() if file.exists() else None, changes))
    return bool(edits)


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file below the root."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode) for path in files}
