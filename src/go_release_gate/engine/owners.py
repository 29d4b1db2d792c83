"""Who is told of a finding: the owners of its module, as the configuration names them, or those of its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from go_release_gate.config.settings import Settings
from go_release_gate.engine.globs import matcher
from go_release_gate.model.finding import Finding


def with_owners(
    findings: Iterable[Finding], settings: Settings, by_path: Callable[[str], tuple[str, ...]] | None = None
) -> list[Finding]:
    """The findings with their owners: those of the last glob that matches the module (or the file's directory).

    Args:
        by_path: path of a file → owners, as CODEOWNERS names them; it counts when the configuration names nobody.
    """
    if not settings.owners:
        found = list(findings)
        return [replace(finding, owners=by_path(finding.location.path)) for finding in found] if by_path else found
    rules = [(matcher([glob]), glob) for glob in dict.fromkeys(glob for glob, _ in settings.owners)]
    names = {glob: tuple(owner for other, owner in settings.owners if other == glob) for _, glob in rules}

    def owners(finding: Finding) -> tuple[str, ...]:
        directory = finding.module or finding.location.path.rpartition("/")[0] or "."
        return next((names[glob] for match, glob in reversed(rules) if match(directory)), ())

    return [replace(finding, owners=owners(finding)) for finding in findings]
