"""A scanner found something in the finished image.

## What it finds

What the files of `--scan` hold: results of a scanner as SARIF, vulnerabilities as CycloneDX. Nothing is scanned here
and no database is asked.

## Why

One verdict decides about a release. With the scanner's results among the findings, one place says what counts, what is
accepted and why.

## Fix

Raise the dependency or the base image to the version that mends it. Where the code is not affected, say so in a
CycloneDX VEX (`analysis.state: not_affected` with a justification) and give that file, too.

## Limits

Grave is an error (SARIF `error`, or a score from 7.0 on; CycloneDX critical and high), medium is a warning, everything
else a note. `not_affected`, `false_positive`, `resolved` and `resolved_with_pedigree` suppress with their reason. The
same vulnerability in the same package counts once, whichever file tells it.

## References

- https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
- https://cyclonedx.org/docs/1.6/json/#vulnerabilities
- https://cyclonedx.org/capabilities/vex/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import ImageContent
from go_release_gate.facts.scan import ScanFinding, ScanResults
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image import Said, draft

RULE = Rule(
    id="image-scan-finding",
    summary="a scanner found something in the image",
    severity=Severity.ERROR,
    since="0.1",
    needs=(),
)


@RULE.check_of(ImageContent, ScanResults)
def check(image: ImageContent, results: ScanResults) -> Iterator[Draft]:
    """One draft per vulnerability and package."""
    for found in results.findings:
        yield draft(image, Said(key_of(found), _message(found), found.severity))


def key_of(found: ScanFinding) -> str:
    """What makes it the same tomorrow."""
    return f"{found.id} {found.package or found.path}"


def _message(found: ScanFinding) -> str:
    where = f" in {found.package}" if found.package else ""
    at = f" at {found.path}" if found.path else ""
    told = f": {found.message}" if found.message else ""
    fixed = f"; mended in {found.fixed}" if found.fixed else ""
    return f"{found.tool} found {found.id}{where}{at}{told}{fixed}"
