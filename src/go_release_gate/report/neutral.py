"""Foreign text made harmless, for logs and for Markdown.

Foreign is everything the checkout or Go could have written: paths, module paths, messages, diffs, reasons. In a
workflow log a line that begins with `::`, or that holds `##[` anywhere, is a command to the runner; in Markdown a
name can become a mention, a link, a picture, HTML, or the end of our own block. Pure: text in, text out.
"""

from __future__ import annotations

import re

LINE_LIMIT = 2_000  # characters of one foreign string in a line of log or Markdown
BLOCK_LIMIT = 400_000  # characters of one foreign block (a diff)
GUTTER = "| "

# Printable to Python, yet skipped by culture-aware comparison, so that they could hide inside `::` or `##[`:
# grapheme joiner, Hangul fillers, Khmer inherent vowels, Mongolian and other variation selectors.
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_LEGACY = re.compile(r"##(?=\[)")
_LEADING = re.compile(r"^(\s*):(?=:)")

_PLAIN = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|\d+(?:\.\d+)?")
_HEAD = re.compile(r"[(\"']")
_TAIL = re.compile(r"[\"')]?[.,;:!?]*[\"')]?$")
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_AFTER = re.compile(r"[.,;:!?)]+(?=\s|$)")  # punctuation right behind a span
_TICKS = re.compile(r"`+")
_ISSUE_PREFIX = re.compile(r"GH-", re.IGNORECASE)

_ACTING = (
    (re.compile(r"(?<![A-Za-z0-9._%+-])@(?=[A-Za-z0-9])"), "(at)"),  # a mail address is none
    (re.compile(r"#(?=\d)"), "# "),
    (re.compile(r"\b(GH)-(?=\d)", re.IGNORECASE), r"\1 "),
    (re.compile(r"://(?=\S+/(?:issues|pull|pulls)/)", re.IGNORECASE), ": //"),
    (re.compile(r"\[(?=[^][]*\b(?:skip|no)\b)", re.IGNORECASE), "[ "),
    (re.compile(r"\*{3}(?=NO_CI)", re.IGNORECASE), "* * *"),
    (re.compile(r"^(?=[A-Za-z-]+-by:|skip-checks:)", re.IGNORECASE), "- "),  # how trailers begin
)


def log_text(text: str, limit: int = LINE_LIMIT) -> str:
    """One line, safe anywhere in a log: control, format, separator and unassigned characters as `\\xNN`, `\\uNNNN`
    or `\\UNNNNNNNN`, no command of the runner, at most about `limit` characters."""
    return guard(_visible(_capped(text, limit)))


def log_block(text: str, *, gutter: bool = False, limit: int = BLOCK_LIMIT) -> list[str]:
    """The lines of a foreign block, each safe; tabs stay, and with `gutter` each begins with `| `."""
    lines = _capped(text, limit).replace("\r\n", "\n").removesuffix("\n").split("\n")
    front = GUTTER if gutter else ""
    return [guard(front + _visible(line, keep="\t")) for line in lines]


def guard(line: str) -> str:
    """A finished line without anything that a runner takes for a command; visible characters only are added."""
    return _LEADING.sub(r"\1: ", _LEGACY.sub("# #", line))


def markdown_text(text: str, limit: int = LINE_LIMIT) -> str:
    """Inline Markdown: words stay words, everything else (paths, versions, symbols, mentions) becomes code.

    Balanced single backticks in `text` are read as code, the way our own messages write it.
    """
    clean = _markdown_safe(_visible(_capped(text, limit)))
    parts = _SPAN.split(clean)
    spans: list[str] = []
    for index, part in enumerate(parts):
        closing = _AFTER.match(part) if spans and index % 2 == 0 else None
        tail = closing[0] if closing else ""
        if tail:
            spans[-1] += tail
        spans.append(_fenced(part) if index % 2 else _words(part[len(tail) :]))
    return " ".join(span for span in spans if span)


def message_text(text: str, limit: int = LINE_LIMIT) -> str:
    """One line for the message of a commit or the title of a pull request, which becomes one when it is merged.

    There a name notifies people, a number closes an issue, and `[skip ci]` keeps workflows from running:
    https://docs.github.com/actions/how-tos/manage-workflow-runs/skip-workflow-runs.
    """
    plain = log_text(text, limit)
    for found, put in _ACTING:
        plain = found.sub(put, plain)
    return plain


def code_span(text: str, limit: int = LINE_LIMIT) -> str:
    """Inline code with a fence longer than any run of backticks inside."""
    return _fenced(_markdown_safe(_visible(_capped(text, limit))))


def code_block(text: str, language: str = "", limit: int = BLOCK_LIMIT) -> str:
    """A fenced block, ending without a newline; its fence is longer than any run of backticks inside."""
    lines = [_markdown_safe(line) for line in log_block(text, limit=limit)]
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join([fence + re.sub(r"[^a-z]", "", language), *lines, fence])


def html_text(text: str, limit: int = LINE_LIMIT) -> str:
    """Text for the inside of an HTML element (a `<summary>`); put it in `<code>` to keep mentions asleep."""
    import html

    return html.escape(_markdown_safe(_visible(_capped(text, limit))))


def table_cell(markdown: str) -> str:
    """Finished Markdown for one cell: a bar, even inside code, would end the cell."""
    return markdown.replace("|", "\\|")


def _capped(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]} ... ({len(text) - limit} more characters)"


def _visible(text: str, keep: str = "") -> str:
    """`text` with every character that is not plainly visible spelled out."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char in keep else _spelled(char) for char in text)
    return text if text.isascii() else _IGNORABLE.sub(lambda match: _spelled(match[0]), text)


def _spelled(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _markdown_safe(text: str) -> str:
    """Comments are how our own markers look; a foreign one must not pass for it, not even inside code. And a page
    may be printed into a log."""
    return guard(text.replace("<!--", "<!- -"))


def _words(text: str) -> str:
    """Plain words as they are, every run of other words as one code span."""
    done: list[str] = []
    code: list[str] = []
    for word in text.split():
        head, core, tail = _split(word)
        if _is_plain(core) and (done or code or not (core.isdigit() and tail)):  # "1." would begin a list
            done += [*_flushed(code), word]
            continue
        if head:
            done += _flushed(code)
        code.append(core or word)
        if core and (head or tail):
            done.append(head + _flushed(code)[0] + tail)
    return " ".join([*done, *_flushed(code)])


def _split(word: str) -> tuple[str, str, str]:
    """Opening punctuation, the word itself, closing punctuation (`(go.mod:` → `(`, `go.mod`, `:`)."""
    head = word[:1] if _HEAD.match(word) else ""
    rest = word[len(head) :]
    tail = (_TAIL.search(rest) or [""])[0]
    if tail.startswith(")") and "(" in rest:
        tail = tail.lstrip(")")
    return head, rest[: len(rest) - len(tail)], tail


def _is_plain(core: str) -> bool:
    return bool(core) and _PLAIN.fullmatch(core) is not None and not _ISSUE_PREFIX.match(core)


def _flushed(code: list[str]) -> list[str]:
    spans = [_fenced(" ".join(code))] if code else []
    code.clear()
    return spans


def _fenced(text: str) -> str:
    if not text.strip():
        return "`(empty)`"
    fence = "`" * (_longest_run(text) + 1)
    if fence == "`" and not text.startswith(" "):
        return f"`{text}`"
    return f"{fence} {text} {fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
