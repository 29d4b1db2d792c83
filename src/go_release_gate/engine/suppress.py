"""Which findings do not count, by a comment beside them or by the baseline, and what to say about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from go_release_gate.engine.apply import chosen_rules
from go_release_gate.engine.baseline import Baseline, Entry, outdated, split
from go_release_gate.engine.inline import Suppression, known_to_base, read_comments
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import GateError
from go_release_gate.model.finding import Finding
from go_release_gate.model.report import Suppressed

if TYPE_CHECKING:
    from go_release_gate.engine.context import Facts
    from go_release_gate.engine.run import Request
    from go_release_gate.facts.tidy import Tidy
    from go_release_gate.facts.vendor import Vendor
    from go_release_gate.facts.verify import Verify

WORK_LIMIT = 1 << 20  # bytes of a go.work
# Kinds of files in which `#` begins a comment.
_COMMENTED = re.compile(r"(?i)(?:docker|container|make|proc)file[^/]*$|\.(?:ya?ml|sh|bash|mk)$")
FileReader = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Sifted:
    """Findings that count, those that do not, and what the user should know."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    notices: tuple[str, ...] = ()


def suppress(
    findings: Sequence[Finding], request: Request, facts: Facts
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...], tuple[str, ...]]:
    """Sift the findings of a check by the comments in the files they point at and in go.mod and go.work, then by its
    baseline."""
    texts = _texts(facts) | _commented(findings, facts)
    if not texts and request.baseline is None:
        return tuple(findings), (), ()
    from go_release_gate.rules.registry import RULES

    settings, unjudged = request.settings, _unjudged(facts)
    ran = {rule.id for rule in chosen_rules(RULES, settings)}
    base = None if settings.trusted else _base_texts(texts, request.base_file)
    by_comment = sift(findings, texts, base, ran, unjudged)
    by_baseline = _by_baseline(by_comment.findings, request.baseline, ran, unjudged)
    return (
        by_baseline.findings,
        (*by_comment.suppressed, *by_baseline.suppressed),
        (*by_comment.notices, *by_baseline.notices),
    )


def sift(
    findings: Iterable[Finding],
    texts: Mapping[str, str],
    base: Mapping[str, str | None] | None,
    ran: Collection[str],
    unjudged: Collection[str] = (),
) -> Sifted:
    """Sift by comments.

    Args:
        texts: path → text of the files that may hold suppressions.
        base: their texts in the base commit, where only what it has counts, too; None: everything counts.
        ran: ids of the rules that ran. A suppression of another rule is neither used nor unused.
        unjudged: paths whose module could not be judged; their suppressions may yet be needed.
    """
    known = _known()
    comments = [read_comments(path, text, known) for path, text in sorted(texts.items())]
    valid, refused = _admitted([item for one in comments for item in one.suppressions], base, known)
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    used: set[Suppression] = set()
    for finding in findings:
        match = next((item for item in valid if item.matches(finding)), None)
        if match:
            used.add(match)
            suppressed.append(Suppressed(finding, "inline", match.reason))
        else:
            kept.append(finding)
    unused = [item for item in valid if item not in used and item.rule in ran and item.path not in unjudged]
    problems = [problem for one in comments for problem in one.problems]
    return Sifted(tuple(kept), tuple(suppressed), (*problems, *refused, *map(_say_unused, unused)))


def _known() -> frozenset[str]:
    from go_release_gate.rules.registry import RULES

    return frozenset(rule.id for rule in RULES)


def _admitted(
    found: list[Suppression], base: Mapping[str, str | None] | None, known: Collection[str]
) -> tuple[list[Suppression], list[str]]:
    """Those that count, and a line for each that an untrusted pull request brought along."""
    if base is None:
        return found, []
    admitted = known_to_base(found, base, known)
    new = [item for index, item in enumerate(found) if index not in admitted]
    said = [f"{item.path}:{item.line}: this suppression does not count before it is merged" for item in new]
    return [item for index, item in enumerate(found) if index in admitted], said


def _say_unused(item: Suppression) -> str:
    return f"{item.path}:{item.line}: the suppression of {item.rule} matches no finding; remove it"


def _by_baseline(
    findings: tuple[Finding, ...], baseline: Baseline | None, ran: Collection[str], unjudged: Collection[str]
) -> Sifted:
    if baseline is None:
        return Sifted(findings)

    def was_judged(entry: Entry) -> bool:
        return entry.rule in ran and entry.path not in unjudged

    kept, known = split(findings, baseline)
    return Sifted(tuple(kept), tuple(known), outdated(baseline, known, was_judged))


def _unjudged(facts: Facts) -> set[str]:
    """Paths of the files of modules that could not be judged."""
    broken = [
        module
        for module in facts.repository.modules
        if module.error
        or any(_has_error(answers.get(module.dir)) for answers in (facts.tidy, facts.verify, facts.vendor))
    ]
    # a module that was not chosen was not judged either
    others = [module for module in facts.repository.modules if module not in facts.modules]
    return {module.file(name) for module in (*broken, *others) for name in ("go.mod", "go.sum")}


def _has_error(answer: Tidy | Verify | Vendor | None) -> bool:
    return answer is not None and answer.error is not None


def _texts(facts: Facts) -> dict[str, str]:
    """Path → text of every go.mod and go.work that mentions the gate."""
    files = {module.file("go.mod"): module.mod_bytes for module in facts.repository.modules}
    for workspace in facts.repository.workspaces:
        path = "go.work" if workspace.dir == "." else f"{workspace.dir}/go.work"
        files[path] = _work_bytes(facts, workspace.dir)
    return {path: data.decode("utf-8", "replace") for path, data in files.items() if b"gate:" in data}


def _commented(findings: Iterable[Finding], facts: Facts) -> dict[str, str]:
    """Path → text of the Dockerfiles, Makefiles, scripts and YAML files that findings point at and mention the gate."""
    found: dict[str, str] = {}
    for path in {finding.location.path for finding in findings if _COMMENTED.search(finding.location.path)}:
        directory, _, name = path.rpartition("/")
        try:
            data = read_regular(facts.repository.root, directory or ".", name, WORK_LIMIT)
        except RefusedFileError:
            continue
        if data and b"gate:" in data:
            found[path] = data.decode("utf-8", "replace")
    return found


def _work_bytes(facts: Facts, directory: str) -> bytes:
    try:
        return read_regular(facts.repository.root, directory, "go.work", WORK_LIMIT) or b""
    except RefusedFileError:
        return b""  # discovery has already made it the workspace's error


def _base_texts(texts: Mapping[str, str], read: FileReader | None) -> dict[str, str | None]:
    return {path: _base_text(path, read) for path in texts}


def _base_text(path: str, read: FileReader | None) -> str | None:
    try:
        data = read(path) if read else None
    except GateError:
        return None
    return None if data is None else data.decode("utf-8", "replace")
