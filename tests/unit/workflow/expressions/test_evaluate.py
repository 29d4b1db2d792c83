"""GitHub's expression language."""

from __future__ import annotations

import math

import pytest

from go_release_gate.shell.unknown import Holes, Unknown, has_hole
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record, Value
from go_release_gate.workflow.runs import Run, contexts

RUN = Run("push", "refs/tags/v1.2.3", repository="acme/shop", sha="a" * 40)


def evaluator(**more: Value) -> Evaluator:
    """An evaluator for the push of a tag."""
    known: dict[str, Value] = {"items": [Record({"name": "a"}), Record({"name": "b"})], **more}
    return Evaluator({**contexts(RUN), **known}, Holes())


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("null", None),
        ("TRUE", True),
        ("-0x1F", -31.0),
        ("1.5e2", 150.0),
        ("'it''s'", "it's"),
        ("github.ref", "refs/tags/v1.2.3"),
        ("GitHub.REF_name", "v1.2.3"),
        ("github['repository_owner']", "acme"),
        ("github.event.repository.name", "shop"),
        ("github.event.pull_request.number", None),
        ("github.ref_type == 'TAG'", True),
        ("1 == '1'", True),
        ("null == 0", True),
        ("'' == 0", True),
        ("'a' == 0", False),
        ("true == 1", True),
        ("'b' > 'A'", True),
        ("2 >= 2 && 2 <= 2 && !(2 < 2)", True),
        ("1 < 2 == true", True),
        ("'x' || 'y'", "x"),
        ("'' || 'y'", "y"),
        ("'x' && 'y'", "y"),
        ("0 && 'y'", 0.0),
        ("true || false && false", True),
        ("contains('Hello', 'ELL')", True),
        ("contains(fromJSON('[\"a\", \"B\"]'), 'b')", True),
        ("contains(items.*.name, 'c')", False),
        ("startsWith(github.ref, 'refs/TAGS/')", True),
        ("endsWith(github.ref, '.3')", True),
        ("format('{1}-{0}-{{}}', 'a', 2)", "2-a-{}"),
        ("join(items.*.name, '+')", "a+b"),
        ("join('a')", "a"),
        ("fromJSON('{\"a\": [1, 2]}').a[1]", 2.0),
        ("items[1].name", "b"),
        ("items[7]", None),
        ("toJSON('a')", '"a"'),
        ("toJSON(fromJSON('[1]'))", "[\n  1\n]"),
        ("case(false, 1, true, 2, 3)", 2.0),
        ("success() && always() && !failure() && !cancelled()", True),
    ],
)
def test_values(source: str, value: Value) -> None:
    """An expression has the value GitHub gives it."""
    assert evaluator().value(source) == value


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("secrets.TOKEN", "a secret"),
        ("vars.X == 'a'", "a variable of the repository's settings"),
        ("github.run_number", "while the workflow runs"),
        ("github.actor", "while the workflow runs"),
        ("hashFiles('go.sum')", "`hashfiles()`"),
        ("matrix.x", "the context `matrix`"),
        ("format('{2}', 'a')", "names a place"),
        ("fromJSON('{')", "no JSON"),
        ("contains('a')", "arguments"),
        ("a b", "unexpected"),
        ("(a", "missing"),
        ("'a", "unexpected"),
        ("", "ends early"),
        ("a.", "a name is missing"),
        ("!" * 60 + "a", "nested deeper"),
        ("a" + "[0]" * 60, "nested deeper"),
        ("1" * 22_000, "more than"),
    ],
)
def test_unknown_with_its_reason(source: str, reason: str) -> None:
    """What cannot be told is Unknown and says why; so is what is no expression."""
    found = evaluator().value(source)

    assert isinstance(found, Unknown)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("secrets.X && false", False),
        ("secrets.X || true", True),
        ("!(secrets.X && false)", True),
        ("${{ github.event_name == 'push' }}", True),
        ("github.event_name == 'push' && 'x'", True),
        ("${{ github.ref }} == x", True),
        ("''", False),
        ("nan", False),
    ],
)
def test_conditions(source: str, value: bool) -> None:
    """The truth of a condition is known where one side decides; a text around an expression is a text, hence true."""
    assert evaluator().is_true(source) is value


def test_condition_that_cannot_be_told() -> None:
    """A condition on a secret is unknown."""
    assert isinstance(evaluator().is_true("secrets.X && true"), Unknown)
    assert isinstance(evaluator().is_true("x ${{ secrets.X }}"), Unknown)


def test_templates() -> None:
    """Each expression of a text is filled in; an unknown part is a hole that shows itself as it is written."""
    found = evaluator()
    text = found.fill("${{ secrets.USER }}/shop:${{ github.ref_name }}-${{ true }}${{ 1.50 }}${{ null }}${{ '}}' }}")

    assert has_hole(text)
    assert found.holes.shown(text) == "${{ secrets.USER }}/shop:v1.2.3-true1.5}}"
    assert found.holes.result(text) == Unknown("a secret", "${{ secrets.USER }}/shop:v1.2.3-true1.5}}")
    assert found.fill("a ${{ b") == "a ${{ b"


def test_a_hole_within_a_text_is_unknown_to_functions() -> None:
    """A text with a hole passes through format and join, and is unknown to whatever looks into it."""
    found = evaluator(env=Record({"NAME": "x"}))
    found = Evaluator({**found.contexts, "env": Record({"NAME": found.fill("a/${{ secrets.X }}")})}, found.holes)

    assert found.holes.shown(found.fill("${{ format('{0}:1', env.NAME) }}")) == "a/${{ secrets.X }}:1"
    assert isinstance(found.value("env.NAME == 'a/b'"), Unknown)
    assert isinstance(found.value("startsWith(env.NAME, 'a')"), Unknown)
    assert isinstance(found.value("env.NAME && 1"), Unknown)


def test_nan_equals_nothing() -> None:
    """A text that is no number is compared as NaN."""
    found = evaluator().value("nan")

    assert isinstance(found, float)
    assert math.isnan(found)
    assert evaluator().value("'x' == 1 || 'x' < 1") is False
