"""Links in Markdown: to a line at the judged commit, to the workflow run. No address in them can end the link."""

from __future__ import annotations

import re
from urllib.parse import quote

from go_release_gate.model.finding import Location
from go_release_gate.model.report import CheckReport
from go_release_gate.report import phrases
from go_release_gate.report.neutral import code_span

_RUN = re.compile(r"(https://[^/]+/.*)/actions/runs/(\d+)")


def link(markdown: str, address: str) -> str:
    """Finished Markdown as the text of a link."""
    return f"[{markdown}]({quote(address.encode('utf-8', 'surrogateescape'), safe=':/?#=&%@+,;~')})"


def place_link(place: Location, report: CheckReport) -> str:
    """The place as code, linked to its line where the workflow run tells the server and the commit is known."""
    text = code_span(phrases.place(place), 400)
    run = _RUN.match(report.subject.run or "")
    if not (run and report.subject.commit):
        return text
    line = f"#L{place.line}" if place.line else ""
    path = quote(place.path.encode("utf-8", "surrogateescape"))
    return link(text, f"{run[1]}/blob/{quote(report.subject.commit)}/{path}{line}")


def run_link(report: CheckReport) -> str:
    """`workflow run 99`, linked; empty where there is none."""
    run = _RUN.match(report.subject.run or "")
    return link(f"workflow run {run[2]}", run[0]) if run else ""
