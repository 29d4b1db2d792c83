"""What an image's size is made of, as bars that need no colour: layers as they are pulled, sections of programs."""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.facts.image_content import ImageContent, PlatformImage
from go_release_gate.model.sizes import size_text
from go_release_gate.report.neutral import log_text

WIDTH = 24  # characters of the longest bar
MOST_LAYERS = 30
MOST_SECTIONS = 6  # of one program, the largest
MOST_PROGRAMS = 5  # of one platform, the largest
LABEL = 60  # characters behind a bar


def picture(image: ImageContent) -> list[str]:
    """The lines for all platforms; harmless in a log."""
    lines: list[str] = []
    for platform in image.platforms:
        lines += [*platform_picture(platform), ""]
    return lines[:-1]


def platform_picture(platform: PlatformImage) -> list[str]:
    """The lines for one platform."""
    name = log_text(platform.platform, LABEL)
    lines = [f"{name}: layers as they are pulled"]
    layers = [
        (layer.size, f"{number} {layer.created_by or layer.digest[:19]}")
        for number, layer in enumerate(platform.layers, 1)
    ]
    lines += bars(layers[:MOST_LAYERS], sum(size for size, _ in layers))
    if len(layers) > MOST_LAYERS:
        lines.append(f"  and {len(layers) - MOST_LAYERS} more layers")
    for binary in sorted(platform.binaries, key=lambda one: -one.size)[:MOST_PROGRAMS]:
        sections = binary.elf.sections if binary.elf is not None else ()
        if not sections or sum(one.size for one in sections) > binary.size:  # a file that was cut off
            continue
        lines.append(f"{name}: {log_text(binary.path, LABEL)} by section")
        shown = [(section.size, section.name) for section in sections[:MOST_SECTIONS]]
        rest = binary.size - sum(size for size, _ in shown)
        lines += bars([*shown, (rest, "the rest")] if rest > 0 else shown, binary.size)
    return lines


def bars(rows: Sequence[tuple[int, str]], total: int) -> list[str]:
    """A line for each row: bar, size, share of the total, name."""
    longest = max((size for size, _ in rows), default=0)
    return [_bar(size, name, longest, total) for size, name in rows]


def _bar(size: int, name: str, longest: int, total: int) -> str:
    length = max(round(WIDTH * size / longest), 1) if size and longest else 0
    share = f"{100 * size / total:.0f} %" if total else ""
    return f"  {'#' * length:{WIDTH}} {size_text(size):>9} {share:>5}  {log_text(name, LABEL)}".rstrip()
