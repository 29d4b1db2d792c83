"""Pictures of what people see on a pull request, made from a real run on examples/shop.

    python devtools/pictures.py [--chromium chromium] [--keep DIRECTORY]

Needs Debian's packages chromium, pngquant, fonts-liberation, fonts-dejavu and fonts-noto-color-emoji.
The mended shop is the base, the shop with its faults the pull request. What is said is what the program says; only
the frame around it, the names of repository and run, and the look (devtools/pictures.css) are made here.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from go_release_gate.adapters.github.checks import CheckAnnotation
from go_release_gate.adapters.github.pulls import PullFile
from go_release_gate.adapters.github.reviews import LineComment
from go_release_gate.cli import check, options
from go_release_gate.model.report import CheckReport
from go_release_gate.report import annotations as notes_at_lines
from go_release_gate.report import comment, summary
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.placing import as_judged
from go_release_gate.report.review import plan_review

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
CSS = Path(__file__).with_suffix(".css")
SIZE_LIMIT = 200_000  # bytes of one picture
WIDTH = 960
SCALE = 1.5
SHOWN_FILE = "services/worker/go.mod"
RUN = "https://github.com/acme/shop/actions/runs/99"
GIT = {
    "GIT_AUTHOR_NAME": "shop", "GIT_AUTHOR_EMAIL": "shop@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "shop", "GIT_COMMITTER_EMAIL": "shop@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Pull:
    """The pull request: what it changes, and what the gate says of it."""

    report: CheckReport
    files: dict[str, PullFile]


def main() -> int:
    """Run the gate, write the pages, take the pictures; 1 when one is too large."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default="chromium", help="the browser that takes the pictures")
    parser.add_argument("--keep", type=Path, help="leave the pages in this directory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pictures-") as temporary:
        work = arguments.keep or Path(temporary)
        pull = pull_request(Path(temporary) / "shop")
        sizes = [
            take(arguments.chromium, work, f"{name}{suffix}", page(body, dark=bool(suffix)))
            for name, body in bodies(pull).items()
            for suffix in ("", "-dark")
        ]
    return 0 if max(sizes) <= SIZE_LIMIT else 1


def pull_request(shop: Path) -> Pull:
    """A repository with two commits, and the report on the second one."""
    faulty = ROOT / "examples" / "shop"
    shutil.copytree(faulty, shop)
    git(shop, "init", "--quiet", "--initial-branch=main")
    judge(shop, "--fix")
    base = commit(shop, "The shop, mended")
    shutil.copytree(faulty, shop, dirs_exist_ok=True)
    head = commit(shop, "The shop with its faults")
    report = judge(shop)
    subject = replace(report.subject, repository="acme/shop", commit=head, run=RUN)
    files = {name: pull_file(shop, base, name) for name in git(shop, "diff", "--name-only", base).splitlines()}
    return Pull(replace(report, subject=subject), files)


def judge(shop: Path, *arguments: str) -> CheckReport:
    """The report of a real check."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "INPUT_"))}
    parsed = options.parse(options.find_verb("check"), [str(shop), *arguments], environ)
    if parsed is None:
        raise SystemExit(2)
    return check.perform(parsed, environ).report


def git(shop: Path, *arguments: str) -> str:
    """What git says."""
    done = subprocess.run(["git", *arguments], cwd=shop, env={**os.environ, **GIT}, check=True, capture_output=True)
    return done.stdout.decode()


def commit(shop: Path, message: str) -> str:
    """Commit everything; its hash, which the fixed dates make the same each time."""
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--no-gpg-sign", "-m", message)
    return git(shop, "rev-parse", "HEAD").strip()


def pull_file(shop: Path, base: str, name: str) -> PullFile:
    """What the interface would tell of a changed file."""
    diff = git(shop, "diff", "--no-color", base, "--", name)
    blob = git(shop, "rev-parse", f"HEAD:{name}").strip()
    return PullFile(name, blob, diff[diff.index("@@") :].removesuffix("\n"), "modified")


def bodies(pull: Pull) -> dict[str, str]:
    """The HTML of each picture."""
    wanted = RenderOptions()
    placed = as_judged(pull.report.findings)
    plan = plan_review(placed, pull.files, wanted)
    shown = [item for item in plan.comments if item.path == SHOWN_FILE]
    rest = [item for item in placed if item.finding.module is not None]
    notes = [item for item in notes_at_lines.annotations(pull.report, rest) if item.path == "tools/seed/go.sum"]
    return {
        "comment": said_by_bot(comment.render(pull.report, wanted)),
        "suggestion": changed_file(pull.files[SHOWN_FILE], shown),
        "annotation": changed_file(pull.files["tools/seed/go.sum"], [], notes),
        "summary": f'<div class="box"><div class="head"><b>go-release-gate</b> summary</div>'
        f'<div class="body">{markdown(summary.render(pull.report, wanted))}</div></div>',
    }


def said_by_bot(text: str) -> str:
    """A comment in the conversation."""
    head = '<b>github-actions</b><span class="bot">bot</span> commented'
    return (
        f'<div class="row"><div class="avatar">go</div><div class="box"><div class="head">{head}</div>'
        f'<div class="body">{markdown(text)}</div></div></div>'
    )


def changed_file(file: PullFile, comments: list[LineComment], notes: list[CheckAnnotation] | None = None) -> str:
    """A file under "Files changed", with what stands at its lines."""
    rows, old, new = [], 0, 0
    lines: dict[int, str] = {}
    for line in (file.patch or "").split("\n"):
        if found := re.match(r"@@ -(\d+)\S* \+(\d+)", line):
            old, new = int(found[1]), int(found[2])
            rows.append(diff_row("hunk", "", "", line))
            continue
        kind = {"+": "add", "-": "del"}.get(line[:1], "")
        rows.append(diff_row(kind, "" if kind == "add" else old, "" if kind == "del" else new, line))
        if kind != "del":
            lines[new] = line[1:]
            rows += [thread(item, lines) for item in comments if item.line == new]
            rows += [note(item) for item in notes or [] if item.end_line == new]
        old, new = old + (kind != "add"), new + (kind != "del")
    table = f'<table class="diff code">{"".join(rows)}</table>'
    return f'<div class="box"><div class="file code">{html.escape(file.path)}</div>{table}</div>'


def diff_row(kind: str, old: int | str, new: int | str, line: str) -> str:
    """One line of a diff."""
    numbers = f'<td class="number">{old}</td><td class="number">{new}</td>'
    return f'<tr class="{kind}">{numbers}<td>{html.escape(line.expandtabs(4))}</td></tr>'


def thread(item: LineComment, lines: dict[int, str]) -> str:
    """A review comment below its last line."""
    current = [lines[number] for number in range(item.start_line or item.line, item.line + 1)]
    head = '<div class="avatar small">go</div><b>github-actions</b><span class="bot">bot</span>'
    body = f'<div class="body">{markdown(item.body, current)}</div>'
    return below(f'<div class="thread"><div class="box"><div class="head">{head}</div>{body}</div></div>')


def note(item: CheckAnnotation) -> str:
    """An annotation below its line."""
    details = f"<pre>{coloured(item.raw_details)}</pre>" if item.raw_details else ""
    title = f"<b>Check {item.level}: {html.escape(item.title)}</b>"
    text = html.escape(item.message).replace("\n", "<br>")
    return below(f'<div class="note {item.level}">{title}<br>{text}{details}</div>')


def below(inside: str) -> str:
    """A row of the diff's table that is no line of it."""
    return f'<tr><td colspan="3" class="said">{inside}</td></tr>'


def markdown(text: str, current: list[str] | None = None) -> str:
    """Markdown as HTML; a suggestion shows what it replaces (`current`)."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")

    def fence(_: object, tokens: Sequence[Token], number: int, *__: object) -> str:
        token = tokens[number]
        if token.info == "suggestion":
            return suggested(current or [], token.content)
        inside = coloured(token.content) if token.info == "diff" else html.escape(token.content)
        return f"<pre><code>{inside}</code></pre>"

    parser.add_render_rule("fence", fence)
    return str(parser.render(text))


def suggested(before: list[str], after: str) -> str:
    """A suggested change with its button."""
    rows = [diff_row("del", "", "", f"- {line}") for line in before]
    rows += [diff_row("add", "", "", f"+ {line}") for line in after.removesuffix("\n").split("\n")]
    table = f'<table class="diff code">{"".join(rows)}</table>'
    button = '<div class="foot"><span class="button">Commit suggestion</span></div>'
    return f'<div class="suggested"><div class="name">Suggested change</div>{table}{button}</div>'


def coloured(diff: str) -> str:
    """The lines of a diff in their colours."""
    return "".join(map(coloured_line, diff.strip("\n").split("\n")))


def coloured_line(line: str) -> str:
    """One of them; the names of the files have none."""
    kind = "same" if line.startswith(("+++", "---")) else {"+": "add", "-": "del"}.get(line[:1], "same")
    return f'<span class="{kind}">{html.escape(line) or " "}</span>'


def page(body: str, *, dark: bool) -> str:
    """The whole page; its title tells its height once it is laid out."""
    tell = "document.title = String(Math.ceil(document.body.getBoundingClientRect().height))"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>0</title><style>{CSS.read_text()}</style>'
        f'<body class="{"dark" if dark else ""}">{body}<script>{tell}</script></body></html>\n'
    )


def take(chromium: str, work: Path, name: str, text: str) -> int:
    """Write the page, take its picture in its own height, and say how large it is."""
    source, target = work / f"{name}.html", PICTURES / f"{name}.png"
    source.write_text(text, encoding="utf-8")
    flags = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={work}/chromium",
    ]
    laid_out = subprocess.run(
        [*flags, f"--window-size={WIDTH},800", "--dump-dom", source.as_uri()],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    found = re.search(r"<title>(\d+)</title>", laid_out.stdout)
    flags += [f"--window-size={WIDTH},{found[1] if found else 800}", f"--force-device-scale-factor={SCALE}"]
    PICTURES.mkdir(parents=True, exist_ok=True)
    subprocess.run([*flags, f"--screenshot={target}", source.as_uri()], check=True, capture_output=True, timeout=60)
    subprocess.run(["pngquant", "--force", "--strip", "--output", target, "64", target], check=True)
    size = target.stat().st_size
    print(f"{target.relative_to(ROOT)}: {size:,} bytes")
    return size


if __name__ == "__main__":
    sys.exit(main())
