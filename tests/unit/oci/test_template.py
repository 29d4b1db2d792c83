"""Templates: equal to Handlebars, in what they give and in what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.oci import template
from go_release_gate.oci.handlebars import evaluation, parser, spacing
from go_release_gate.oci.template import TemplateError

DATA = json.loads((Path(__file__).parents[2] / "data" / "images" / "templates-observed.json").read_text("utf-8"))
VALUES: dict[str, object] = DATA["context"]


def date(pattern: object, **named: object) -> str:
    """The helper of the observed data: shows its arguments."""
    zone = named.pop("tz", "UTC")
    if not isinstance(pattern, str) or not isinstance(zone, str) or named:
        raise TemplateError("date takes a text and tz")
    return f"<{pattern}|{zone}>"


def constant(text: str):
    """A helper that takes nothing."""
    return lambda: text


HELPERS = {"date": date, **{name: constant(text) for name, text in DATA["about"]["functions"].items()}}


def answer(text: str) -> list[object]:
    """What this package says, in the form of the observed data."""
    try:
        shown = template.render(text, VALUES, HELPERS)
    except TemplateError:
        shown = None
    return [shown, template.is_only(text, "raw")]


def test_observed() -> None:
    """Every template gives what Handlebars gave, fails where it failed, and is or is not the raw statement."""
    different = [(text, seen, answer(text)) for text, *seen in DATA["templates"] if answer(text) != seen]

    assert different == []
    assert sum(seen is None for _, seen, _ in DATA["templates"]) > 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v{{major}}.{{minor}}", "v1.2"),
        ("{{branch}} {{{branch}}} {{&branch}}", "feat/a&amp;b&#x27;s feat/a&b's feat/a&b's"),
        ("{{{date 'YYYY' tz=\"Asia/Tokyo\"}}}", "<YYYY|Asia/Tokyo>"),
        ("{{{date 'X' tz='a' tz='b'}}}", "<X|a>"),
        ("{{nope}}{{nope.deeper}}{{nope a=1}}", ""),
        ("{{#if build}}{{version}}-{{build.[0]}}{{else}}{{version}}{{/if}}", "1.2.3-rc.1-build"),
        ("{{#each build}}{{#if @index}}.{{/if}}{{this}}{{/each}}", "build.5"),
        ("{{#each objs as |o i|}}{{i}}{{o.k}}{{/each}}", "0112"),
        ("{{#if no}}text is true{{/if}}", "text is true"),
        ("{{#if tag}}a{{else if zero}}b{{else}}c{{/if}}", "c"),
        ("{{build}}", "build,5"),
        ("{{{major}}}{{{minor}}}", "3"),
        ("{{{major}}}{{minor}}", "12"),
        ("{{{one}}}{{#t}}{{{one}}}{{/t}}{{{one}}}{{{one}}}{{#t}}x{{/t}}", "4x"),
        ("{{#t}}1{{/t}}{{{one}}}{{#t}}{{{one}}}{{/t}}", "111"),
        ("{{{one}}}{{{two}}}{{{t}}}", "4.5"),
        ("{{#each nums as |n|}}{{lookup (n) 0}}{{n 'x'}}{{/each}}", "12"),
        ("{{#each nums}}{{#with @root.t}}{{.}}{{../two}}{{/with}}{{/each}}", "true2.5true"),
        ("{{#@x}}a{{else}}{{@../index}}b{{/@x}}", "b"),
        ("{{! c }} {{one}}", " 1"),
        ("{{one}} {{! c }}", "1 "),
        ("{{#each obj}}{{@key}}{{/each}}", "2knlist"),
        ("{{#with two as |w|}}{{#../str as |c|}}{{c}}{{/../str}}{{/with}}", "2.5"),
        ("a {{~branch.length~}} b", "ab"),
        ("\\{{branch}} {{! not shown }}x", "{{branch}} x"),
        ("{{{{tag}}}}{{branch}}{{{{/tag}}}}", "{{branch}}"),
        ("{{constructor}}{{toString}}{{version.toString}}", ""),
    ],
)
def test_what_a_template_gives(text: str, expected: str) -> None:
    """Escapes, arguments, blocks, paths and white space, as they were observed; numbers without text are added up."""
    assert template.render(text, VALUES, HELPERS) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{branch", "nothing closes"),
        ("{{branch}", "nothing closes"),
        ("{{branch} }}", "'}' inside of braces"),
        ("{{#if t}}", "end of the template; expected {{/ and the name of the block"),
        ("{{#if t}}{{/unless}}", "opens 'if' and closes 'unless'"),
        ("{{else}}", "'{{else}}'"),
        ("{{foo/../bar}}", "path"),
        ("{{build.0}}", "'0'; expected a name"),
        ("{{nope 'x'}}", "calls 'nope', which does not exist"),
        ("{{major 'x'}}", "which is a value"),
        ("{{if t}}", "used as a value"),
        ("{{#if}}x{{/if}}", "0 arguments"),
        ("{{date}}", "cannot be called so"),
        ("{{> part}}", "a partial"),
        ("{{> (lookup list 0) obj a=1}}", "a partial"),
        ("{{#> part}}x{{/part}}", "a partial"),
        ("{{#* part}}x{{/part}}", "a decorator"),
        ("{{#* part}}x{{else}}y{{/part}}", "a decorator has an else"),
        ("{{* part}}", "a decorator"),
        ("{{#if f}}{{* part}}{{/if}}", "a decorator"),
        ("{{lookup this 'branch'}}", "a function"),
        ("{{!-- no end", "no --}}"),
        ("{{{{tag}}}}", "a raw block has no end"),
        ("\x00", "NUL"),
        ("{{#if t}}" * 2000, "nested too deeply"),
        ("{{#each @root.objs}}" * 14 + "{{/each}}" * 14, "loops"),
    ],
)
def test_what_a_template_cannot_be(text: str, reason: str) -> None:
    """A template that Handlebars refuses, or that would not end, is refused with its reason on one line."""
    with pytest.raises(TemplateError) as caught:
        template.render(text, VALUES, HELPERS)

    assert reason in str(caught.value)
    assert str(caught.value).isprintable()


@given(st.text(alphabet="{}~#/^&!.'\"=| @[]\\()*abif else\n", max_size=60))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    """Nothing but TemplateError leaves a template; a text without braces is itself."""
    shown = answer(text)[0]

    assert shown is None or isinstance(shown, str)
    if "{{" not in text:
        assert shown == text


def test_a_bracketed_name_may_hold_a_bracket() -> None:
    """A backslash before a closing bracket keeps it in the name (observed)."""
    assert template.render("{{[a\\]b]}}", {"a]b": "x"}, {}) == "x"


def test_properties_have_the_order_of_javascript() -> None:
    """Whole numbers come first and in their order, then the others as they were set."""
    values = {"properties": {"b": 1, "10": 1, "2": 1, "a": 1}}

    assert template.render("{{#each properties}}{{@key}} {{/each}}", values, {}) == "2 10 b a "


def test_an_error_of_a_helper_reaches_the_caller() -> None:
    """What a helper raises is not hidden."""

    def failing() -> str:
        raise TemplateError("no commit date")

    with pytest.raises(TemplateError, match="no commit date"):
        template.render("{{failing}}", {}, {"failing": failing})


@pytest.mark.parametrize(
    ("text", "is_raw"),
    [
        ("{{raw}}", True),
        ("{{{raw}}}", True),
        ("{{~raw 'x'~}}", True),
        ("{{this.raw}}", True),
        (" {{raw}}", False),
        ("{{'raw'}}", False),
        ("{{version}}", False),
        ("{{raw", False),
        ("", False),
    ],
)
def test_the_raw_statement(text: str, is_raw: bool) -> None:
    """One tag that names raw and nothing around it."""
    assert template.is_only(text, "raw") is is_raw


PIECES = st.sampled_from(
    ["{{major}}", "{{version}}", "{{raw}}", "{{none}}", "{{ major }}", "{{branch}}", "a", "<", "\\", "{", "}", "~"]
)
SIMPLE: dict[str, object] = {"major": 1, "version": "1.2.3-rc.1", "raw": "v1<&=", "branch": "x"}


@given(st.lists(PIECES, max_size=5))
def test_the_short_way_is_the_long_one(pieces: list[str]) -> None:
    """Names that stand for versions come out as the whole engine gives them."""
    text, helpers = "".join(pieces), {"branch": constant("main")}
    found = template._simple(text, SIMPLE, helpers)
    if found is not None:
        assert found == evaluation.evaluate(spacing.trim(parser.parse(text)), {**SIMPLE, **helpers})


def test_the_short_way_is_taken() -> None:
    """Patterns of versions do not need the engine; what it escapes or calls does."""
    assert template._simple("v{{major}}.{{version}}", SIMPLE, {}) == "v1.1.2.3-rc.1"
    assert [template._simple(text, SIMPLE, {"branch": None}) for text in ("{{raw}}", "{{branch}}", "{{{major}}}")] == [
        None
    ] * 3
