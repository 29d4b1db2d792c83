"""The images that were built, as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from go_release_gate.facts.built_images import BuiltImage, BuiltImages
from go_release_gate.model.sizes import size_text
from go_release_gate.report.neutral import code_span, log_text, markdown_text, table_cell

LINE = 300
CELL = 160


def outcome(one: BuiltImage) -> str:
    """How it went, in one word."""
    if one.failure:
        return "failed"
    return "not judged" if one.error or one.content is None else "built"


def facts_of(one: BuiltImage) -> Iterator[str]:
    """What is to be said of an image in one line, part by part."""
    if one.content is None:
        yield one.failure or (one.error.message if one.error else "")
        return
    yield ", ".join(platform.platform for platform in one.content.platforms)
    if one.digest:
        yield one.digest
    if one.is_reproduced is not None:
        yield "reproduced" if one.is_reproduced else "not reproduced"


def text_lines(images: BuiltImages) -> list[str]:
    """A line for each image, and one for each part that differs."""
    lines = []
    for one in images.images:
        size = f" {size_text(one.size)}" if one.size else ""
        lines.append(log_text(f"image {one.order.name}: {outcome(one)}{size}; {'; '.join(facts_of(one))}", LINE))
        for each in one.differences:
            where = " ".join(filter(None, (each.platform, each.part, each.path)))
            lines.append(log_text(f"  differs: {where}: {each.what}", LINE))
    return lines


def markdown(images: BuiltImages | None) -> Iterator[str]:
    """A section of the job summary; nothing where no image was asked for."""
    if images is None:
        return
    rows = ["| Image | Built | Size | Facts |", "| --- | --- | ---: | --- |"]
    for one in images.images:
        told = markdown_text(log_text("; ".join(facts_of(one)), LINE), LINE)
        cells = [code_span(one.order.name, CELL), outcome(one), size_text(one.size) if one.size else "", told]
        rows.append("| " + " | ".join(map(table_cell, cells)) + " |")
    yield "\n\n".join([f"### Images ({markdown_text(images.engine)})", "\n".join(rows)])


def document(images: BuiltImages) -> dict[str, Any]:
    """The value of the key `images`."""
    return {"engine": images.engine, "images": [_image(one) for one in images.images]}


def _image(one: BuiltImage) -> dict[str, Any]:
    order = one.order
    return {
        "dockerfile": order.dockerfile,
        "context": order.context,
        "target": order.target,
        "names": list(order.names),
        "labels": dict(order.labels),
        "outcome": outcome(one),
        "failure": one.failure or (one.error.message if one.error else ""),
        "digest": one.digest,
        "media_type": one.media_type,
        "platforms": [each.platform for each in one.content.platforms] if one.content else [],
        "size": one.size,
        "reproducible": one.is_reproduced,
        "differences": [
            {"platform": each.platform, "part": each.part, "path": each.path, "what": each.what}
            for each in one.differences
        ],
        "limits": list(one.limits),
        "seconds": round(one.seconds, 3),
    }
