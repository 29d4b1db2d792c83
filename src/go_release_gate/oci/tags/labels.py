"""Labels and annotations: eight keys of the image specification, and what the user adds.

https://github.com/opencontainers/image-spec/blob/main/annotations.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from go_release_gate.oci.tags.collation import key
from go_release_gate.oci.tags.context import Context

PREFIX = "org.opencontainers.image."
_LINE = re.compile("([^=]*)=([^\n\r\u2028\u2029]*)")


def label_lines(context: Context, version: str, custom: Iterable[str], render: Callable[[str], str]) -> tuple[str, ...]:
    """Lines `key=value`, sorted by key. A later line replaces an earlier one of the same key; one without `=` counts
    for nothing."""
    lines = [*_own(context, version), *(render(line) for line in custom)]
    pairs = [line.partition("=") for line in lines]
    values = {name: value for name, sign, value in pairs if sign}
    return tuple(f"{name}={values[name]}" for name in sorted(values, key=key))


def _own(context: Context, version: str) -> list[str]:
    record = context.repository
    return [
        f"{PREFIX}title={record.name}",
        f"{PREFIX}description={record.description}",
        f"{PREFIX}url={record.html_url}",
        f"{PREFIX}source={record.html_url}",
        f"{PREFIX}version={version}",
        f"{PREFIX}created={iso(context.now)}",
        f"{PREFIX}revision={context.sha}",
        f"{PREFIX}licenses={record.license}",
    ]


def iso(moment: datetime) -> str:
    """Date.prototype.toISOString: UTC with milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def with_levels(lines: Sequence[str], levels: Iterable[str]) -> tuple[str, ...]:
    """Annotations: every line once for each level."""
    return tuple(f"{level}:{line}" for level in levels for line in lines)


def label_table(lines: Iterable[str]) -> dict[str, str]:
    """Key → value as the peer's JSON has it: of a value with several lines the first alone."""
    found = (_LINE.search(line) for line in lines)
    return {match[1]: match[2] for match in found if match}
