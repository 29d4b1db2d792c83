"""What `inspect` says to people: findings, a block for each platform, the size picture, the verdict last."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import PlatformImage
from go_release_gate.model.sizes import size_text
from go_release_gate.report import inspected, phrases
from go_release_gate.report.colour import paint
from go_release_gate.report.inspected import InspectReport
from go_release_gate.report.neutral import guard, log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.size_picture import platform_picture
from go_release_gate.report.text import group_lines

MOST_PROGRAMS = 20  # of one platform; with -v all
MOST_UNREADABLE = 20
LINE = 300  # characters of one foreign text


def render(report: InspectReport, options: RenderOptions) -> str:
    """The whole text, each line harmless in a log."""
    lines: list[str] = []
    for group in phrases.groups(report.check):
        lines += [*group_lines(group, options), ""]
    lines += rest_lines(report, options)
    return "".join(guard(line) + "\n" for line in lines)


def rest_lines(report: InspectReport, options: RenderOptions) -> list[str]:
    """Everything but the findings."""
    lines: list[str] = []
    if report.image is not None and not options.quiet:
        image = report.image
        lines += [
            paint(f"image {log_text(image.name, LINE)}", "title", on=options.colour),
            f"  digest {image.digest or inspected.NO_DIGEST}",
        ]
        lines += [f"  held against {log_text(inspected.held_against(report.expected), LINE)}", ""]
        for platform in image.platforms:
            lines += [*_platform(platform, options), ""]
            lines += [*platform_picture(platform), ""]
    unreadable = report.unreadable if options.verbose else report.unreadable[:MOST_UNREADABLE]
    word = paint("not told", "unavailable", on=options.colour)
    lines += [f"{word}: {log_text(sentence)}" for sentence in unreadable]
    if len(unreadable) < len(report.unreadable):
        lines.append(f"and {len(report.unreadable) - len(unreadable)} more (-v shows them)")
    lines += _remarks(report, options)
    verdict, _, words = inspected.headline(report).partition(":")
    return [*lines, f"{paint(verdict, verdict, on=options.colour)}:{words}"]


def _platform(platform: PlatformImage, options: RenderOptions) -> Iterator[str]:
    yield paint(f"{log_text(platform.platform, LINE)}  {platform.digest}".rstrip(), "title", on=options.colour)
    unpacked = sum(layer.unpacked for layer in platform.layers)
    layers = phrases.plural(len(platform.layers), "layer")
    yield (
        f"  size    {size_text(inspected.pulled(platform))} pulled, {size_text(unpacked)} unpacked in {layers}; "
        f"{size_text(platform.bytes)} left in {phrases.plural(platform.count, 'file')}"
    )
    yield f"  user    {log_text(inspected.user_of(platform), LINE)}"
    yield f"  starts  {log_text(inspected.started_of(platform), LINE)}"
    if platform.config.ports:
        yield f"  ports   {log_text(' '.join(platform.config.ports), LINE)}"
    shown = platform.binaries if options.verbose else platform.binaries[:MOST_PROGRAMS]
    for binary in shown:
        facts = ", ".join(log_text(one, LINE) for one in inspected.facts_of(binary))
        yield f"  program {log_text(binary.path, LINE)}  {size_text(binary.size)}  {facts}"
    if len(shown) < len(platform.binaries):
        yield f"  and {len(platform.binaries) - len(shown)} more programs (-v shows them)"


def _remarks(report: InspectReport, options: RenderOptions) -> Iterator[str]:
    if options.quiet:
        return
    yield from (f"notice: {log_text(notice)}" for notice in report.check.notices)
    suppressed = report.check.suppressed
    if suppressed:
        ways = phrases.tally(item.by for item in suppressed)
        yield f"{phrases.plural(len(suppressed), 'finding')} suppressed ({ways})"
    if options.verbose:
        for item in suppressed:
            yield f"  {log_text(item.finding.rule)}: {log_text(item.finding.message)}: {log_text(item.reason)}"
