"""Judge a finished image that was read: the rules over it, what it should be, and what scanners found."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.config.settings import Settings
from go_release_gate.engine.baseline import Baseline
from go_release_gate.engine.judging_facts import Judgement, judge_facts
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.facts.scan import ScanResults
from go_release_gate.model.finding import Finding
from go_release_gate.rules.build import image_scan_finding


def judge_image(
    image: ImageContent,
    expected: Expected | None,
    scans: ScanResults | None,
    settings: Settings,
    baseline: Baseline | None = None,
) -> tuple[Judgement, tuple[str, ...]]:
    """What came of it, and what could not be told.

    Args:
        expected: what it is held against; None: itself. scans: what scanners found; None: nobody was asked.
    """
    facts: dict[type, object] = {ImageContent: image}
    if expected is not None:
        facts[Expected] = expected
    if scans is not None:
        facts[ScanResults] = scans
    unreadable = tuple(_unreadable(image, scans))
    reasons = {image_scan_finding.key_of(one): one.excuse for one in (scans.findings if scans else ()) if one.excuse}

    def excuse(finding: Finding) -> str:
        return reasons.get(finding.key, "") if finding.rule == image_scan_finding.RULE.id else ""

    judged = judge_facts(facts, settings, unreadable=unreadable, baseline=baseline, excuse=excuse)
    return judged, unreadable


def _unreadable(image: ImageContent, scans: ScanResults | None) -> Iterator[str]:
    """What could not be told: of the image, its platforms and programs, and of the scanners' files."""
    yield from image.unreadable
    if not image.platforms and not image.unreadable:
        yield "there is no image of any platform in it"
    for platform in image.platforms:
        name = platform.platform or "the image"
        yield from (f"{name}: {sentence}" for sentence in platform.unreadable)
        for binary in platform.binaries:
            if binary.unreadable:
                yield f"{name}: {binary.path}: {binary.unreadable}"
    if scans is not None:
        yield from scans.unreadable
