"""Templates: placeholders, blocks, and values that cannot break out of a workflow."""

import pytest
import yaml

from go_release_gate.pipeline.rendering import TemplateError, is_writable, placeholders, quoted, render

TEXT = """\
uses: @ACTION@@@REF@
#? if image
  image: @IMAGE@
  #? if not production
  small: true
  #? end
#? end
end: here
"""


def test_placeholders_are_replaced_and_lines_of_blocks_left_out() -> None:
    """Without a block its lines go, together with the placeholders in them."""
    assert render(TEXT, {"ACTION": "acme/gate", "REF": "v1"}, ()) == "uses: acme/gate@v1\nend: here\n"


def test_blocks_lie_in_blocks() -> None:
    """A block inside another one stands only where both are asked for; `not` turns it round."""
    values = {"ACTION": "acme/gate", "REF": "v1", "IMAGE": "ghcr.io/acme/shop"}
    both = render(TEXT, values, ("image",))
    assert both == "uses: acme/gate@v1\n  image: ghcr.io/acme/shop\n  small: true\nend: here\n"
    assert "small" not in render(TEXT, values, ("image", "production"))
    assert "small" not in render(TEXT, values, ("production",))


def test_a_value_is_not_a_template() -> None:
    """What a value holds is not replaced once more."""
    assert render("@A@\n", {"A": "@B@", "B": "no"}, ()) == "@B@\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@LEFT@\n", "@LEFT@ has no value"),
        ("#? if image\n", "has no `#? end`"),
        ("#? end\n", "template:1"),
        ("a\n#? else\n", "template:2"),
        ("#? if Image\n#? end\n", "expected `#? if NAME`"),
        ("#? if a b\n#? end\n", "expected `#? if NAME`"),
    ],
)
def test_a_template_that_is_not_well_formed_is_refused(text: str, message: str) -> None:
    """Nothing is written from half a template."""
    with pytest.raises(TemplateError, match=message.replace("?", r"\?")):
        render(text, {}, ("image",))


@pytest.mark.parametrize(
    "value", ["a\nb", "${{ github.token }}", "a: b", "a #b", "x:", "a{b}", "a`b`", "$(id)", "é", 'a"b']
)
def test_values_cannot_leave_their_place(value: str) -> None:
    """A value with a line break, an expression, a comment or a mapping in it is refused."""
    assert not is_writable(value)
    with pytest.raises(TemplateError, match="@A@"):
        render("@A@\n", {"A": value}, ())


def test_placeholders_of_what_stands() -> None:
    """A template tells what it needs, in all and for the blocks asked for."""
    assert placeholders(TEXT) == {"ACTION", "REF", "IMAGE"}
    assert placeholders(TEXT, ()) == {"ACTION", "REF"}


@pytest.mark.parametrize(
    "text", ["api", "1.10", "2024", "on", "null", "No", "0x10", "1e3", "release/1.x", "-a", "!x", "*a", "y"]
)
def test_what_is_quoted_is_read_as_the_same_text(text: str) -> None:
    """Numbers, truth values and marks of YAML stay the names that they are, alone and in a list."""
    assert yaml.safe_load(f"[a, {quoted(text)}]") == ["a", text]
    assert render("branches: [@DEFAULT_BRANCH@]\n", {"DEFAULT_BRANCH": quoted(text)}, ()).endswith("]\n")


def test_a_list_takes_no_expression() -> None:
    """What may hold quotation marks may still hold nothing that GitHub evaluates."""
    for value in ('"${{ github.token }}"', '"a\nb"', '"a" # b', '"\\x41"'):
        with pytest.raises(TemplateError, match="@SERVICES@"):
            render("@SERVICES@\n", {"SERVICES": value}, ())
